"""core.md 5.3: the files."""

from __future__ import annotations

import logging
import os
import stat
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario._cache import cache, store
from scenario._cache.entry import CorruptEntryError, Entry, UnstorableError
from scenario.types import ScenarioResult

KEY = "a" * 64

pytestmark = pytest.mark.usefixtures("run")


@dataclass
class Box:
    content: Any


class Endless(list[Any]):
    def __reduce__(self) -> Any:
        raise RuntimeError("not today")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.exists() else []


def test_one_file_per_entry_named_by_the_key_and_readable_by_us_only(folder: Path) -> None:
    @cache()
    def work(x: int) -> int:
        return x

    for x in (1, 1, 2):
        work(x)

    assert [len(path.name) for path in entries(folder)] == [64, 64]
    assert mode(folder) == 0o700
    assert {mode(path) for path in entries(folder)} == {0o600}


def test_nothing_is_created_before_the_first_store(folder: Path) -> None:
    @cache()
    def work() -> None:
        assert not folder.exists()

    work()
    assert folder.exists()


def test_the_folder_is_looked_up_at_each_access(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save(KEY, 1)
    monkeypatch.setenv("SCENARIO_CACHE_DIR", str(tmp_path / "second"))

    assert store.load(KEY) is None


def test_the_default_folder_is_in_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SCENARIO_CACHE_DIR", "")

    store.save(KEY, 1)

    assert (tmp_path / ".scenario" / "cache" / KEY).exists()


def test_files_hold_the_result_and_no_argument(folder: Path) -> None:
    @cache()
    def work(question: str, api_key: str) -> str:
        return "the answer"

    work("the question", api_key="sk-secret")

    (data,) = [path.read_bytes() for path in entries(folder)]
    assert b"the answer" in data
    assert b"question" not in data
    assert b"secret" not in data


@pytest.mark.parametrize(
    ("result", "codec"),
    [
        (None, "json"),
        ("é\ud800", "json"),
        ({"a": [1, 1.5, True, None]}, "json"),
        ((1, 2), "pickle"),
        ({1: 2}, "pickle"),
        (float("inf"), "json"),
        ("\ud83d\ude00", "pickle"),
        (Box([b"\x00"]), "pickle"),
        (ScenarioResult(success=True, messages=[{"role": "user", "content": "x"}]), "pickle"),
    ],
)
def test_json_is_used_where_it_round_trips_else_pickle(result: Any, codec: str) -> None:
    assert store.save(KEY, result).codec == codec

    found = store.load(KEY)

    assert found is not None
    assert (type(found.result), found.result) == (type(result), result)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner) | st.tuples(inner),
        max_leaves=8,
    )
)
def test_every_value_comes_back_as_it_was(value: Any) -> None:
    assert repr(Entry.from_bytes(Entry.of(value).to_bytes()).result()) == repr(value)


@given(st.binary(max_size=200))
def test_foreign_bytes_are_no_entry(data: bytes) -> None:
    with pytest.raises(CorruptEntryError):
        Entry.from_bytes(data)


@given(st.data())
def test_a_changed_byte_is_noticed(data: st.DataObject) -> None:
    stored = bytearray(Entry.of({"verdict": "true"}).to_bytes())
    position = data.draw(st.integers(0, len(stored) - 1))
    stored[position] ^= data.draw(st.integers(1, 255))

    with pytest.raises(CorruptEntryError):
        Entry.from_bytes(bytes(stored))


def test_an_integer_too_long_for_json_is_pickled() -> None:
    assert Entry.of(10**5000).result() == 10**5000


def test_none_is_cached() -> None:
    calls: list[int] = []

    @cache()
    def work() -> None:
        calls.append(1)

    assert [work(), work()] == [None, None]
    assert len(calls) == 1


