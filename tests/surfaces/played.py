"""Runs that end as a test wants, played to the observers of the process as the engine would.

It is imported by the tests here and copied beside the test files that they write.
"""

from scenario._ids import new_id
from scenario._observer import RunInfo, RunOutcome, process_observers
from scenario.config import ScenarioConfig
from scenario.types import ScenarioResult


def begin(name="a refund", *, description="the user wants money back", set_id="default", agents=()):
    run = RunInfo(
        name=name,
        description=description,
        run_id=new_id("scenariorun"),
        thread_id=new_id("scenariothread"),
        batch_id="scenariobatch_test",
        set_id=set_id,
        config=ScenarioConfig(),
        agents=agents,
    )
    watching = process_observers()
    for observer in watching:
        observer.run_started(run)
    return run, watching


def end(begun, *, result=None, error=None, status=None, messages=(), unmet=()):
    run, watching = begun
    outcome = RunOutcome(
        status=status or ("ERROR" if error else "SUCCESS" if result.success else "FAILED"),
        result=result,
        error=error,
        reasoning="",
        met_criteria=(),
        unmet_criteria=tuple(unmet),
        total_time=1.234,
        agent_time=0.5,
    )
    for observer in watching:
        observer.run_ended(run, outcome, list(messages))


def verdict(success=True, reasoning="it was so", **fields):
    fields = {"messages": [], "total_time": 1.234, "agent_time": 0.5} | fields
    return ScenarioResult(success=success, reasoning=reasoning, **fields)


def play(name="a refund", success=True, **fields):
    """Play a run that ends with a verdict."""
    result = verdict(success, **fields)
    end(begin(name), result=result)
    return result


def play_error(name="a refund", error=None, **outcome):
    """Play a run that ends with an exception."""
    end(begin(name), error=error or RuntimeError("the agent fell over"), **outcome)
