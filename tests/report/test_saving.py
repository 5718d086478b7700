import datetime as dt
import re
import stat

import pytest

import scenario
from scenario._report import load_reports
from scenario.report import asave_redteam_report, save_redteam_report
from tests.red_team.campaigns import (
    CODE,
    CRITERION,
    OBJECTIVE,
    PLAN,
    Target,
    crescendo,
    goat,
    play,
    yields_at,
)

from .runs import SUGGESTIONS, Models, playing, read


async def broken_run(**settings):
    attacker = crescendo(**{"total_turns": 3, "max_backtracks": 0, "success_confirm_turns": 1} | settings)
    return attacker, await play(attacker, Target(yields_at(2)))


async def test_a_report_holds_what_the_run_was(tmp_path):
    with playing(Models()):
        attacker, result = await broken_run()
        path = await asave_redteam_report(
            result, red_team=attacker, test_name="the code", description="a shop", out_dir=tmp_path
        )
    report = read(path)
    expected = {
        "test_name": "the code", "description": "a shop", "strategy": "crescendo", "target": OBJECTIVE,
        "total_turns": 3, "attacker_model": "fake/m", "metaprompt_model": "fake/m",
        "criteria": [CRITERION], "passed_criteria": [], "failed_criteria": [CRITERION],
        "status": "broke", "success": False, "failing_turn_index": 2,
        "failure_summary": "The agent gave the code away.", "suggestions": SUGGESTIONS,
        "severity": "high", "break_severity": "complete", "severity_rationale": "a code is a credential",
        "break_rationale": "exchange 2", "schema_version": 2, "seed": 7, "scores": {"1": 0, "2": 10},
        "max_score": 10, "first_breach_turn": 2, "successes_by_exchange": {"1": 0, "2": 1}, "backtracks": [],
        "memory": "history_only",
        "injections": [], "techniques_used": {"1": [], "2": []}, "attack_plan": PLAN,
        "parse_failures": 0, "scorer_failures": 0, "attacker_refusals": 0, "disputed": False,
        "judge_injection_suspected": False, "needs_review": False,
    }  # fmt: skip
    assert {name: report[name] for name in expected} == expected
    assert [message["role"] for message in report["messages"]] == ["user", "assistant"] * 2
    assert CODE in report["messages"][3]["content"]
    assert all("trace_id" not in message for message in report["messages"])
    assert report["total_time"] == result.total_time


async def test_the_file_is_the_owners_and_its_time_has_an_offset(tmp_path):
    with playing(Models()):
        attacker, result = await broken_run()
        path = await asave_redteam_report(
            result, red_team=attacker, test_name=" Ü leak/../x! ", out_dir=tmp_path / "a" / "b"
        )
    assert re.fullmatch(r"\d{13}_leak_x_crescendo\.json", path.name)
    assert path.parent == tmp_path / "a" / "b"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [other.name for other in path.parent.iterdir()] == [path.name]
    saved = dt.datetime.fromisoformat(read(path)["timestamp"])
    assert saved.utcoffset() is not None
    assert abs(dt.datetime.now(dt.UTC) - saved) < dt.timedelta(minutes=1)
    assert saved.microsecond == 0


async def test_the_last_exchange_is_scored_before_the_report_is_written(tmp_path):
    with playing(Models()):
        attacker = goat(total_turns=2)
        script = [scenario.user(), scenario.agent(), scenario.user(), scenario.agent(), scenario.judge()]
        result = await play(attacker, Target(yields_at(2)), script=script)
        assert attacker.scores == {1: 0}
        path = await asave_redteam_report(result, red_team=attacker, test_name="t", out_dir=tmp_path)
    assert read(path)["scores"] == {"1": 0, "2": 10}
    assert read(path)["first_breach_turn"] == 2


def test_it_can_be_called_without_a_loop_and_inside_one(tmp_path):
    async def run_and_save():
        attacker, result = await broken_run()
        return save_redteam_report(result, red_team=attacker, test_name="inside", out_dir=tmp_path)

    async def run_only():
        return await broken_run()

    import asyncio

    with playing(Models()):
        inside = asyncio.run(run_and_save())
        attacker, result = asyncio.run(run_only())
        outside = save_redteam_report(result, red_team=attacker, test_name="outside", out_dir=tmp_path)
    assert read(inside)["status"] == read(outside)["status"] == "broke"
    assert read(inside)["suggestions"] == read(outside)["suggestions"] == SUGGESTIONS


