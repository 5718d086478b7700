"""The agent's share of the usage (core 1.5)."""

from __future__ import annotations

import math

import pytest

from scenario._tracing.agent_usage import usage_of
from scenario.types import Usage

from .span_helpers import built_span


def model_call(span_id: int, parent: int | None = None, *, inputs: object = 10, outputs: object = 5, **more):
    return built_span(
        "chat",
        span_id,
        parent,
        gen_ai__usage__input_tokens=inputs,
        gen_ai__usage__output_tokens=outputs,
        gen_ai__request__model="gpt-5-mini",
        **more,
    )


def cent_per_token(model: str, inputs: int, outputs: int) -> float | None:
    return (inputs + outputs) / 100 if model == "gpt-5-mini" else None


def test_spans_that_report_nothing_give_none():
    assert usage_of([]) is None
    assert usage_of([built_span("tool", 1), built_span("chat", 2, gen_ai__request__model="m")]) is None


def test_model_calls_are_summed():
    spans = [built_span("agent", 1), model_call(2, 1), model_call(3, 1, inputs=1, outputs=2)]

    usage = usage_of(spans, cent_per_token)

    assert usage.cost_usd == pytest.approx(0.18)
    assert usage.model_copy(update={"cost_usd": None}) == Usage(
        calls=2, input_tokens=11, output_tokens=7, cost_usd=None
    )


def test_of_nested_spans_the_outermost_counts():
    spans = [
        model_call(1, inputs=30, outputs=20),
        built_span("between", 2, 1),
        model_call(3, 2, inputs=15, outputs=10),
        model_call(4, 3, inputs=14, outputs=9),
        model_call(5, inputs=1, outputs=1),
    ]

    usage = usage_of(spans)
    assert usage is not None
    assert (usage.calls, usage.input_tokens, usage.output_tokens) == (2, 31, 21)


def test_the_cost_is_unknown_without_a_price_list():
    assert usage_of([model_call(1)]).cost_usd is None


def test_one_unknown_price_makes_the_cost_unknown():
    unknown = built_span("chat", 2, gen_ai__usage__input_tokens=1, gen_ai__request__model="house model")
    nameless = built_span("chat", 3, gen_ai__usage__input_tokens=1)

    assert usage_of([model_call(1), unknown], cent_per_token).cost_usd is None
    assert usage_of([model_call(1), nameless], cent_per_token).cost_usd is None


def test_the_model_that_answered_is_priced_and_else_the_one_that_was_asked_for():
    asked = []

    def price(model: str, inputs: int, outputs: int) -> float | None:
        asked.append(model)
        return cent_per_token(model, inputs, outputs)

    usage = usage_of([model_call(1, gen_ai__response__model="gpt-5-mini-2025-08-07")], price)

    assert usage.cost_usd == 0.15
    assert asked == ["gpt-5-mini-2025-08-07", "gpt-5-mini"]


def test_cached_input_tokens_are_reported():
    assert usage_of([model_call(1, gen_ai__usage__cache_read__input_tokens=4)]).cached_input_tokens == 4


def test_older_attribute_names_are_read():
    span = built_span("chat", 1, gen_ai__usage__prompt_tokens=7, gen_ai__usage__completion_tokens=3)

    usage = usage_of([span])
    assert (usage.input_tokens, usage.output_tokens) == (7, 3)


@pytest.mark.parametrize("value", ["12", True, math.nan, math.inf, -1, (1, 2)])
def test_what_is_no_sensible_number_is_ignored(value):
    usage = usage_of([model_call(1, inputs=value)])

    assert (usage.calls, usage.input_tokens, usage.output_tokens) == (1, 0, 5)


def test_fractions_are_cut():
    assert usage_of([model_call(1, inputs=10.9)]).input_tokens == 10


def test_a_cycle_above_a_model_call_does_not_hide_it():
    spans = [built_span("a", 1, 2), built_span("b", 2, 1), model_call(3, 1)]

    assert usage_of(spans).calls == 1
