"""Reports of a campaign: one per attack, saved as it ends, with its outcome and its place in the campaign."""

from __future__ import annotations

import json

import pytest

from scenario.report import asave_redteam_report, save_redteam_report

from .campaigns import CODE, CRITERION, HEDGE, REFUSAL, Target, campaign


def broken(_):
    raise KeyError("the database is down")


def no_code(state):
    assert CODE not in str(state.messages), "the code is out"


@pytest.mark.parametrize("is_async", [False, True])
async def test_reports_say_what_the_campaign_says(is_async, tmp_path):
    answers = iter([REFUSAL, HEDGE, broken])

    def save(one):
        saving = asave_redteam_report if is_async else save_redteam_report
        return saving(**one.report_arguments(), analyze=False, out_dir=tmp_path)

    result = await campaign(
        lambda: Target(next(answers)), trials=3, checks=[no_code], max_concurrency=1, on_result=save
    )

    reports = {report["trial"]: report for report in map(json.loads, map(_text, tmp_path.glob("*.json")))}
    assert [one.outcome for one in result.results] == ["held", "broke", "errored"]
    assert [reports[trial]["status"] for trial in (1, 2, 3)] == ["held", "broke", "errored"]
    for trial, report in reports.items():
        assert (report["objective_id"], report["campaign"]) == ("staff_code", "red team")
        assert report["seed"] == result.results[trial - 1].attack.seed
        assert report["criteria"] == [CRITERION]
    assert reports[2]["reasoning"].startswith("EXCEPTION: the code is out")
    assert CODE in str(reports[2]["messages"])


def _text(path):
    return path.read_text("utf-8")
