"""Reading a verdict: statuses, contradictions, and the result that follows."""

from __future__ import annotations

import json
import logging
import time

import pytest

from scenario._judge.json_pairs import decode
from scenario._judge.reply import Finish
from scenario._judge.verdict import read_verdict

CRITERIA = ["Asks for the name", "Does not swear"]


def verdict_of(criteria, *, verdict="success", reasoning="because"):
    """Read a verdict whose criteria are given as JSON text or as a value."""
    text = criteria if isinstance(criteria, str) else json.dumps(criteria)
    return read_verdict(Finish(criteria=decode(text), verdicts=[verdict], reasoning=reasoning), CRITERIA)


def statuses(verdict):
    return [entry.status for entry in verdict.criteria]


def test_criteria_returned_in_reverse_order_keep_their_own_status():
    verdict = verdict_of({"c2_does_not_swear": "false", "c1_asks_for_the_name": "true"})

    assert statuses(verdict) == ["true", "false"]


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("true", "true"),
        (" TRUE\n", "true"),
        ("False", "false"),
        ("inconclusive", "inconclusive"),
        (True, "true"),
        (False, "false"),
        ({"reasoning": "r", "evidence": [], "status": "true"}, "true"),
        ({"status": True}, "true"),
        ('{"status": "false"}', "false"),
        ("yes", "inconclusive"),
        ("", "inconclusive"),
        (1, "inconclusive"),
        (None, "inconclusive"),
        (["true"], "inconclusive"),
        ({}, "inconclusive"),
        ({"status": "met"}, "inconclusive"),
        ({"verdict": "true"}, "inconclusive"),
    ],
)
def test_which_status_a_value_means(value, status):
    assert statuses(verdict_of({"c1": value, "c2": "true"})) == [status, "true"]


@pytest.mark.parametrize("value", ["yes", None, {}, {"status": 1}])
def test_an_unreadable_status_is_logged_with_the_criterions_number(value, caplog):
    verdict_of({"c1": "true", "c2": value})

    assert [record.levelno for record in caplog.records if "criterion 2" in record.message] == [
        logging.WARNING
    ]


def test_a_missing_criterion_is_inconclusive_and_logged(caplog):
    verdict = verdict_of({"c1": "true"})

    assert statuses(verdict) == ["true", "inconclusive"]
    assert "left out criterion 2" in caplog.text


def test_success_without_any_criterion_is_no_success():
    assert verdict_of({}).result([]).success is False


def test_an_entry_that_matches_nothing_is_ignored_and_logged(caplog):
    verdict = verdict_of({"c1": "true", "c2": "true", "c9_extra": "false"})

    assert statuses(verdict) == ["true", "true"]
    assert "c9_extra" in caplog.text


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ('{"c1": "true", "1": "false", "c2": "true"}', "false"),
        ('{"c1": "inconclusive", "1": "true", "c2": "true"}', "inconclusive"),
        ('{"c1": "false", "c1": "true", "c2": "true"}', "false"),
        ('{"c1": {"status": "false", "status": "true"}, "c2": "true"}', "false"),
    ],
    ids=["false and true", "inconclusive and true", "the same key twice", "the same member twice"],
)
def test_of_two_entries_for_one_criterion_the_worse_counts(text, status):
    assert statuses(verdict_of(text)) == [status, "true"]


def test_reasoning_and_evidence_of_each_criterion_are_kept():
    verdict = verdict_of(
        {"c1": {"reasoning": " seen ", "evidence": ["#2", 7, None, ""], "status": "true"}, "c2": True}
    )

    assert (verdict.criteria[0].reasoning, verdict.criteria[0].evidence) == ("seen", ["#2", "7"])
    assert (verdict.criteria[1].reasoning, verdict.criteria[1].evidence) == ("", [])


@pytest.mark.parametrize(
    ("verdict", "c2", "success"),
    [
        ("success", "true", True),
        (" Success ", "true", True),
        ("success", "false", False),
        ("success", "inconclusive", False),
        ("failure", "true", False),
        ("inconclusive", "true", False),
        ("passed", "true", False),
        (None, "true", False),
        (True, "true", False),
    ],
)
def test_success_needs_the_verdict_and_every_criterion(verdict, c2, success):
    assert verdict_of({"c1": "true", "c2": c2}, verdict=verdict).result([]).success is success


def test_several_verdicts_count_as_the_worst():
    finish = Finish(criteria=[("c1", True), ("c2", True)], verdicts=["failure", "success"], reasoning="r")

    assert read_verdict(finish, CRITERIA).outcome == "failure"


def test_no_verdict_counts_as_inconclusive():
    finish = Finish(criteria=[("c1", True), ("c2", True)], verdicts=[], reasoning="r")

    assert read_verdict(finish, CRITERIA).outcome == "inconclusive"


@pytest.mark.parametrize("reasoning", [None, "", "  ", 7, ["x"]])
def test_blank_reasoning_becomes_a_summary_of_the_criteria(reasoning):
    verdict = verdict_of({"c1": "true", "c2": "false"}, verdict="failure", reasoning=reasoning)

    assert verdict.reasoning == "- Asks for the name: true\n- Does not swear: false"


@pytest.mark.parametrize(
    ("verdict", "c2", "contradicts"),
    [
        ("success", "false", True),
        ("success", "inconclusive", True),
        ("failure", "true", True),
        ("inconclusive", "true", True),
        ("inconclusive", "false", True),
        ("success", "true", False),
        ("failure", "false", False),
        ("failure", "inconclusive", False),
        ("inconclusive", "inconclusive", False),
    ],
)
def test_a_contradiction_is_said_in_the_reasoning_and_logged(verdict, c2, contradicts, caplog):
    reasoning = verdict_of({"c1": "true", "c2": c2}, verdict=verdict).reasoning

    assert reasoning.startswith("because")
    assert ("The overall verdict was" in reasoning) is contradicts
    assert ("contradicts itself" in caplog.text) is contradicts


def test_inconclusive_criteria_are_among_the_failed_ones():
    result = verdict_of({"c1": "inconclusive", "c2": "false"}, verdict="failure").result([])

    assert result.failed_criteria == CRITERIA
    assert result.inconclusive_criteria == CRITERIA[:1]


def test_equal_criteria_keep_their_own_verdicts():
    finish = Finish(criteria=[("c1", "true"), ("c2", "false")], verdicts=["failure"], reasoning="r")
    result = read_verdict(finish, ["Is polite", "Is polite"]).result([])

    assert (result.passed_criteria, result.failed_criteria) == (["Is polite"], ["Is polite"])


def test_words_that_no_encoding_knows_are_made_readable():
    text = '{"c1": {"reasoning": "a \\ud800", "evidence": ["b \\udfff"], "status": "true"}, "c2": true}'
    result = verdict_of(text, reasoning="c \ud83d").result([])

    result.model_dump_json()
    assert result.reasoning == "c \\ud83d"
    assert (result.criteria[0].reasoning, result.criteria[0].evidence) == ("a \\ud800", ["b \\udfff"])


def test_a_thousand_criteria_are_read_without_holding_up_the_loop():
    criteria = [f"Criterion {number}: " + "the agent says what it knows, " * 8 for number in range(1000)]
    finish = Finish(criteria=[(text, "true") for text in criteria], verdicts=["success"], reasoning="r")
    started = time.process_time()

    assert read_verdict(finish, criteria).result([]).success
    assert time.process_time() - started < 3  # seconds; 37 where each key is compared with each criterion
