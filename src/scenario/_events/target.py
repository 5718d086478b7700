"""Where the events of a run are posted, and with which key."""

from __future__ import annotations

import functools
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scenario._events.log import warn

if TYPE_CHECKING:
    from scenario.config import LangWatchSettings

_DEFAULT_ENDPOINT = "https://app.langwatch.ai"
_PATH = "/api/scenario-events"


@dataclass(frozen=True, slots=True)
class Target:
    """An address that takes events, with the key for it.

    Attributes:
        url: the full URL.
        key: the platform's key; never shown.
    """

    url: str
    key: str = field(repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """The headers of every request; they hold the key."""
        return {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self.key}",
            "X-Auth-Token": self.key,
        }

    def redact(self, text: str) -> str:
        """Return `text` without the key."""
        return text.replace(self.key, "***")


def find_key(settings: LangWatchSettings) -> str:
    """Return the key of `settings`, else that of the LangWatch SDK if it is imported already, else `""`."""
    if key := settings.api_key.strip():
        return key
    client = getattr(sys.modules.get("langwatch.client"), "Client", None)
    key = getattr(client, "_api_key", None)
    return key.strip() if isinstance(key, str) else ""


def find_target(settings: LangWatchSettings, key: str) -> Target | None:
    """Return where to post, or `None` after one warning per process when that is not possible."""
    endpoint = settings.endpoint.strip().rstrip("/") or _DEFAULT_ENDPOINT
    if not _is_plain_url(endpoint):
        _warn_once(
            "LANGWATCH_ENDPOINT must be an http or https URL without user name, query or fragment, such as "
            f"{_DEFAULT_ENDPOINT!r}; no events are posted."
        )
        return None
    if not (key.isascii() and key.isprintable() and " " not in key):
        _warn_once("LANGWATCH_API_KEY holds characters that no key has; no events are posted.")
        return None
    return Target(endpoint + _PATH, key)


def _is_plain_url(text: str) -> bool:
    if not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises when it is not a port
    except ValueError:
        return False
    extras = parts.query or parts.fragment or parts.username is not None
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not extras


@functools.cache
def _warn_once(message: str) -> None:
    warn(message)
