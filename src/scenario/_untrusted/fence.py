"""Blocks of data in the judge's prompt, which no text inside them can leave or imitate."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

_BLOCKS = ("scenario", "criteria", "transcript", "opentelemetry_traces", "timeline", "additional_context")
_RESERVED = (*_BLOCKS, "system", "finish_test", "continue_test")

_SECRET = secrets.token_bytes(32)

# Blanks are also those that JSON has escaped, and characters that take no room.
_INVISIBLE = r"\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
_BLANK = rf"(?:[\s{_INVISIBLE}]|\\[nrtbf]|\\u[0-9a-f]{{4}})*+"
_SLASH = r"[/\\\u2044\u2215\uff0f]*+"  # and a slash as some write it in JSON: `\/`
_TAG = re.compile(rf"[<\uff1c\ufe64](?={_BLANK}{_SLASH}{_BLANK}(?:{'|'.join(_RESERVED)})\b)", re.IGNORECASE)


def run_token(thread_id: str) -> str:
    """Return the token of a run's blocks: 64 bits, the same for all judge calls of the run.

    It comes from a secret of this process, so that nobody who knows the thread id can guess it.
    """
    return hmac.new(_SECRET, thread_id.encode(), hashlib.sha256).hexdigest()[:16]


def fence(name: str, text: str, token: str) -> str:
    """Return `text` between an opening and a closing tag that carry the token. It is not escaped here."""
    return f'<{name} token="{token}">\n{text}\n</{name} token="{token}">'


def escape(text: str) -> str:
    """Return evidence in which no tag with a name of ours, and none that looks like it, is left."""
    return _TAG.sub("&lt;", text)


def has_reserved_tag(text: str) -> bool:
    """Whether `escape` would change the text."""
    return _TAG.search(text) is not None
