"""Saves the report of a run: evaluate what is left to evaluate, write, analyse."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from scenario._red_team.models import resolve_metaprompt
from scenario._report.analysis import analysed, consistent
from scenario._report.asking import LIMIT
from scenario._report.batch import batch_dir
from scenario._report.building import build_report
from scenario._report.files import replace, write_new
from scenario._report.naming import report_stem
from scenario._report.plain import plain
from scenario._report.redaction import keys_of, redaction

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence
    from pathlib import Path

    from scenario._model import ModelSettings
    from scenario._report.document import ReportDocument
    from scenario._report.ending import Ending
    from scenario.red_team_agent import RedTeamAgent

_log = logging.getLogger("scenario")

_evaluating: WeakKeyDictionary[RedTeamAgent, threading.Lock] = WeakKeyDictionary()

# These values are our own words, on which readers of the file rely.
_OUR_WORDS = frozenset({"status", "severity", "break_severity", "memory", "timestamp"})


class RunReport:
    """The report of one run on its way to a file.

    Args:
        red_team: the attacker of the run.
        ending: how the run ended.
        test_name: the scenario's name.
        criteria: what the judge was asked; `None`: what the result says of it.
        description: the situation.
        failing_turn_hint: the exchange in which the agent failed, if nothing else says so.
        redact: applied to every string before writing.
    """

    def __init__(
        self,
        red_team: RedTeamAgent,
        ending: Ending,
        *,
        test_name: str,
        criteria: Sequence[str] | None = None,
        description: str | None = None,
        failing_turn_hint: int | None = None,
        redact: Callable[[str], str] | None = None,
    ) -> None:
        self._red_team = red_team
        self._ending = ending
        self._named: dict[str, Any] = {
            "test_name": test_name, "criteria": criteria, "description": description,
        }  # fmt: skip
        self._hint = failing_turn_hint
        self._redact = redact

    @property
    def is_evaluated(self) -> bool:
        """Whether nothing is left to evaluate."""
        return not self._red_team.record().pending

    async def evaluate(self) -> None:
        """Have the last exchange scored, if it is not yet; a failure to do so is logged."""
        if not self._ending.messages:  # without the conversation the exchange would count as a silent one
            return
        try:
            async with asyncio.timeout(LIMIT), _alone_with(self._red_team):
                await self._red_team.evaluate_last([dict(message) for message in self._ending.messages])
        except Exception as error:  # noqa: BLE001 - a detector of the user's may raise anything; a report is due
            _log.warning("the last exchange of %r is not evaluated: %r", self._named["test_name"], error)

    def document(self) -> ReportDocument:
        """Return the report as far as it is known without an analysis."""
        return consistent(build_report(self._red_team, self._ending, **self._named), hint=self._hint)

    async def analysed(
        self, document: ReportDocument, settings: ModelSettings | None = None
    ) -> ReportDocument:
        """Return the report with its analysis, if there is a conversation.

        Args:
            document: the report without one.
            settings: the model; default: the one that planned and scored.
        """
        if not document.messages:
            return document
        return await analysed(document, settings or self._red_team.metaprompt_settings, hint=self._hint)

    def save(self, document: ReportDocument, folder: Path | None = None) -> Path:
        """Write a new file.

        Args:
            document: the report.
            folder: default: the batch folder.

        Raises:
            OSError: it cannot be written.
        """
        data, name = self._encoded(document)
        return write_new(folder or batch_dir(), name, data)

    def save_again(self, document: ReportDocument, path: Path) -> None:
        """Write the report in place of an earlier state of it.

        Raises:
            OSError: it cannot be written; the earlier one stays.
        """
        data, _ = self._encoded(document)
        replace(path, data)

    def _encoded(self, document: ReportDocument) -> tuple[bytes, str]:
        """Return the file's content and name."""
        agent = self._red_team
        change = redaction(keys_of((agent.attacker_settings, agent.metaprompt_settings)), self._redact)
        written = {
            name: plain(value) if name in _OUR_WORDS else plain(value, change)
            for name, value in document.to_dict().items()
        }
        text = json.dumps(written, indent=2, ensure_ascii=False)
        return f"{text}\n".encode(), report_stem(written["test_name"], written["strategy"])


@asynccontextmanager
async def _alone_with(red_team: RedTeamAgent) -> AsyncGenerator[None]:
    """Keep apart two reports of one run that are made on two loops, by a test and by the pytest plugin."""
    lock = _evaluating.setdefault(red_team, threading.Lock())
    while not lock.acquire(blocking=False):  # noqa: ASYNC110 - an event cannot be awaited on two loops
        await asyncio.sleep(0.02)
    try:
        yield
    finally:
        lock.release()


def analyser_settings(red_team: RedTeamAgent, model: str | None) -> ModelSettings | None:
    """Return the settings of a model for the analysis; it gets the key of its own provider only.

    Args:
        red_team: the attacker.
        model: the model; `None` for the one that planned and scored.
    """
    if model is None:
        return None
    planner = red_team.metaprompt_settings
    return resolve_metaprompt(
        "save_redteam_report", planner, model=model, api_base=None, api_key=None, extra_params=planner.extra
    )


async def save_report(
    report: RunReport, *, analyse: bool, analyser: ModelSettings | None, folder: Path | None
) -> Path:
    """Evaluate, analyse and write a report; return its path.

    Args:
        report: the report.
        analyse: whether a model analyses the run.
        analyser: that model; default: the one that planned and scored.
        folder: default: the batch folder.

    Raises:
        OSError: it cannot be written.
    """
    await report.evaluate()
    document = report.document()
    if analyse:
        document = await report.analysed(document, analyser)
    return await asyncio.to_thread(report.save, document, folder)
