"""core.md 5.1: what can be decorated, where it acts, and what is preserved."""

from __future__ import annotations

import asyncio
import inspect
import threading
from typing import Any

import pytest

from scenario._cache import CacheScope, active_scope, cache
from scenario._cache.scope import current_scope


class Counter:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> int:
        self.calls += 1
        return self.calls


def test_a_second_call_replays_the_first(run: None) -> None:
    count = Counter()

    @cache()
    def work(x: int) -> int:
        return count() + x

    assert [work(10), work(10)] == [11, 11]


def test_parentheses_are_optional(run: None) -> None:
    count = Counter()

    @cache
    def work() -> int:
        return count()

    assert [work(), work()] == [1, 1]


async def test_the_awaited_result_of_a_coroutine_is_replayed(run: None) -> None:
    count = Counter()

    @cache()
    async def work() -> int:
        await asyncio.sleep(0)
        return count()

    assert [await work(), await work()] == [1, 1]


def test_name_docstring_and_signature_are_preserved() -> None:
    @cache()
    async def work(x: int, *, y: str = "a") -> int:
        """Does it."""
        return x

    assert work.__name__ == "work"
    assert work.__doc__ == "Does it."
    assert str(inspect.signature(work)) == "(x: 'int', *, y: 'str' = 'a') -> 'int'"
    assert inspect.iscoroutinefunction(work)


def test_outside_a_run_it_calls_through() -> None:
    count = Counter()

    @cache()
    def work() -> int:
        return count()

    assert [work(), work()] == [1, 2]


@pytest.mark.parametrize("key", [None, ""])
def test_without_a_cache_key_it_calls_through(key: str | None) -> None:
    count = Counter()

    @cache()
    def work() -> int:
        return count()

    with active_scope(CacheScope(cache_key=key)):
        assert [work(), work()] == [1, 2]


def test_after_the_run_it_calls_through() -> None:
    count = Counter()

    @cache()
    def work() -> int:
        return count()

    with active_scope(CacheScope(cache_key="k")):
        work()
    assert work() == 2


def test_the_scope_ends_with_a_run_that_raises() -> None:
    with pytest.raises(KeyError), active_scope(CacheScope(cache_key="k")):
        raise KeyError
    assert current_scope() is None


def test_another_plain_thread_calls_through(run: None) -> None:
    count = Counter()

    @cache()
    def work() -> int:
        return count()

    work()
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert count.calls == 2


async def test_to_thread_carries_the_run_along(run: None) -> None:
    count = Counter()

    @cache()
    def work() -> int:
        return count()

    work()
    assert await asyncio.to_thread(work) == 1


class Agent:
    def __init__(self) -> None:
        self.count = Counter()

    kinds = Counter()

    @cache()
    def method(self, x: int) -> int:
        return self.count()

    @cache()
    async def coroutine(self, x: int) -> int:
        return self.count()

    @classmethod
    @cache()
    def inner_class(cls, x: int) -> tuple[str, int]:
        return cls.__name__, cls.kinds()

    @cache()
    @classmethod
    def outer_class(cls, x: int) -> tuple[str, int]:
        return cls.__name__, cls.kinds()

    @staticmethod
    @cache()
    def inner_static(x: int) -> int:
        return Agent.kinds()

    @cache
    @staticmethod
    def outer_static(x: int) -> int:
        return Agent.kinds()

    @property
    @cache
    def value(self) -> int:
        return self.count()


class Heir(Agent):
    pass


def test_methods_bind_and_share_between_equal_instances(run: None) -> None:
    assert [Agent().method(1), Agent().method(x=1), Agent.method(Agent(), 1)] == [1, 1, 1]


async def test_coroutine_methods_bind(run: None) -> None:
    first, second = Agent(), Agent()

    assert [await first.coroutine(1), await second.coroutine(1), await second.coroutine(2)] == [1, 1, 1]
    assert (first.count.calls, second.count.calls) == (1, 1)


@pytest.mark.parametrize("name", ["inner_class", "outer_class"])
def test_classmethods_bind_to_the_class_that_is_called(run: None, name: str) -> None:
    first = getattr(Agent, name)(1)

    assert getattr(Agent(), name)(1) == first
    assert getattr(Heir, name)(1)[0] == "Heir"


@pytest.mark.parametrize("name", ["inner_static", "outer_static"])
def test_staticmethods_are_cached(run: None, name: str) -> None:
    first = getattr(Agent, name)(1)

    assert getattr(Agent(), name)(1) == first
    assert getattr(Agent, name)(2) == first + 1


def test_a_property_can_be_cached(run: None) -> None:
    assert [Agent().value, Agent().value] == [1, 1]


def test_a_bound_method_can_be_decorated(run: None) -> None:
    agent = Agent()
    plain = Agent.method.__wrapped__.__get__(agent)
    work = cache(plain)

    assert [work(5), work(5), agent.count.calls] == [1, 1, 1]


def test_a_call_with_wrong_arguments_raises_as_the_function_does(run: None) -> None:
    @cache()
    def work(x: int) -> int:
        return x

    with pytest.raises(TypeError, match=r"work\(\) missing 1 required positional argument"):
        work()  # pyright: ignore[reportCallIssue]


@pytest.mark.parametrize("thing", [Agent, len, property(lambda self: 1)])
def test_other_objects_are_refused(thing: Any) -> None:
    with pytest.raises(TypeError):
        cache()(thing)


def test_a_string_is_no_list_of_names() -> None:
    with pytest.raises(TypeError, match=r"list of parameter names such as \['client'\], got 'client'"):
        cache(ignore="client")


def test_the_default_of_ignore_is_immutable() -> None:
    assert inspect.signature(cache).parameters["ignore"].default == ()
