"""Asking a server over HTTP whether it would let us in, before the native client is let at it.

The native client ends the whole process when it is sent what no LiveKit server sends, cannot be stopped while
it connects, and was seen to keep sockets of attempts that were never answered. The question is the one that
clients in browsers ask: `GET /rtc/validate`, answered by "success", or by a status and the reason
(github.com/livekit/livekit, pkg/service/rtcservice.go).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from scenario.voice._secret import Secret
from scenario.voice.adapters._connection.http import RestClient
from scenario.voice.adapters._connection.urls import host_of
from scenario.voice.adapters._livekit.failures import refusal_error
from scenario.voice.errors import VoiceTransportError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import httpx

    from scenario.voice.adapters.base import VoiceAgentAdapter

_PLAIN = {"ws": "http", "wss": "https"}
_REFUSALS = range(400, 500)


async def validate(adapter: VoiceAgentAdapter, url: str, token: str, secrets: Iterable[str]) -> None:
    """Raise if the server certainly refuses `token`, or is certainly none of LiveKit's.

    Whatever may have another reason, such as a gateway that passes on nothing but `/rtc`, is left to the
    native client.

    Args:
        adapter: whose connection it is.
        url: of the server.
        token: to join the room with.
        secrets: what must not be shown.

    Raises:
        VoiceTransportError: `fault` says what is wrong.
    """
    authorization = {"Authorization": Secret(f"Bearer {token}")}
    rest = RestClient(adapter, _http_url(url), headers=authorization, secrets=secrets)
    try:
        answer = await rest.request("GET", _http_url(url), accept=_REFUSALS)
    except VoiceTransportError as error:
        # The native client has certificate authorities of its own.
        if "certificate" not in str(error):
            raise
        return
    finally:
        await rest.close()
    if answer.is_success and not _is_page(answer):
        return
    if answer.status_code == 404 and "room" not in answer.text.lower():  # some versions lack the route
        return
    raise refusal_error(
        answer.status_code, answer.text, adapter=type(adapter).__name__, host=host_of(url), secrets=secrets
    )


def _http_url(url: str) -> str:
    parts = urlsplit(url)
    path = f"{parts.path.rstrip('/')}/rtc/validate"
    return urlunsplit((_PLAIN.get(parts.scheme, parts.scheme), parts.netloc, path, "", ""))


def _is_page(answer: httpx.Response) -> bool:
    return answer.text.lstrip().startswith("<")