def test_exceptions_are_not_cached(folder: Path) -> None:
    outcomes = iter([ValueError("first"), "second"])

    @cache()
    def work() -> Any:
        outcome = next(outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    with pytest.raises(ValueError, match="first"):
        work()
    assert entries(folder) == []
    assert work() == "second"


@pytest.mark.parametrize("result", [[1], Box(1)])
def test_every_hit_returns_a_fresh_copy(result: Any) -> None:
    @cache()
    def work() -> Any:
        return result

    copies = [work(), work(), work()]

    assert copies[0] is result
    assert copies == [result] * 3
    assert len({id(copy) for copy in copies}) == 3


def test_changing_a_copy_changes_no_other() -> None:
    work = cache(lambda: {"messages": ["hi"]})
    work()["messages"].clear()
    work()["messages"].clear()

    assert work() == {"messages": ["hi"]}


@pytest.mark.parametrize(
    "result",
    [(x for x in "ab"), threading.Lock(), Endless(), lambda: 1],
    ids=["generator", "lock", "raises", "function"],
)
def test_what_cannot_be_stored_is_returned_uncached_with_one_warning(
    result: Any, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    @cache()
    def work() -> Any:
        return result

    assert work() is result
    assert work() is result
    (record,) = caplog.records
    assert "work() runs uncached: a " in record.message
    assert record.levelno == logging.WARNING
    assert entries(folder) == []


def test_a_generator_function_gives_a_new_generator_each_time() -> None:
    @cache()
    def work() -> Any:
        yield 1

    assert [list(work()), list(work())] == [[1], [1]]


async def test_a_stream_of_a_coroutine_is_returned_uncached() -> None:
    async def stream() -> Any:
        yield "chunk"

    @cache()
    async def work() -> Any:
        return stream()

    assert [[chunk async for chunk in await work()] for _ in range(2)] == [["chunk"], ["chunk"]]


def test_what_pickles_but_cannot_be_read_back_is_not_stored() -> None:
    with pytest.raises(UnstorableError, match="a Unreadable cannot be stored"):
        Entry.of(Unreadable("a", "b"))


class Unreadable(Exception):
    def __init__(self, a: str, b: str) -> None:
        super().__init__(a)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data.replace(b"scenario-cache 1 ", b"scenario-cache 2 "),
        lambda data: b"\x80\x05garbage",
    ],
    ids=["empty", "cut", "other version", "garbage"],
)
def test_a_damaged_or_foreign_entry_is_a_miss_and_is_replaced(folder: Path, damage: Any) -> None:
    calls: list[int] = []

    @cache()
    def work() -> int:
        calls.append(1)
        return len(calls)

    work()
    (path,) = entries(folder)
    path.write_bytes(damage(path.read_bytes()))

    assert [work(), work()] == [2, 2]


def test_an_entry_that_cannot_be_opened_is_a_miss(folder: Path) -> None:
    (folder / KEY).mkdir(parents=True)

    assert store.load(KEY) is None


def test_a_pickle_whose_class_is_gone_is_a_miss(monkeypatch: pytest.MonkeyPatch) -> None:
    store.save(KEY, Box(1))
    monkeypatch.delattr(f"{__name__}.Box")

    assert store.load(KEY) is None


def test_a_pickle_is_not_read_from_a_folder_that_others_may_write(folder: Path) -> None:
    store.save(KEY, Box(1))
    folder.chmod(0o770)

    assert store.load(KEY) is None


def test_a_pickle_that_others_may_write_is_not_read(folder: Path) -> None:
    store.save(KEY, Box(1))
    (folder / KEY).chmod(0o666)

    assert store.load(KEY) is None


def test_a_pickle_of_another_owner_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.save(KEY, Box(1))
    us = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: us + 1)

    assert store.load(KEY) is None


def test_json_is_read_from_any_folder(folder: Path) -> None:
    store.save(KEY, 1)
    folder.chmod(0o777)

    assert store.load(KEY) is not None


def test_no_pickle_is_put_where_others_may_write(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder.mkdir()
    folder.chmod(0o777)

    store.save(KEY, Box(1))

    assert entries(folder) == []
    assert "others may write" in caplog.text


def full_disk(*_: Any) -> None:
    raise OSError(28, "No space left on device")


def test_a_full_disk_gives_one_warning_and_no_caching(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[int] = []

    @cache()
    def work() -> int:
        calls.append(1)
        return len(calls)

    monkeypatch.setattr(Path, "replace", full_disk)

    assert [work(), work()] == [1, 2]
    assert entries(folder) == []
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "No space left on device" in record.message


@pytest.mark.parametrize("where", ["file", "/proc/nowhere"])
def test_a_folder_that_cannot_be_made_gives_one_warning(
    tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SCENARIO_CACHE_DIR", str(tmp_path / where))

    @cache()
    def work() -> str:
        return "done"

    assert [work(), work()] == ["done", "done"]
    assert len(caplog.records) == 1


def test_without_a_home_folder_the_run_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SCENARIO_CACHE_DIR", "~nobody-of-this-name/cache")

    store.save(KEY, 1)

    assert store.load(KEY) is None
    assert len(caplog.records) == 1
