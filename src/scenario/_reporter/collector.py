"""The observer that hands each finished run of a session to the session's reporter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario._observer import Observer, process_observers
from scenario._reporter.reported_run import Place, from_outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario._observer import RunInfo, RunOutcome
    from scenario._reporter.reporter import ScenarioReporter
    from scenario.types import Message


class Collector(Observer):
    """Collects the runs that start while it is the innermost collector of the process.

    Sessions may nest in one process (a test that runs pytest); a run belongs to the session in which it
    started, wherever it ends.
    """

    def __init__(self, reporter: ScenarioReporter) -> None:
        self._reporter = reporter
        self._places: dict[str, Place] = {}

    def run_started(self, run: RunInfo) -> None:
        """Claim the run for the test that is running now."""
        if self is _innermost_collector():
            self._places[run.run_id] = self._reporter.place

    def run_ended(self, run: RunInfo, outcome: RunOutcome, messages: Sequence[Message]) -> None:
        """Add the run to the report."""
        if (place := self._places.pop(run.run_id, None)) is not None:
            self._reporter.results.append(from_outcome(run, outcome, messages, place))


def _innermost_collector() -> Collector | None:
    collectors = (observer for observer in reversed(process_observers()) if isinstance(observer, Collector))
    return next(collectors, None)
