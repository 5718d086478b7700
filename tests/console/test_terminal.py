"""core.md 1.10: colours and the spinner, on real terminals and pipes."""

from __future__ import annotations

from .terminals import on_terminal, piped

SAY = """
console, run = ConsoleObserver(), run_info()
console.message_added(run, {"role": "user", "content": "hi"})
console.message_added(run, {"role": "assistant", "content": "yo"})
console.message_added(run, {"role": "tool", "content": "1"})
console.message_added(run, {"role": "system", "content": "sys"})
"""


def test_labels_are_coloured_on_a_terminal() -> None:
    with on_terminal(SAY) as terminal:
        out = terminal.read_all()

    assert out == (
        "\x1b[32mUser:\x1b[0m hi\n\x1b[34mAgent:\x1b[0m yo\n\x1b[35mToolResult:\x1b[0m 1\nSystem: sys\n"
    )


def test_no_color_is_honoured() -> None:
    with on_terminal(SAY, NO_COLOR="1") as terminal:
        assert terminal.read_all() == "User: hi\nAgent: yo\nToolResult: 1\nSystem: sys\n"


def test_a_dumb_terminal_gets_plain_text() -> None:
    with on_terminal(SAY, TERM="dumb") as terminal:
        assert "\x1b" not in terminal.read_all()


def test_a_pipe_gets_plain_text() -> None:
    assert piped(SAY)[0] == "User: hi\nAgent: yo\nToolResult: 1\nSystem: sys\n"


SPIN = """
console, run = ConsoleObserver(), run_info(verbose={verbose})
console.run_started(run)
console.call_started(run, "MyAgent", AgentRole.AGENT)
sys.stdin.readline()
console.message_added(run, {{"role": "assistant", "content": "yo"}})
console.call_ended(run, "MyAgent", AgentRole.AGENT)
console.run_ended(run, OUTCOME, [])
print("over")
"""


def test_the_spinner_says_who_is_acting_and_moves() -> None:
    with on_terminal(SPIN.format(verbose=1), NO_COLOR="1") as terminal:
        terminal.read_until("| Agent: MyAgent is acting ...")
        terminal.read_until("\r\x1b[2K/ Agent: MyAgent is acting ...")
        terminal.type("\n")
        out = terminal.read_all()

    assert "\r\x1b[2KAgent: yo\n" in out
    assert out.endswith("\r\x1b[2Kover\n")


def test_there_is_no_spinner_on_a_pipe() -> None:
    assert piped(SPIN.format(verbose=1), "\n")[0] == "Agent: yo\nover\n"


def test_there_is_no_spinner_without_verbose() -> None:
    with on_terminal(SPIN.format(verbose=0)) as terminal:
        terminal.type("\n")
        assert terminal.read_all() == "\nover\n"


CONCURRENT = """
console, first, second = ConsoleObserver(), run_info("r1"), run_info("r2")
console.run_started(first)
console.call_started(first, "First", AgentRole.AGENT)
sys.stdin.readline()
console.run_started(second)
print("two", flush=True)
console.call_started(second, "Second", AgentRole.AGENT)
threading.Event().wait(0.3)
console.call_ended(second, "Second", AgentRole.AGENT)
console.call_ended(first, "First", AgentRole.AGENT)
console.run_ended(second, OUTCOME, [])
print("one", flush=True)
console.call_started(first, "Third", AgentRole.AGENT)
sys.stdin.readline()
console.run_ended(first, OUTCOME, [])
"""


def test_the_spinner_is_there_only_while_one_scenario_is_active() -> None:
    with on_terminal(CONCURRENT) as terminal:
        terminal.read_until("First is acting")
        terminal.type("\n")
        assert terminal.read_until("two\n").endswith("\r\x1b[2Ktwo\n")
        assert terminal.read_until("one\n") == "one\n"
        terminal.read_until("Third is acting")
        terminal.type("\n")


LINES = """
def say(console, run):
    for _ in range(200):
        console.message_added(run, {"role": "user", "content": "ab " * 200 + "\\n" + "cd " * 200})

threads = [threading.Thread(target=say, args=(ConsoleObserver(), run_info(str(n)))) for n in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


def test_messages_of_concurrent_runs_do_not_mix() -> None:
    assert piped(LINES)[0] == f"User: {'ab ' * 200}\n{('cd ' * 200).rstrip()}\n" * 800


def test_importing_and_ending_are_silent() -> None:
    assert piped("") == ("", "")
