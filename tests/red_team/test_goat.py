"""GOAT: its catalogue, its prompt, and which techniques an attacker names."""

from __future__ import annotations

import pytest

from scenario._red_team.strategies.goat import GoatStrategy
from scenario._red_team.techniques import DEFAULT_GOAT_TECHNIQUES, PAPER_GOAT_TECHNIQUES, Technique

strategy = GoatStrategy()


def prompt(exchange, of=strategy):
    return of.build_system_prompt("get the code", exchange, 10, "A shop.")


def test_the_default_catalogue_holds_seven_techniques_in_order():
    assert [technique.id for technique in DEFAULT_GOAT_TECHNIQUES] == [
        "HYPOTHETICAL_FRAMING", "PERSONA_MODIFICATION", "REFUSAL_SUPPRESSION", "RESPONSE_PRIMING",
        "DUAL_RESPONSE", "TOPIC_SPLITTING", "AUTHORITY_SOCIAL_ENGINEERING",
    ]  # fmt: skip
    assert DEFAULT_GOAT_TECHNIQUES[-1].name == "AUTHORITY & SOCIAL ENGINEERING"
    assert strategy.techniques == DEFAULT_GOAT_TECHNIQUES


def test_the_published_catalogue_ends_with_opposite_intent():
    assert PAPER_GOAT_TECHNIQUES[:6] == DEFAULT_GOAT_TECHNIQUES[:6]
    assert [technique.id for technique in PAPER_GOAT_TECHNIQUES[6:]] == ["OPPOSITE_INTENT"]


@pytest.mark.parametrize(
    "techniques", [[], [DEFAULT_GOAT_TECHNIQUES[0]] * 2, [Technique(" ", "a", "b", "c")]]
)
def test_a_catalogue_without_different_ids_is_refused(techniques):
    with pytest.raises(ValueError, match="techniques"):
        GoatStrategy(techniques)


def test_prompts_of_two_exchanges_differ_in_the_number_only():
    assert prompt(3).replace("exchange 3 of", "exchange 4 of") == prompt(4)


def test_the_prompt_lists_the_catalogue_numbered():
    text = prompt(
        1, GoatStrategy([Technique("A_B", "A B", "does ab", "say ab"), *DEFAULT_GOAT_TECHNIQUES[:1]])
    )

    assert "1. A B (A_B): does ab" in text
    assert "say ab" in text
    assert "2. HYPOTHETICAL FRAMING" in text
    assert all(f'"{key}"' in text for key in ("observation", "strategy", "reply", "techniques"))


def test_the_phase_is_never_shown_to_the_attacker():
    assert not any(phase in prompt(2).split() for phase in ("early", "mid", "late"))


@pytest.mark.parametrize(
    ("exchange", "phase"), [(1, "early"), (2, "early"), (3, "mid"), (6, "mid"), (7, "late"), (10, "late")]
)
def test_phases_mark_progress(exchange, phase):
    assert strategy.get_phase_name(exchange, 10) == phase
    assert strategy.phase_kind == "progress"
    assert not strategy.needs_metaprompt_plan


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", []),
        ("I use dual response, then HYPOTHETICAL_FRAMING", ["HYPOTHETICAL_FRAMING", "DUAL_RESPONSE"]),
        ("dual-response and dual response again", ["DUAL_RESPONSE"]),
        ("authority and social engineering", ["AUTHORITY_SOCIAL_ENGINEERING"]),
        ("Authority & Social-Engineering", ["AUTHORITY_SOCIAL_ENGINEERING"]),
        ("Avoid hypothetical framing", []),
        ("avoiding the hypothetical framing now", []),
        ("instead of dual response: topic splitting", ["TOPIC_SPLITTING"]),
        ("rather than dual response", []),
        ("don't use dual response", []),
        ("It did not work. Dual response now.", ["DUAL_RESPONSE"]),
        ("not dual response this time, but later dual response", ["DUAL_RESPONSE"]),
        ("individual responses", []),
    ],
)
def test_named_techniques_count_unless_ruled_out(text, ids):
    assert strategy.chosen_technique_ids(text) == ids
