"""The demo: three scenarios with the best model at hand, and the report on them (`scenario demo`)."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenario._demo.scenarios import DemoScenario
    from scenario.types import ScenarioResult

_RULES_ONLY = "offline/players"


def main(model: str) -> int:
    """Play the demo with a model and print the report.

    Args:
        model: a model, or `auto` for the best at hand.

    Returns:
        0 when every scenario ended as it should. A real model may judge otherwise, which is said and is no
        error; with the rules of `offline/players` it is one: 1.
    """
    return asyncio.run(_main(model))


async def _main(model: str) -> int:
    from scenario._observer import add_process_observer, remove_process_observer
    from scenario._reporter.collector import Collector
    from scenario._reporter.reporter import ScenarioReporter
    from scenario.config import ScenarioConfig

    if model == "auto":
        from scenario._model.local import resolve_auto

        model = await resolve_auto(say=_say)
    before = ScenarioConfig.default_config
    ScenarioConfig.configure(default_model=model, verbose=True)
    reporter = ScenarioReporter()
    collector = Collector(reporter)
    add_process_observer(collector)
    try:
        surprises = await _play_all(model)
    finally:
        remove_process_observer(collector)
        ScenarioConfig.default_config = before
    _say("")
    reporter.print_report()
    return _verdict(model, surprises)


async def _play_all(model: str) -> list[str]:
    """Play the scenarios and return the names of those that did not end as they should."""
    from scenario._demo.scenarios import DEMO_SCENARIOS

    surprises: list[str] = []
    for number, demo in enumerate(DEMO_SCENARIOS, 1):
        _say(f"\n[{number}/{len(DEMO_SCENARIOS)}] {demo.name}: {demo.why}")
        started = time.perf_counter()
        result = await _play(demo, model)
        seconds = time.perf_counter() - started
        wanted = "as it should" if result.success is demo.expected else "which it should not have"
        _say(f"      {'passed' if result.success else 'failed'} in {seconds:.1f} s, {wanted}")
        if result.success is not demo.expected:
            surprises.append(demo.name)
    return surprises


async def _play(demo: DemoScenario, model: str) -> ScenarioResult:
    from scenario.scenario_executor import arun

    return await arun(
        name=demo.name,
        description=demo.description,
        agents=demo.agents(),
        script=demo.script,
        max_turns=6,
        set_id="demo",
        metadata={"model": model},
    )


def _verdict(model: str, surprises: list[str]) -> int:
    if model == _RULES_ONLY:
        _say(
            "\nPlayed by offline/players, which follows rules: good for trying things out and for CI, and no "
            "measure of quality."
        )
    if not surprises:
        _say("\nEvery scenario ended as it should: one was meant to fail.")
        return 0
    _say(f"\nNot as it should: {', '.join(surprises)}.")
    if model == _RULES_ONLY:
        return 1
    _say(f"{model} played or judged otherwise than expected; a larger model may do better.")
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
