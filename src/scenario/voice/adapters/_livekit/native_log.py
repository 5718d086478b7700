"""What the native part of LiveKit's client logs, without keys and tokens, which servers echo."""

from __future__ import annotations

import logging
import re

from scenario._model.secrets import redact

_HARMLESS = "peer connection is closed, cannot create offer"
"""Said when the room is left before the negotiation that follows when a track is taken back."""
_TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")


class Redaction(logging.Filter):
    """Takes keys and tokens out of records, and one record that warns of nothing.

    It stays for the life of the process and keeps every key it was told, because the native part logs from
    threads of its own, also after a connection has ended. Tokens, of which every connection has another, are
    known by their form.
    """

    def __init__(self) -> None:
        super().__init__()
        self._secrets: set[str] = set()

    def keep_out(self, *secrets: str) -> None:
        """Let none of `secrets` through."""
        self._secrets.update(secret for secret in secrets if secret and not _TOKEN.fullmatch(secret))

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite a record that holds a secret; tell whether the record is worth reading."""
        text = record.getMessage()
        if _HARMLESS in text:
            return False
        shown = _TOKEN.sub("***", redact(text, self._secrets))
        if shown != text:
            record.msg, record.args = shown, ()
        return True


_redaction = Redaction()


def keep_out_of_log(*secrets: str) -> None:
    """Keep `secrets`, and every token, out of what the logger `livekit` writes."""
    logging.getLogger("livekit").addFilter(_redaction)  # adding it again changes nothing
    _redaction.keep_out(*secrets)
