from __future__ import annotations

import pytest

from scenario._model import context_window, fake_model
from scenario._model.prices import cost_of
from scenario.types import Usage

TOKENS = Usage(calls=1, input_tokens=1_000_000, output_tokens=0)


@pytest.mark.parametrize(
    "model",
    ["openai/gpt-4.1-mini", "gpt-4.1-mini", "claude-sonnet-4-5", "gemini/gemini-2.5-flash", "xai/grok-4"],
)
def test_known_models_have_a_price(model: str) -> None:
    assert cost_of(TOKENS, model) > 0


@pytest.mark.parametrize("model", ["openai/no-such-model", "no-such-provider/gpt-4.1-mini", "nothing"])
def test_an_unknown_price_is_none_and_never_zero(model: str) -> None:
    assert cost_of(TOKENS, model) is None


def test_an_alias_is_priced_by_the_model_that_answered() -> None:
    assert cost_of(TOKENS, "openai/house-alias", "gpt-4.1-mini") == cost_of(TOKENS, "openai/gpt-4.1-mini")


def test_cached_tokens_cost_less() -> None:
    cached = Usage(calls=1, input_tokens=1_000_000, cached_input_tokens=1_000_000)
    assert 0 < cost_of(cached, "gpt-4.1-mini") < cost_of(TOKENS, "gpt-4.1-mini")


def test_counts_that_contradict_each_other_have_no_price() -> None:
    assert cost_of(Usage(calls=1, input_tokens=1, cached_input_tokens=9), "gpt-4.1-mini") is None


def test_the_context_window_of_a_known_model() -> None:
    assert context_window("openai/gpt-4o") == 128_000


@pytest.mark.parametrize(
    "model", ["openai/no-such-model", "my-own", "offline/players", "local/x.gguf", "auto"]
)
def test_an_unknown_context_window_is_taken_to_be_32000(model: str) -> None:
    assert context_window(model) == 32_000


def test_a_registered_provider_hides_the_known_model_of_its_name() -> None:
    with fake_model("openai", "x"):
        assert context_window("openai/gpt-4o") == 32_000
