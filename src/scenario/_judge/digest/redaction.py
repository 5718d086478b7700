"""Secrets in span attributes: which keys name one, and text in which such keys stand."""

from __future__ import annotations

import re
from functools import lru_cache

REDACTED = "[REDACTED]"

_SECRET = re.compile(
    r"""
      authori[sz]ation | cookie | passw(?:or)?d | passphrase | secret(?!ar) | credential
    | (?:api|access|private|signing|encryption) [\W_]? key (?![a-rt-z])
    | (?:access|refresh|auth|bearer|session|security|csrf|xsrf|api|(?<![a-z])id) [\W_]? token (?![a-z])
    | (?:^|\.) token $
    """,
    re.VERBOSE | re.IGNORECASE,
)

# JSON that was cut off, a printed dict, or JSON within one of these. The possessive runs keep it linear.
_QUOTED_KEY = re.compile(r"""(?<!\\)\\*+["'](?P<key>[^"'\\\n]{1,80})\\*+["']\s*+[:=]\s*+""")
_VALUE = re.compile(r"""(?P<quote>\\*+["']).*?(?=(?<!\\)(?P=quote)|\Z)|[^\s,;}\])]*""", re.DOTALL)


@lru_cache(maxsize=1024)
def names_a_secret(key: str) -> bool:
    """Whether the value of this key is not for the judge's eyes."""
    return _SECRET.search(key) is not None


def redact_quoted(text: str) -> str:
    """Return text that is not JSON, but may look like it, without the values of secret quoted keys."""
    kept: list[str] = []
    position = 0
    for label in _QUOTED_KEY.finditer(text):
        if label.start() < position or not names_a_secret(label["key"]):
            continue
        value = _VALUE.match(text, label.end())
        if value is not None:
            kept += (text[position : label.end()], value["quote"] or "", REDACTED)
            position = value.end()
    return "".join((*kept, text[position:]))
