"""Debug mode on a real terminal: before each generated user turn the person is asked. Core 1.10."""

from __future__ import annotations

import pytest

from tests.console.terminals import on_terminal, piped

CAST = """
import scenario
from tests.engine.agents import agent, judge, texts, user, verdict

def play(*script, run=scenario.run, simulator=None, **more):
    listens = agent(lambda input: "heard " + input.messages[-1]["content"])
    cast = [simulator or user("from the simulator"), listens]
    return run("order", "d", cast, script=list(script), debug=True, **({"verbose": False} | more))

def show(result):
    print("SAID", " | ".join(texts(result.messages)), flush=True)
"""
QUESTION = "User (Enter lets the simulator act): "


@pytest.mark.parametrize("run", ["run", "arun"])
def test_typed_text_is_the_users_message_and_enter_lets_the_simulator_act(run):
    program = f"""
{CAST}
turn = [scenario.user(), scenario.agent()]
show(asyncio.run(play(*turn, *turn, scenario.succeed(), run=scenario.{run})))
"""
    with on_terminal(program) as terminal:
        terminal.read_until(QUESTION)
        terminal.type("where is my parcel?\n")
        terminal.read_until(QUESTION)
        terminal.type("\n")
        line = terminal.read_until(" | heard from the simulator")
    assert "SAID where is my parcel? | heard where is my parcel? | from the simulator" in line


def test_typed_text_is_printed_like_any_message_and_told_to_every_agent():
    program = f"""
{CAST}
simulator = user("next")
result = asyncio.run(play(scenario.proceed(turns=2), scenario.succeed(), simulator=simulator, verbose=2))
print("NEW", texts(simulator.inputs[0].new_messages), flush=True)
"""
    with on_terminal(program, NO_COLOR="1") as terminal:
        terminal.read_until(QUESTION)
        terminal.type("hello\n")
        shown = terminal.read_until(QUESTION)
        terminal.type("\n")
        rest = terminal.read_all()
    assert "[Scenario: order] User: hello\n" in shown
    assert "[Scenario: order] Agent: heard hello\n" in shown
    assert "NEW ['hello', 'heard hello']" in rest


def test_fixed_content_is_never_asked_for():
    program = f"""
{CAST}
show(asyncio.run(play(scenario.user("fixed"), scenario.agent(), scenario.succeed())))
"""
    with on_terminal(program) as terminal:
        shown = terminal.read_all()
    assert "SAID fixed | heard fixed" in shown
    assert "Enter lets" not in shown


def test_control_d_counts_as_enter():
    program = f"""
{CAST}
show(asyncio.run(play(scenario.user(), scenario.agent(), scenario.succeed())))
"""
    with on_terminal(program) as terminal:
        terminal.read_until(QUESTION)
        terminal.type("\x04")
        assert "SAID from the simulator | heard from the simulator" in terminal.read_all()


def test_at_the_end_of_the_input_the_simulator_acts_and_one_warning_says_so():
    program = f"""
import logging
logging.basicConfig(format="LOG %(message)s", stream=sys.stdout)
{CAST}
turn = [scenario.user(), scenario.agent()]
show(asyncio.run(play(*turn, *turn, scenario.succeed())))
"""
    printed, errors = piped(program, "only this\n")
    assert "SAID only this | heard only this | from the simulator | heard from the simulator" in printed
    assert printed.count("LOG standard input has ended") == 1
    assert "\x1b" not in printed
    assert errors == ""


def test_questions_of_runs_at_once_come_one_after_the_other():
    program = f"""
{CAST}
async def both():
    script = [scenario.user(), scenario.agent(), scenario.succeed()]
    for result in await asyncio.gather(play(*script), play(*script, run=scenario.arun)):
        show(result)
asyncio.run(both())
"""
    with on_terminal(program) as terminal:
        terminal.read_until(QUESTION)
        terminal.type("one\n")
        between = terminal.read_until(QUESTION)
        terminal.type("two\n")
        rest = terminal.read_all()
    assert between.count("Enter lets") == 1
    assert sorted(line for line in rest.splitlines() if "SAID" in line) == [
        "SAID one | heard one",
        "SAID two | heard two",
    ]


def test_a_run_that_is_cancelled_while_it_asks_ends_in_order():
    program = f"""
{CAST}
async def main():
    task = asyncio.create_task(play(scenario.user(), run=scenario.arun))
    while not screen._prompt:
        await asyncio.sleep(0.01)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("CANCELLED", asyncio.all_tasks() == {{asyncio.current_task()}}, flush=True)
asyncio.run(main())
"""
    with on_terminal(program) as terminal:
        assert "CANCELLED True" in terminal.read_all()