async def test_an_error_is_the_reasoning_and_its_time_counts(tmp_path):
    with playing(Models()):
        attacker = crescendo(total_turns=3)
        conversation = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": CODE}]
        path = await asave_redteam_report(
            red_team=attacker, test_name="t", error=AssertionError("leaked"), elapsed_seconds=2.5,
            messages_override=conversation, failing_turn_hint=1, analyze=False, out_dir=tmp_path,
        )  # fmt: skip
    report = read(path)
    assert (report["success"], report["reasoning"]) == (False, "EXCEPTION: leaked")
    assert (report["status"], report["total_time"], report["agent_time"]) == ("broke", 2.5, None)
    assert (report["messages"], report["failing_turn_index"]) == (conversation, 1)


async def test_what_is_written_can_be_loaded_again(tmp_path):
    with playing(Models()):
        attacker, result = await broken_run(max_backtracks=1)
        await asave_redteam_report(result, red_team=attacker, test_name="t", out_dir=tmp_path)
    [report] = load_reports(tmp_path)
    assert (report.status, report.scores, report.seed) == ("broke", {1: 0, 2: 10}, 7)
    assert report.backtracks[0]["turn"] == 1
    assert report.exchange_positions == {2: 0}


async def test_messages_that_no_json_holds_are_saved_as_text(tmp_path):
    odd = [
        {"role": "user", "content": "half \ud83d", "audio": {"data": "A" * 5000}, "trace_id": "x"},
        {"role": "assistant", "content": [{"type": "input_audio", "input_audio": {"data": "B" * 5000}},
                                          {"type": "text", "text": "C" * 5000}]},
        {"role": "tool", "content": {"when": dt.date(2026, 1, 2), "n": float("nan"), 3: {1, 2}}},
    ]  # fmt: skip
    path = await asave_redteam_report(
        red_team=crescendo(), test_name="t", error="x", messages_override=odd, analyze=False, out_dir=tmp_path
    )
    first, second, third = read(path)["messages"]
    assert first["content"] == "half ?"
    assert "AAAA" not in str(first)
    assert "BBBB" not in str(second["content"][0])
    assert second["content"][1]["text"] == "C" * 5000
    assert third["content"] == {"when": "2026-01-02", "n": None, "3": [1, 2]}


async def test_where_the_run_belongs_stands_in_its_report(tmp_path):
    attacker = crescendo()
    attacker.objective_id, attacker.trial, attacker.campaign = "code", 3, "night"
    path = await asave_redteam_report(
        red_team=attacker, test_name="t", error="x", analyze=False, out_dir=tmp_path
    )
    report = read(path)
    assert (report["objective_id"], report["trial"], report["campaign"]) == ("code", 3, "night")


async def test_a_report_without_the_conversation_leaves_the_last_exchange_to_a_later_one(tmp_path):
    with playing(Models()):
        attacker = crescendo(total_turns=1)
        result = await play(
            attacker, Target(yields_at(1)), script=[scenario.user(), scenario.agent(), scenario.judge()]
        )
        await asave_redteam_report(red_team=attacker, test_name="t", error="x", out_dir=tmp_path)
        assert attacker.scores == {}
        path = await asave_redteam_report(result, red_team=attacker, test_name="t", out_dir=tmp_path)
    assert read(path)["scores"] == {"1": 10}


async def test_neither_result_nor_error_is_refused(tmp_path):
    with pytest.raises(ValueError, match="the result of the run, or the error"):
        await asave_redteam_report(red_team=crescendo(), test_name="t", out_dir=tmp_path)
    with pytest.raises(ValueError, match="error_kind must be 'check', 'infra' or None, got 'x'"):
        await asave_redteam_report(
            red_team=crescendo(), test_name="t", error="e", error_kind="x", out_dir=tmp_path
        )
