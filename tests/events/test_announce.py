from __future__ import annotations

import io
import json
import logging
import threading
from contextlib import redirect_stdout
from typing import Any

import pytest

from scenario._events import EventBus
from scenario._events import announce as announce_module
from scenario.config import LangWatchSettings, ScenarioConfig

from .event_server import EventServer, Reply
from .stage import Stage, play

LOUD = ScenarioConfig(verbose=True)


def keyless(config: ScenarioConfig = LOUD) -> EventBus:
    return EventBus(LangWatchSettings(api_key=""), config=config)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


async def said(url: object, config: ScenarioConfig = LOUD, runs: int = 1) -> str:
    """Run on a terminal, with a platform that names `url` as the page of the set; return what was printed."""
    body = json.dumps({"success": True, "url": url})
    with EventServer(default=Reply(201, body)) as server, redirect_stdout(Terminal()) as terminal:
        for _ in range(runs):
            bus = EventBus(LangWatchSettings(endpoint=server.endpoint, api_key="key"), config=config)
            play(bus)
            await bus.drain()
    return terminal.getvalue()


class Browser:
    """Stands in for the web browser; `opened` is set when a page is opened."""

    def __init__(self) -> None:
        self.pages: list[str] = []
        self.opened = threading.Event()

    def open(self, page: str) -> None:
        self.pages.append(page)
        self.opened.set()


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    browser = Browser()
    monkeypatch.setattr("webbrowser.open", browser.open)
    return browser


def test_without_a_key_there_is_one_greeting_per_batch(capsys: pytest.CaptureFixture[str], caplog: Any):
    for batch in ("b1", "b1", "b2"):
        play(keyless(), batch_id=batch)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert "LANGWATCH_API_KEY" in lines[0]
    assert caplog.records == []


def test_without_verbose_the_greeting_is_a_debug_line(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.DEBUG, logger="scenario"):
        for _ in range(2):
            play(keyless(ScenarioConfig(verbose=False)))
    assert capsys.readouterr().out == ""
    assert [record.levelname for record in caplog.records] == ["DEBUG"]


def test_the_greeting_can_be_disabled(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("SCENARIO_DISABLE_SIMULATION_REPORT_INFO", "1")
    play(keyless())
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("stdout", [None, io.TextIOWrapper(io.BytesIO())])
def test_without_a_usable_stdout_the_run_goes_on(stdout: Any):
    if stdout is not None:
        stdout.close()
    with redirect_stdout(stdout):
        stage = Stage()
        keyless().subscribe_to_events(stage.events)
        stage.watched().start().end()
    assert stage.kinds == ["RUN_STARTED", "RUN_FINISHED"]


async def test_the_link_to_the_batch_is_shown_once(browser: Browser):
    assert await said("https://host/set/", runs=3) == "Watch these runs: https://host/set/scenariobatch_1\n"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "https://h\x1b[31m", "https://a b", "", None, 3]
)
async def test_only_web_pages_are_shown_and_opened(url: object, browser: Browser):
    assert await said(url) == ""
    assert browser.pages == []


async def test_without_verbose_no_link_is_shown(browser: Browser):
    assert await said("https://host/set", ScenarioConfig(verbose=False)) == ""
    assert browser.pages == []


async def test_the_link_is_opened_where_somebody_is_looking(browser: Browser):
    await said("https://host/set")
    assert browser.opened.wait(5)
    assert browser.pages == ["https://host/set/scenariobatch_1"]


@pytest.mark.parametrize("variable", ["CI", "PYTEST_XDIST_WORKER"])
def test_no_browser_in_ci_or_in_a_test_worker(variable: str, monkeypatch: pytest.MonkeyPatch):
    with redirect_stdout(Terminal()):
        assert announce_module._somebody_is_looking()
        monkeypatch.setenv(variable, "gw0")
        assert not announce_module._somebody_is_looking()


def test_no_browser_without_a_terminal():
    with redirect_stdout(io.StringIO()):
        assert not announce_module._somebody_is_looking()


async def test_no_browser_when_headless(browser: Browser):
    assert "https://host/set" in await said("https://host/set", ScenarioConfig(verbose=True, headless=True))
    assert not [thread for thread in threading.enumerate() if thread.name == "scenario-browser"]
    assert browser.pages == []


def test_a_failing_browser_is_ignored(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    def broken(_: str) -> None:
        raise OSError("no display")

    monkeypatch.setattr("webbrowser.open", broken)
    with caplog.at_level(logging.DEBUG, logger="scenario"):
        announce_module._open("https://host")
    assert "no display" in caplog.text
