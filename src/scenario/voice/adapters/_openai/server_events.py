"""What a realtime server sends, under the names that it has today."""

from __future__ import annotations

import json
import logging
from typing import Any, cast

_logger = logging.getLogger("scenario.voice")

_BETA_NAMES = {
    "response.audio.delta": "response.output_audio.delta",
    "response.audio.done": "response.output_audio.done",
    "response.audio_transcript.delta": "response.output_audio_transcript.delta",
    "response.audio_transcript.done": "response.output_audio_transcript.done",
    "response.text.delta": "response.output_text.delta",
    "response.text.done": "response.output_text.done",
}


class ServerEvents:
    """Reads frames; whatever is told of them is told once per connection and kind.

    Args:
        adapter: class name, for the log.
        expects_beta: whether names of the older protocol are what was asked for.
    """

    def __init__(self, adapter: str, *, expects_beta: bool) -> None:
        self._adapter = adapter
        self._expects_beta = expects_beta
        self._told: set[str] = set()

    def read(self, frame: str | bytes) -> dict[str, Any] | None:
        """Return the event in a frame; `None` for a binary one, of which the protocol knows none.

        Raises:
            ValueError: it is no JSON object with a type.
        """
        if isinstance(frame, bytes):
            self.ignore("binary frames")
            return None
        read: object = json.loads(frame)
        event = cast("dict[str, Any]", read) if isinstance(read, dict) else {}  # the keys of JSON are text
        kind = event.get("type")
        if not isinstance(kind, str):
            raise ValueError("an event must be a JSON object with a type")  # noqa: TRY004  # what JSON raises, too
        if (name := _BETA_NAMES.get(kind)) is not None:
            if not self._expects_beta and self._is_first(kind):
                _logger.warning(
                    "%s: the server sends %r, which is %r today; if it speaks only the older protocol, pass "
                    'protocol="beta"',
                    self._adapter,
                    kind,
                    name,
                )
            event["type"] = name
        return event

    def ignore(self, kind: str) -> None:
        """Note that events of a kind are not used."""
        if self._is_first(kind):
            _logger.debug("%s: %s are not used", self._adapter, kind)

    def _is_first(self, kind: str) -> bool:
        is_first = kind not in self._told
        self._told.add(kind)
        return is_first
