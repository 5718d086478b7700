"""What a run says on the terminal about where it can be watched."""

from __future__ import annotations

import logging
import os
import sys
import threading
import webbrowser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenario.config import ScenarioConfig

logger = logging.getLogger("scenario")

_lock = threading.Lock()
_said: set[str] = set()


class Announcer:
    """Greets, and shows the link under which a batch can be watched; each thing is said once per process."""

    def __init__(self, config: ScenarioConfig) -> None:
        """Speak as `verbose` and `headless` of `config` allow."""
        self._verbose = bool(config.verbose)
        self._headless = config.headless

    def greet(self, batch_id: str) -> None:
        """Say, once per batch, that its runs are not reported for want of a key."""
        text = "These runs are not reported anywhere. Set LANGWATCH_API_KEY to watch them in the browser."
        if not self._may_speak():
            if _first(f"debug {batch_id}"):
                logger.debug(text)
        elif _first(f"greeting {batch_id}"):
            _say(text)

    def show_link(self, batch_id: str, set_url: str) -> None:
        """Show, once per page, where the batch can be watched, and open it where somebody is looking."""
        if not self._may_speak() or not set_url.isprintable() or " " in set_url:
            return
        if not set_url.startswith(("http://", "https://")) or not _first(f"link {set_url}"):
            return
        link = f"{set_url.rstrip('/')}/{batch_id}"
        _say(f"Watch these runs: {link}")
        if not self._headless and _somebody_is_looking():
            # A browser on a terminal would block the delivery of events.
            threading.Thread(target=_open, args=(link,), name="scenario-browser", daemon=True).start()

    def _may_speak(self) -> bool:
        return self._verbose and not os.environ.get("SCENARIO_DISABLE_SIMULATION_REPORT_INFO")


def _first(what: str) -> bool:
    with _lock:
        if what in _said:
            return False
        _said.add(what)
        return True


def _say(text: str) -> None:
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except (AttributeError, OSError, ValueError):  # no stdout, a broken pipe, a closed file
        logger.debug("stdout takes no text: %s", text, exc_info=True)


def _somebody_is_looking() -> bool:
    if os.environ.get("CI") or os.environ.get("PYTEST_XDIST_WORKER"):
        return False
    try:
        return sys.stdout.isatty()
    except (AttributeError, ValueError):
        return False


def _open(link: str) -> None:
    try:
        webbrowser.open(link)
    except (OSError, webbrowser.Error):
        logger.debug("no browser could be opened for %s", link, exc_info=True)
