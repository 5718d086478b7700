"""core.md 5.2: what is in a key, and what never is."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import BaseModel

from scenario._cache import CacheScope, active_scope, cache
from scenario._cache.key import KeyedFunction
from scenario._model.settings import ModelSettings
from scenario.config import ModelConfig, ScenarioConfig
from scenario.types import AgentInput, JudgmentRequest, ModelRequest


def key_of(function: Any, *args: Any, ignore: tuple[str, ...] = (), **kwargs: Any) -> str | None:
    return KeyedFunction(function, frozenset(ignore)).key(args, kwargs)


def one(x: Any = 1) -> None: ...


def other(x: Any = 1) -> None: ...


def many(a: int, /, *rest: int, b: int = 2, **more: Any) -> None: ...


def key(value: Any) -> str:
    found = key_of(one, value)
    assert found is not None
    return found


def test_it_is_a_sha256(run: None) -> None:
    assert len(bytes.fromhex(key(1))) == 32


def test_positional_keyword_and_default_values_are_equal_in_effect(run: None) -> None:
    assert key_of(one, 1) == key_of(one, x=1) == key_of(one)


def test_keyword_values_count(run: None) -> None:
    assert key_of(one, x=1) != key_of(one, x=2)
    assert key_of(many, 1, more=1) != key_of(many, 1, more=2) != key_of(many, 1)


def test_a_further_keyword_is_not_taken_for_a_positional_one(run: None) -> None:
    assert key_of(many, 1, a=5) != key_of(many, 2, a=5)
    assert key_of(many, 5, a=5) != key_of(many, 5)


def test_the_function_counts(run: None) -> None:
    assert key_of(one, 1) != key_of(other, 1)


def test_ignored_parameters_do_not_count(run: None) -> None:
    assert key_of(one, object(), ignore=("x",)) == key_of(one, 2, ignore=("x",))
    assert key_of(many, 1, client=object(), ignore=("client",)) == key_of(many, 1, ignore=("client",))


def key_under(**changes: Any) -> str | None:
    with active_scope(CacheScope(**{"cache_key": "k", "default_model": "m", "max_turns": 3} | changes)):
        return key_of(one, 1)


@pytest.mark.parametrize("change", [{"cache_key": "l"}, {"default_model": "n"}, {"max_turns": 4}])
def test_the_runs_key_model_and_turns_count(change: dict[str, Any]) -> None:
    assert key_under(**change) != key_under()


def test_secrets_and_clients_of_the_default_model_do_not_count() -> None:
    bare = ModelConfig(model="openai/m")
    full = ModelConfig(
        model="openai/m", api_key="sk-1", headers={"Authorization": "x"}, client=object(), timeout=3
    )

    assert key_under(default_model=bare) == key_under(default_model=full)
    assert key_under(default_model=bare) != key_under(default_model=ModelConfig(model="openai/m", seed=4))


class Plain:
    def ask(self, x: int) -> None: ...


class Heir(Plain): ...


@dataclass
class BuiltIn:
    persona: str
    client: Any = None

    def ask(self, x: int) -> None: ...

    def _cache_fingerprint(self) -> dict[str, Any]:
        return {"persona": self.persona, "model": ModelSettings("openai/m", extra={"client": self.client})}


def test_self_does_not_count_but_its_class_does(run: None) -> None:
    assert key_of(Plain.ask, Plain(), 1) == key_of(Plain.ask, Plain(), 1) != key_of(Plain.ask, Heir(), 1)


def test_the_fingerprint_of_a_built_in_agent_counts(run: None) -> None:
    assert key_of(BuiltIn.ask, BuiltIn("a", object()), 1) == key_of(BuiltIn.ask, BuiltIn("a"), 1)
    assert key_of(BuiltIn.ask, BuiltIn("a"), 1) != key_of(BuiltIn.ask, BuiltIn("b"), 1)


def test_an_agent_as_an_argument_is_its_fingerprint(run: None) -> None:
    assert key(BuiltIn("a", object())) == key(BuiltIn("a")) != key(BuiltIn("b"))


def agent_input(**changes: Any) -> AgentInput:
    state = {"description": "d", "current_turn": 1, "thread_id": "t", "config": ScenarioConfig()}
    fields = {
        "thread_id": "t",
        "messages": [{"role": "user", "content": "hi", "trace_id": "1", "id": "m1"}],
        "new_messages": [],
        "scenario_state": SimpleNamespace(**state | changes.pop("state", {})),
    }
    return AgentInput(**fields | changes)


@pytest.mark.parametrize(
    "change",
    [
        {"thread_id": "u"},
        {"propagation_headers": {"traceparent": "00-1"}},
        {"messages": [{"role": "user", "content": "hi", "trace_id": "2"}]},
        {"state": {"thread_id": "u", "config": ScenarioConfig(verbose=2, debug=True)}},
    ],
)
def test_ids_traces_and_output_settings_of_an_agent_input_do_not_count(
    run: None, change: dict[str, Any]
) -> None:
    assert key(agent_input(**change)) == key(agent_input())


@pytest.mark.parametrize(
    "change",
    [
        {"messages": [{"role": "user", "content": "ho"}]},
        {"new_messages": [{"role": "user", "content": "hi"}]},
        {"judgment_request": JudgmentRequest(criteria=["polite"])},
        {"state": {"description": "e"}},
        {"state": {"current_turn": 2}},
    ],
)
def test_what_an_agent_can_see_counts(run: None, change: dict[str, Any]) -> None:
    assert key(agent_input(**change)) != key(agent_input())


def test_messages_count_without_their_ids_wherever_they_stand(run: None) -> None:
    with_ids = {"role": "assistant", "content": "x", "id": "1", "trace_id": "2"}

    assert key([with_ids]) == key([{"role": "assistant", "content": "x"}])


def test_other_objects_keep_their_ids(run: None) -> None:
    assert key({"role": "user", "id": 1}) != key({"role": "user", "id": 2})


def test_of_a_configuration_only_model_and_turns_count(run: None) -> None:
    plain = ScenarioConfig(default_model="m", max_turns=3)
    noisy = ScenarioConfig(
        default_model="m", max_turns=3, verbose=2, debug=True, headless=True, observability={}
    )

    assert key(plain) == key(noisy) != key(ScenarioConfig(default_model="m", max_turns=4))


def test_a_model_request_counts_without_its_secrets(run: None) -> None:
    prompt: list[dict[str, Any]] = [{"role": "user", "content": "hi"}]
    bare = ModelRequest(model="m", messages=prompt)
    secret = ModelRequest(
        model="m", messages=prompt, api_key="sk", params={"client": object(), "headers": {"a": "b"}}
    )

    assert key(bare) == key(secret)
    assert key(bare) != key(ModelRequest(model="m", messages=prompt, response_format={"type": "json_object"}))


def call_api(text: str, api_key: str, headers: dict[str, str]) -> None: ...


def test_api_keys_and_authorization_headers_do_not_count(run: None) -> None:
    first = key_of(call_api, "x", "sk-1", {"Authorization": "Bearer 1", "X-Api-Key": "1"})
    second = key_of(call_api, "x", "sk-2", {"Authorization": "Bearer 2", "X-Api-Key": "2"})

    assert first == second is not None


class Order(BaseModel):
    client: Any


@pytest.mark.parametrize("value", [object(), print, Order(client=object()), [{1: {object()}}]])
def test_what_has_no_stable_form_runs_uncached(
    run: None, value: Any, caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[int] = []

    @cache()
    def ask(question: Any) -> int:
        calls.append(1)
        return len(calls)

    assert [ask(value), ask(value), ask(question=value)] == [1, 2, 3]
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("scenario", logging.WARNING)
    assert "ask() runs uncached: its argument 'question'" in record.message
    assert "ignore=['question']" in record.message


def test_a_value_that_contains_itself_runs_uncached(run: None) -> None:
    endless: list[Any] = []
    endless.append(endless)

    assert key_of(one, endless) is None


def test_a_huge_integer_runs_uncached(run: None) -> None:
    assert key_of(one, 10**5000) is None


@pytest.mark.parametrize(
    ("scope", "subject"),
    [(ModelConfig(model="m", helper=object()), "the run's default_model"), ("m", "the settings of BuiltIn")],
)
def test_the_warning_says_which_setting_has_no_stable_form(
    caplog: pytest.LogCaptureFixture, scope: Any, subject: str
) -> None:
    with active_scope(CacheScope(cache_key="k", default_model=scope)):
        assert key_of(BuiltIn.ask, BuiltIn(object() if scope == "m" else "a"), 1) is None  # pyright: ignore[reportArgumentType]
    assert f"{subject} holds a object" in caplog.text


PROGRAM = """
import datetime, enum, pathlib
from scenario._cache import CacheScope, active_scope
from scenario._cache.key import KeyedFunction

class Colour(enum.Enum):
    RED = "red"

def work(x, colours={Colour.RED}): ...

value = {"b": {"x", "y", "z", 1, None}, "a": frozenset("abcdef"), 7: b"raw",
         "when": datetime.date(2020, 1, 2), "path": pathlib.PurePosixPath("a/b"), "long": "é" * 5000}
with active_scope(CacheScope("k", "m", 3)):
    print(KeyedFunction(work, frozenset()).key((value,), {}))
"""


def test_keys_are_equal_in_processes_with_different_hash_seeds() -> None:
    keys = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }

    assert len(keys) == 1
    assert len(keys.pop().strip()) == 64
