"""Speech of this machine: flite, say, PocketSphinx (design: works offline)."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import textwrap
from contextlib import suppress
from pathlib import Path

import pytest

from scenario.errors import MissingExtraError
from scenario.voice import LocalSTTProvider, silent_chunk, synthesize
from scenario.voice._clock import VirtualClock, using_clock

SENTENCE = "I want to change the address on my account."


def children() -> set[int]:
    """Return the processes that this one has started and not yet collected."""
    found: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError):  # the thread has ended meanwhile
            found.update(map(int, (task / "children").read_text().split()))
    return found


async def another_process_than(before: set[int]) -> None:
    async with asyncio.timeout(60):
        while children() == before:  # noqa: ASYNC110 - the kernel sets no event
            await asyncio.sleep(0.01)


def program(folder: Path, name: str, body: str) -> None:
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{textwrap.dedent(body)}")
    path.chmod(0o755)


@pytest.fixture
def only_programs_of(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


async def test_what_flite_says_pocketsphinx_understands():
    chunk = await synthesize(SENTENCE, "flite/")
    assert 2 < chunk.duration_seconds < 5
    assert await LocalSTTProvider().transcribe(chunk) == "i want to change the address on my account"


async def test_text_is_never_taken_for_an_option_or_a_file_name():
    chunk = await synthesize("-h", "flite/slt")
    named = await synthesize("/etc/hostname", "flite/slt")
    assert chunk.duration_seconds > 0.2
    assert named.duration_seconds > 0.8


async def test_flite_has_no_other_voices_than_it_lists():
    with pytest.raises(ValueError, match=r"no voice 'http://acme/v'; it has .*rms"):
        await synthesize("x", "flite/http://acme/v")


@pytest.mark.parametrize(("voice", "hint"), [("flite/", "apt-get install flite"), ("say/", "part of macOS")])
async def test_a_missing_program_is_reported_with_what_to_do(only_programs_of, voice, hint):
    with pytest.raises(RuntimeError, match=f"{voice[:-1]}' is not installed: .*{hint}"):
        await synthesize("x", voice)


async def test_a_failing_program_is_reported_with_what_it_said(only_programs_of):
    program(only_programs_of, "flite", "import sys; sys.exit('broken disk')")
    with pytest.raises(RuntimeError, match="'flite' failed with exit code 1: broken disk"):
        await synthesize("x", "flite/")


async def test_a_program_that_nobody_waits_for_is_killed(only_programs_of):
    before = children()
    program(only_programs_of, "flite", "import time; time.sleep(60)")
    task = asyncio.create_task(synthesize("x", "flite/"))
    await another_process_than(before)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert children() == before


async def test_say_is_asked_for_canonical_audio_and_leaves_no_file(only_programs_of, monkeypatch):
    """By a fake `say`, which checks its options as the one of macOS reads them."""
    files = only_programs_of / "files"
    files.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(files))
    program(
        only_programs_of,
        "say",
        """
        import argparse, wave
        parser = argparse.ArgumentParser()
        parser.add_argument("-v")
        parser.add_argument("--file-format", choices=["WAVE"])
        parser.add_argument("--data-format", choices=["LEI16@24000"])
        parser.add_argument("-o")
        parser.add_argument("-f")
        given = parser.parse_args()
        said = f"{given.v}: {open(given.f, encoding='utf-8').read()}".encode()
        with wave.open(given.o, "wb") as file:
            file.setparams((1, 2, 24000, 0, "NONE", ""))
            file.writeframes(said + b" " * (len(said) % 2))
        """,
    )
    assert (await synthesize("-x Grüße", "say/Anna")).data.decode().strip() == "Anna: -x Grüße"
    assert (await synthesize("Hello", "say/")).data.decode().strip() == "None: Hello"
    assert list(files.iterdir()) == []


async def test_several_may_ask_at_once():
    chunks = await asyncio.gather(
        *(synthesize(f"number {word}", "flite/") for word in ("one", "two", "three"))
    )
    provider = LocalSTTProvider()
    heard = await asyncio.gather(*(provider.transcribe(chunk) for chunk in chunks))
    assert heard == ["number one", "number two", "number three"]


async def test_a_cancelled_call_leaves_no_process_and_the_next_one_works():
    chunk = await synthesize(SENTENCE, "flite/")
    before = children()
    provider = LocalSTTProvider()
    task = asyncio.create_task(provider.transcribe(chunk))
    await another_process_than(before)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert children() == before
    assert await provider.transcribe(chunk)


def test_the_processes_end_with_the_event_loop():
    before = children()

    async def hear() -> str:
        return await LocalSTTProvider().transcribe(await synthesize("hello", "flite/"))

    assert asyncio.run(hear()) == "hello"
    assert children() == before


async def test_a_recogniser_that_breaks_down_is_reported_and_replaced():
    chunk = await synthesize("hello", "flite/")
    provider, before = LocalSTTProvider(), children()
    await provider.transcribe(chunk)
    [worker] = children() - before
    os.kill(worker, signal.SIGKILL)
    with pytest.raises(RuntimeError, match="PocketSphinx broke down"):
        await provider.transcribe(chunk)
    assert await provider.transcribe(chunk) == "hello"


async def test_silence_is_not_listened_to():
    before = children()
    assert await LocalSTTProvider().transcribe(silent_chunk(2)) == ""
    assert children() == before


async def test_waiting_for_a_program_holds_the_clock_of_the_run(only_programs_of):
    """A pause of an hour does not pass while flite takes its time."""
    program(only_programs_of, "flite", "import time; time.sleep(0.5); raise SystemExit('slow')")
    clock = VirtualClock()
    with using_clock(clock):
        pause = asyncio.create_task(clock.sleep(3600))
        with pytest.raises(RuntimeError, match="slow"):
            await synthesize("x", "flite/")
        assert not pause.done()
        await pause


def test_what_is_missing_for_whisper_is_told(tmp_path):
    with pytest.raises(MissingExtraError, match=r"pip install faster-whisper$"):
        LocalSTTProvider(tmp_path)
    with pytest.raises(FileNotFoundError, match="folder of a model"):
        LocalSTTProvider(tmp_path / "nothing")
