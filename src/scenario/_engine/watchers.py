"""Tells the observers of a run what happened. A failing observer is logged and changes nothing."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scenario._observer import Observer, RunInfo

_log = logging.getLogger("scenario")
P = ParamSpec("P")


class Watchers:
    """The observers of one run, told in order."""

    def __init__(self, run: RunInfo, observers: Sequence[Observer]) -> None:
        self._run = run
        self._observers = tuple(observers)

    def tell(
        self, what: Callable[Concatenate[Any, RunInfo, P], None], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Call the method of that name on every observer, for example `tell(Observer.turn_opened, 0)`."""
        for observer in self._observers:
            try:
                getattr(observer, what.__name__)(self._run, *args, **kwargs)
            except Exception as error:  # noqa: BLE001  # whatever an observer does, the run goes on
                _log.warning("observer %s failed in %s: %r", type(observer).__name__, what.__name__, error)
