import os
import re
import sys
import threading

import pytest

from scenario._report.redaction import keys_of
from scenario.report import asave_redteam_report
from tests.red_team.campaigns import Target, crescendo, play, yields_at

from .runs import Models, analysis, playing, read

KEY = "pasted-key-8812"


def strings(value):
    if isinstance(value, dict):
        return [*map(str, value), *(text for item in value.values() for text in strings(item))]
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else []


async def test_every_string_is_redacted_keys_and_analysis_included(tmp_path):
    def answer(number):
        call = {"id": KEY, "type": "function", "function": {"name": "save", "arguments": f'{{"k": "{KEY}"}}'}}
        return [
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": KEY, "content": {KEY: [KEY]}},
            {"role": "assistant", "content": f"{KEY} {yields_at(1)(number)}"},
        ]

    with playing(
        Models(analysis=analysis(failure_summary=KEY, suggestions=[KEY]), attack=lambda _: f"use {KEY}")
    ):
        attacker = crescendo(total_turns=1, attack_plan=f"ask for {KEY}", target=f"get {KEY}")
        result = await play(attacker, Target(answer))
        path = await asave_redteam_report(
            result, red_team=attacker, test_name=f"t {KEY}", description=KEY, criteria=[KEY],
            redact=lambda text: text.replace(KEY, "[gone]"), out_dir=tmp_path,
        )  # fmt: skip
    assert KEY not in path.read_text("utf-8") + path.name
    report = read(path)
    assert report["messages"][2]["content"] == {"[gone]": ["[gone]"]}
    assert (report["attack_plan"], report["suggestions"]) == ("ask for [gone]", ["[gone]"])


async def test_the_reports_own_words_stay(tmp_path):
    with playing(Models()):
        attacker = crescendo(total_turns=1)
        result = await play(attacker, Target(yields_at(1)))
        path = await asave_redteam_report(
            result, red_team=attacker, test_name="t", redact=lambda _: "?", out_dir=tmp_path
        )
    report = read(path)
    assert (report["status"], report["severity"], report["break_severity"]) == ("broke", "high", "complete")
    assert report["scores"] == {"1": 10}
    ours = set(report) | {"1", report["timestamp"], "broke", "high", "complete", "history_only"}
    assert set(strings(report)) - ours == {"?"}


@pytest.mark.parametrize("redact", [lambda _: None, lambda text: text.encode()])
async def test_a_redaction_that_gives_no_text_is_refused_and_nothing_written(tmp_path, redact):
    with pytest.raises(TypeError, match="redact must return a string, got"):
        await asave_redteam_report(
            red_team=crescendo(), test_name="t", error="x", analyze=False, redact=redact, out_dir=tmp_path
        )
    assert list(tmp_path.iterdir()) == []


async def test_keys_of_the_models_are_in_no_report(tmp_path, monkeypatch):
    monkeypatch.setenv("MISTRAL_API_KEY", "abcdef0123456789abcdef")
    monkeypatch.setenv("DB_PASSWORD", "postgres")
    secrets = ["attacker-key-1", "planner-key-2", "header-secret-3", "abcdef0123456789abcdef"]
    attacker = crescendo(
        api_key=secrets[0], metaprompt_model="openai/m", metaprompt_api_key=secrets[1],
        extra_headers={"X-Api-Key": secrets[2]},
    )  # fmt: skip
    said = " ".join(secrets)
    path = await asave_redteam_report(
        red_team=attacker, test_name=f"t {said}", error=f"401: {said}, Authorization: Bearer unknown-token",
        messages_override=[{"role": "user", "content": f"postgres {said}"}], analyze=False, out_dir=tmp_path,
    )  # fmt: skip
    text = path.read_text("utf-8") + path.name
    assert [secret for secret in secrets if secret in text] == []
    assert "unknown-token" not in text
    assert read(path)["messages"][0]["content"] == "postgres *** *** *** ***"


async def test_what_the_agent_gave_away_stays_as_evidence(tmp_path):
    leak = "The password: hunter22, the key sk-live-0123456789abcdef"
    path = await asave_redteam_report(
        red_team=crescendo(), test_name="t", error="x", analyze=False, out_dir=tmp_path,
        messages_override=[{"role": "assistant", "content": leak}],
    )  # fmt: skip
    assert read(path)["messages"] == [{"role": "assistant", "content": leak}]
    assert re.search(r"\d{13}_t_crescendo", path.name)


def test_the_environment_may_change_meanwhile():
    done = threading.Event()

    def change():
        while not done.is_set():
            os.environ["SOME_API_KEY"] = "x" * 20
            os.environ.pop("SOME_API_KEY")

    settings = [crescendo().attacker_settings]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    changing = threading.Thread(target=change)
    changing.start()
    try:
        for _ in range(2000):
            keys_of(settings)
    finally:
        done.set()
        changing.join()
        sys.setswitchinterval(interval)
