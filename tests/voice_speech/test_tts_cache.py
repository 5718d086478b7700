"""The cache of `synthesize` (spec: voice 9)."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from itertools import count

import pytest

from scenario.voice import register_tts_provider, synthesize
from scenario.voice._speech.cache import SpeechCache, key_of
from scenario.voice._speech.tts import clear_cache


class Synth:
    """Counts its calls; may wait, and fail at first."""

    def __init__(self, *, wait: asyncio.Event | None = None, failures: int = 0) -> None:
        self.calls = 0
        self.wait = wait
        self.failures = failures

    async def __call__(self, text: str, voice: str, style: str | None = None) -> bytes:
        self.calls += 1
        if self.wait:
            await self.wait.wait()
        if self.calls <= self.failures:
            raise RuntimeError("down")
        return text.encode() * 2


async def test_twenty_equal_requests_at_once_make_one_call():
    synth = Synth(wait=asyncio.Event())
    register_tts_provider("mine", synth)
    tasks = [asyncio.create_task(synthesize("x", "mine/v")) for _ in range(20)]
    await asyncio.sleep(0.05)
    synth.wait.set()
    chunks = await asyncio.gather(*tasks)
    assert synth.calls == 1
    assert {(chunk.data, chunk.transcript) for chunk in chunks} == {(b"xx", "x")}


async def test_text_voice_and_style_make_another_sound():
    synth = Synth()
    register_tts_provider("mine", synth)
    for text, voice, style in [("x", "v", None), ("y", "v", None), ("x", "w", None), ("x", "v", "sad")] * 2:
        await synthesize(text, f"mine/{voice}", style=style)
    assert synth.calls == 4


async def test_failures_are_not_kept_and_reach_all_who_wait():
    synth = Synth(wait=asyncio.Event(), failures=1)
    register_tts_provider("mine", synth)
    tasks = [asyncio.create_task(synthesize("x", "mine/v")) for _ in range(3)]
    await asyncio.sleep(0.05)
    synth.wait.set()
    failed = await asyncio.gather(*tasks, return_exceptions=True)
    assert [str(error) for error in failed] == ["down"] * 3
    assert (await synthesize("x", "mine/v")).data == b"xx"


async def test_when_the_caller_is_cancelled_the_next_one_calls():
    synth = Synth(wait=asyncio.Event())
    register_tts_provider("mine", synth)
    first, second = (asyncio.create_task(synthesize("x", "mine/v")) for _ in range(2))
    await asyncio.sleep(0.05)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    synth.wait.set()
    assert (await second).data == b"xx"
    assert synth.calls == 2


async def test_one_who_waits_may_leave_without_harm():
    synth = Synth(wait=asyncio.Event())
    register_tts_provider("mine", synth)
    first, second = (asyncio.create_task(synthesize("x", "mine/v")) for _ in range(2))
    await asyncio.sleep(0.05)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    synth.wait.set()
    assert (await first).data == b"xx"
    assert synth.calls == 1


async def test_clear_cache_empties_it():
    synth = Synth()
    register_tts_provider("mine", synth)
    await synthesize("x", "mine/v")
    clear_cache()
    await synthesize("x", "mine/v")
    assert synth.calls == 2


async def test_what_was_used_longest_ago_leaves_first():
    cache, calls = SpeechCache(max_entries=3, max_bytes=100), count()

    async def make() -> bytes:
        next(calls)
        return bytes(40)

    async def kept(key: str) -> bool:
        before = next(calls)
        await cache.get(key, make)
        return next(calls) == before + 1

    await cache.get("a", make)
    await cache.get("b", make)
    assert await kept("a")
    await cache.get("c", make)  # 120 bytes are too many
    assert await kept("a")
    assert not await kept("b")


async def test_the_default_cache_keeps_64_entries():
    synth = Synth()
    register_tts_provider("mine", synth)
    for number in range(65):
        await synthesize(str(number), "mine/v")
    await synthesize("1", "mine/v")
    assert synth.calls == 65
    await synthesize("0", "mine/v")
    assert synth.calls == 66


def test_keys_are_hashes_and_tell_parts_apart():
    assert len(key_of("a", "b")) == 64
    assert len({key_of("a", "b"), key_of("ab", ""), key_of("a", None), key_of("a", ""), key_of("a")}) == 5


_PROGRAM = """
import asyncio
from scenario.voice import register_tts_provider, synthesize

calls = 0

async def synth(text, voice):
    global calls
    calls += 1
    return text.encode() * 2

register_tts_provider("mine", synth)
chunk = asyncio.run(synthesize("secret words", "mine/v"))
print(calls, chunk.data.decode(), chunk.transcript)
"""


def test_a_second_process_with_the_cache_folder_makes_no_call(tmp_path):
    folder = tmp_path / "not yet there"
    said = [
        subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            env={**os.environ, "SCENARIO_TTS_CACHE_DIR": str(folder)},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout.strip()
        for _ in range(2)
    ]
    assert said == ["1 secret wordssecret words secret words", "0 secret wordssecret words secret words"]
    [file] = folder.iterdir()
    assert len(file.name) == 64


async def test_a_folder_that_cannot_be_written_is_a_warning(tmp_path, monkeypatch, caplog):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SCENARIO_TTS_CACHE_DIR", str(tmp_path / "file"))
    register_tts_provider("mine", Synth())
    assert (await synthesize("x", "mine/v")).data == b"xx"
    assert "SCENARIO_TTS_CACHE_DIR" in caplog.text


async def test_a_provider_of_the_same_name_does_not_speak_with_its_predecessors_voice(monkeypatch, tmp_path):
    monkeypatch.setenv("SCENARIO_TTS_CACHE_DIR", str(tmp_path))

    def made(sample: bytes):
        async def synth(text: str, voice: str) -> bytes:
            return sample * 50

        return synth

    register_tts_provider("twin", made(b"aa"))
    assert (await synthesize("x", "twin/v")).data == b"aa" * 50
    register_tts_provider("twin", made(b"bb"))
    assert (await synthesize("x", "twin/v")).data == b"bb" * 50
