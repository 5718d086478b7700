"""STUN and TURN servers as users write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from scenario.voice._secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aiortc import RTCIceServer

IceServer: TypeAlias = "str | Mapping[str, Any]"
"""`"stun:stun.example.org:3478"`, or `{"urls", "username", "credential"}` as browsers have it."""

_SCHEMES = ("stun:", "stuns:", "turn:", "turns:")


class CheckedServer:
    """A server whose user name and password are not shown.

    Args:
        given: what the user wrote.

    Raises:
        ValueError: it is no such server.
    """

    def __init__(self, given: IceServer) -> None:
        fields = {"urls": given} if isinstance(given, str) else dict(given)
        urls: Any = fields.pop("urls", None)
        self.urls: list[str] = [urls] if isinstance(urls, str) else list(urls or ())
        self.username = _secret(fields.pop("username", None))
        self.credential = _secret(fields.pop("credential", None))
        if fields or not self.urls or not all(url.startswith(_SCHEMES) for url in self.urls):
            raise ValueError(
                "ice_servers takes addresses like 'stun:stun.example.org:3478' or dicts with 'urls', "
                f"'username' and 'credential'; got urls {self.urls!r} and keys {sorted(fields)!r}"
            )

    def __repr__(self) -> str:
        return f"CheckedServer({self.urls!r})"

    def for_library(self) -> RTCIceServer:
        """Return it as the WebRTC library wants it."""
        from aiortc import RTCIceServer

        return RTCIceServer(urls=self.urls, username=self.username, credential=self.credential)


def checked_servers(given: Iterable[IceServer] | None) -> list[CheckedServer]:
    """Return the servers; none by default, so that no other machine is asked for anything."""
    return [CheckedServer(server) for server in given or ()]


def _secret(value: Any) -> Secret | None:
    return None if value is None else Secret(value)
