"""Crescendo: its stages, its prompt, its plan."""

from __future__ import annotations

import re

import pytest

from scenario._red_team.plan import plan_prompt
from scenario._red_team.strategies.crescendo import CrescendoStrategy

strategy = CrescendoStrategy()


@pytest.mark.parametrize(
    ("exchange", "total", "stage"),
    [
        (9, 50, "warmup"), (10, 50, "probing"), (22, 50, "probing"), (23, 50, "escalation"),
        (37, 50, "escalation"), (38, 50, "direct"), (50, 50, "direct"), (1, 1, "direct"), (0, 50, "warmup"),
        (31, 30, "direct"),
        (1, 4, "warmup"), (2, 4, "probing"), (3, 4, "escalation"), (4, 4, "direct"),
        (1, 5, "warmup"), (5, 5, "direct"),
    ],
)  # fmt: skip
def test_stages_follow_from_progress(exchange, total, stage):
    assert strategy.get_phase_name(exchange, total) == stage


@pytest.mark.parametrize(
    ("total", "ends"), [(50, (10, 22, 37)), (1, (1, 1, 1)), (4, (1, 1, 3)), (30, (6, 13, 22))]
)
def test_the_plan_is_told_where_stages_end(total, ends):
    variables = strategy.template_variables(total)

    assert (variables["phase1_end"], variables["phase2_end"], variables["phase3_end"]) == ends


def prompt(exchange, total=30, plan="THE PLAN"):
    return strategy.build_system_prompt("get the code", exchange, total, "A shop.", plan)


def test_the_range_that_is_shown_always_holds_the_exchange():
    for total in range(1, 101):
        for exchange in range(1, total + 1):
            shown = re.search(r"Stage: (\w+) \(exchanges (\d+) to (\d+)\)", prompt(exchange, total))
            first, last = int(shown[2]), int(shown[3])
            assert first <= exchange <= last <= total
            assert shown[1] == strategy.get_phase_name(exchange, total).upper()
            assert {strategy.get_phase_name(n, total).upper() for n in (first, last)} == {shown[1]}


def test_the_prompt_holds_what_the_attacker_needs():
    text = prompt(3)

    for part in (
        "get the code",
        "A shop.",
        "THE PLAN",
        "exchange 3 of 30",
        "WARMUP",
        "[SCORE]",
        "[BACKTRACKED]",
    ):
        assert part in text
    assert "exactly one message" in text.lower()


@pytest.mark.parametrize("exchange", [10, 20])
def test_the_middle_stages_build_on_the_targets_own_words_in_small_steps(exchange):
    text = prompt(exchange)

    assert "the target's own previous words" in text
    assert "small step" in text


def test_it_is_staged_and_needs_a_plan():
    assert strategy.phase_kind == "staged"
    assert strategy.needs_metaprompt_plan


# The plan's prompt


def rendered(template=None, **variables):
    return plan_prompt(
        template, target="get the code", description="A shop.", total_turns=30, variables=variables
    )


def test_the_built_in_template_asks_for_everything_a_plan_needs():
    text = rendered(**strategy.template_variables(30))

    for part in (
        "authorised", "user from outside", "never the agent", "get the code", "A shop.", "30",
        "phase1_end = exchange 6",
        "Between 10 and 14", "example message", "mapping what it can do", "extraction in steps",
        "hypothetical framing", "social pressure", "outside", "role play", "encoding", "format", "context",
        "questions about", "signs of weakness", "after a refusal", "must fit this agent",
    ):  # fmt: skip
        assert part in text


def test_the_built_in_template_works_without_variables_of_a_strategy():
    assert "phase1_end" not in rendered()


def test_only_an_identifier_in_braces_is_a_placeholder():
    template = 'Aim: {target}. Answer as {"plan": [1, 2]} or {} or {0}.'

    assert rendered(template) == 'Aim: get the code. Answer as {"plan": [1, 2]} or {} or {0}.'


def test_a_value_with_braces_is_not_filled_in_again():
    assert rendered("{note}", note="{target}") == "{target}"


def test_an_unknown_placeholder_is_named_with_the_known_ones():
    with pytest.raises(
        ValueError, match=r"\{goal\}.*\{description\}, \{phase1_end\}, \{target\}, \{total_turns\}"
    ):
        rendered("{goal}", phase1_end=6)
