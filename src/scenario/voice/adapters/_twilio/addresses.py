"""Our addresses as Twilio knows them; behind a tunnel the local server sees others."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

VOICE = "/twilio/voice"
STREAM = "/twilio/stream"
HEALTH = "/twilio/health"

_WEBSOCKET = {"https": "wss", "http": "ws"}


class Addresses(NamedTuple):
    """Addresses below one public base URL.

    Attributes:
        base: the base, without a slash at its end.
        prefix: its path, which a proxy may or may not take away.
    """

    base: str
    prefix: str

    @classmethod
    def below(cls, public_base_url: str) -> Addresses:
        """Return the addresses below a URL; its query and fragment have no meaning."""
        parts = urlsplit(public_base_url)
        path = parts.path.rstrip("/")
        return cls(parts._replace(path=path, query="", fragment="").geturl(), path)

    @property
    def voice(self) -> str:
        """The webhook."""
        return self.base + VOICE

    @property
    def stream(self) -> str:
        """The WebSocket."""
        scheme, _, rest = self.base.partition(":")
        return f"{_WEBSOCKET[scheme.lower()]}:{rest}{STREAM}"

    def paths(self, route: str) -> list[str]:
        """Return the paths under which a route may be asked for."""
        return sorted({route, self.prefix + route})
