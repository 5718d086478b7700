"""Every test of this folder that takes a `rig` runs once per adapter."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING

import pytest

import scenario
from scenario.voice import VoiceOptions
from scenario.voice.testing import LoopbackVoiceAgent, OfflineSTT
from tests.transports.rigs import all_rigs

if TYPE_CHECKING:
    from collections.abc import Iterator


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "rig" in metafunc.fixturenames:
        metafunc.parametrize("rig", all_rigs(), ids=repr)


@pytest.fixture(scope="session", autouse=True)
def warm() -> Iterator[None]:
    """Have done what is done once per process, so that it delays no answer: imports, tables, old garbage."""
    user = scenario.UserSimulatorAgent(model="offline/players", voice="offline/anna")
    first_run = scenario.arun(
        name="warm",
        description="The user says hello.",
        agents=[LoopbackVoiceAgent(["yes"]), user],
        script=[scenario.user("hello"), scenario.agent(), scenario.succeed()],
        voice=VoiceOptions(stt=OfflineSTT(), transcribe_agent="always"),
        verbose=False,
    )
    asyncio.run(first_run)
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
