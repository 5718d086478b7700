"""The spinner: says who is acting while an agent's call runs."""

from __future__ import annotations

import atexit
import itertools
import shutil
import threading

from scenario._console.screen import screen

_FRAMES = "|/-\\"  # ASCII, because it works in every encoding
_PERIOD = 0.1


class Spinner:
    """One per process, with a daemon thread that draws while there is something to show."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._labels: list[str] = []
        self._thread: threading.Thread | None = None

    def show(self, label: str) -> None:
        """Say that `label` goes on."""
        with self._changed:
            self._labels.append(label)
            if self._thread is None or not self._thread.is_alive():  # Dead in a forked child.
                self._thread = threading.Thread(target=self._draw, name="scenario-spinner", daemon=True)
                self._thread.start()
                # A thread that writes while the interpreter ends would abort the process.
                atexit.register(self.clear)
            self._changed.notify()

    def hide(self, label: str) -> None:
        """Say that `label` has ended; unknown ones are ignored."""
        with self._changed:
            if label in self._labels:
                self._labels.remove(label)
            self._clear_if_idle()

    def clear(self) -> None:
        """Forget everything that goes on."""
        with self._changed:
            self._labels.clear()
            self._clear_if_idle()

    def _clear_if_idle(self) -> None:
        if not self._labels:
            screen.spin("")

    def _draw(self) -> None:
        for frame in itertools.cycle(_FRAMES):
            with self._changed:
                self._changed.wait_for(lambda: self._labels)
                # One column less than there is: a full line would wrap and could not be erased.
                screen.spin(f"{frame} {self._labels[-1]}"[: shutil.get_terminal_size().columns - 1])
                self._changed.wait(_PERIOD)


spinner = Spinner()
