"""core.md 1.10: the question of debug mode, on real terminals and pipes."""

from __future__ import annotations

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from scenario._console.prompter import Prompter

from .terminals import on_pipes, on_terminal, piped

if TYPE_CHECKING:
    import pytest

ASK = """
print([asyncio.run(ask("Say:")) for _ in range({count})])
"""


def test_typed_text_is_returned_and_enter_is_none() -> None:
    with on_terminal(ASK.format(count=3)) as terminal:
        for line in ("hello there", "", "  "):
            assert terminal.read_until("Say: ").endswith("Say: ")
            terminal.type(f"{line}\n")
        assert terminal.read_all().endswith("['hello there', None, None]\n")


def test_on_a_pipe_there_are_no_cursor_codes() -> None:
    assert piped(ASK.format(count=2), "hi\n\n") == ("Say: \nSay: \n['hi', None]\n", "")


def test_the_end_of_the_input_counts_as_enter_with_one_warning() -> None:
    out, errors = piped(ASK.format(count=3), "last line")

    assert out.endswith("['last line', None, None]\n")
    assert errors.count("standard input has ended") == 1


def test_control_d_counts_as_enter_and_the_next_question_is_asked() -> None:
    with on_terminal(ASK.format(count=2)) as terminal:
        terminal.read_until("Say: ")
        terminal.type("\x04")
        terminal.read_until("Say: ")
        terminal.type("hi\n")
        assert terminal.read_all().endswith("[None, 'hi']\n")


def test_what_follows_the_line_is_left_to_others() -> None:
    program = "print(asyncio.run(ask('Say:')), sys.stdin.readline().strip())"

    assert piped(program, "ours\ntheirs\n")[0].endswith("ours theirs\n")


CANCEL = """
async def main():
    first = asyncio.create_task(ask("First:"))
    await asyncio.to_thread(gate.wait)
    first.cancel()
    await asyncio.wait([first])
    print("cancelled", flush=True)
    print([await ask("Second:")], flush=True)

class Out:
    def write(self, text):
        out.write(text)
        if "First" in text: gate.set()
    def __getattr__(self, name): return getattr(out, name)

gate, out = threading.Event(), sys.stdout
sys.stdout = Out()
asyncio.run(main())
"""


def test_cancelling_withdraws_the_question_and_the_next_one_gets_the_line() -> None:
    with on_terminal(CANCEL) as terminal:
        assert "First: \r\x1b[2K" in terminal.read_until("cancelled\n")
        terminal.read_until("Second: ")
        terminal.type("for the second\n")
        assert terminal.read_all().endswith("['for the second']\n")


def test_cancelling_on_a_pipe_does_the_same() -> None:
    with on_pipes(CANCEL) as process:
        assert process.stdin
        assert process.stdout
        shown = [process.stdout.readline() for _ in range(3)]
        process.stdin.write(b"for the second\n")
        process.stdin.flush()

        assert shown == [b"First: \n", b"cancelled\n", b"Second: \n"]
        assert process.stdout.readline() == b"['for the second']\n"
        assert process.wait(30) == 0


def test_a_reader_that_still_waits_does_not_keep_the_process_from_ending_well() -> None:
    program = """
    async def main():
        with_time = asyncio.wait_for(ask("Say:"), 0.05)
        print(await asyncio.gather(with_time, return_exceptions=True))

    asyncio.run(main())
    """
    with on_pipes(program) as process:
        assert process.wait(30) == 0
        assert process.stdout
        assert b"TimeoutError" in process.stdout.read()


def test_the_loop_goes_on_while_a_question_is_open() -> None:
    program = """
    async def main():
        question = asyncio.create_task(ask("Say:"))
        while not screen._prompt:
            await asyncio.sleep(0)
        print("alive", flush=True)
        print([await question])

    asyncio.run(main())
    """
    with on_terminal(program) as terminal:
        terminal.read_until("alive\n")
        terminal.type("hi\n")
        assert terminal.read_all().endswith("['hi']\n")


def test_a_message_of_another_run_does_not_mix_with_an_open_question() -> None:
    program = """
    async def main():
        question = asyncio.create_task(ask("Say:"))
        while not screen._prompt:
            await asyncio.sleep(0)
        ConsoleObserver().message_added(run_info(), {"role": "assistant", "content": "yo"})
        print([await question])

    asyncio.run(main())
    """
    with on_terminal(program, NO_COLOR="1") as terminal:
        terminal.read_until("Say: \r\x1b[2KAgent: yo\nSay: ")
        terminal.type("hi\n")
        assert terminal.read_all().endswith("['hi']\n")


def test_questions_of_loops_in_several_threads_come_one_after_the_other() -> None:
    program = """
    def person(number):
        return asyncio.run(ask(f"Number {number}:"))

    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(5) as pool:
        print(list(pool.map(person, range(5))))
    """
    with on_terminal(program) as terminal:
        for _ in range(5):
            asked = terminal.read_until(": ")
            assert asked.count("Number") == 1
            terminal.type(asked.split()[-1].rstrip(":") + "\n")
        assert terminal.read_all().endswith("['0', '1', '2', '3', '4']\n")


def test_an_input_that_is_no_file_is_read_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("hi\n"))

    assert asyncio.run(Prompter().ask("Say:")) == "hi"


def test_captured_input_counts_as_enter(caplog: pytest.LogCaptureFixture) -> None:
    assert asyncio.run(Prompter().ask("Say:")) is None
    assert len(caplog.records) == 1


def test_a_process_without_input_counts_as_enter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)

    assert asyncio.run(Prompter().ask("Say:")) is None


async def test_who_gives_up_waiting_for_a_turn_does_not_hold_up_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer = asyncio.Event()

    class Reader:
        async def line(self) -> str:
            await answer.wait()
            return "hi\n"

    monkeypatch.setattr("sys.stdin", io.StringIO())
    prompter = Prompter()
    prompter._reader = Reader()  # pyright: ignore[reportAttributeAccessIssue] - a fake
    tasks = [asyncio.ensure_future(prompter.ask("Say:")) for _ in range(3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.wait([tasks[1]])
    answer.set()

    with ThreadPoolExecutor(1) as pool:
        assert await asyncio.gather(tasks[0], tasks[2]) == ["hi", "hi"]
        assert await asyncio.wrap_future(pool.submit(asyncio.run, _asked(prompter))) == "hi"


async def _asked(prompter: Prompter) -> str | None:
    return await prompter.ask("Say:")


async def test_a_question_is_one_safe_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))

    await Prompter().ask("Say\x1b[2J\nit:")

    assert capsys.readouterr().out == "Say␛[2J it: \n"
