"""How a run ended, as far as a report needs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scenario._report.document import ErrorKind
    from scenario.types import ScenarioResult


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a run.

    Attributes:
        messages: the conversation.
        result: the verdict; `None` when an exception ended the run.
        error: text of the exception.
        error_kind: `"check"` if a check on the conversation raised, `"infra"` for everything else; `None` is
            `check` when there are messages.
        passed_criteria: criteria that were met before the exception.
        failed_criteria: criteria that were not.
        total_time: seconds, if the result has none.
        agent_time: seconds in the agent under test, if the result has none.
    """

    messages: Sequence[Mapping[str, Any]]
    result: ScenarioResult | None = None
    error: str | None = None
    error_kind: ErrorKind | None = None
    passed_criteria: Sequence[str] = ()
    failed_criteria: Sequence[str] = ()
    total_time: float | None = None
    agent_time: float | None = None
