"""Exchanging session descriptions with a peer over HTTP: as JSON, or as WHIP (RFC 9725)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urljoin, urlsplit

from scenario.errors import exception_text
from scenario.voice._secret import secrets_within
from scenario.voice.adapters._connection.faults import reason_of, secrets_in
from scenario.voice.adapters._connection.http import RestClient
from scenario.voice.adapters._connection.urls import host_of
from scenario.voice.errors import VoiceTransportError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import httpx

    from scenario.voice.adapters.base import VoiceAgentAdapter

_logger = logging.getLogger("scenario.voice")
_GOODBYE_SECONDS = 1.0


class Signalling(Protocol):
    """How offers become answers."""

    async def exchange(self, offer: str) -> str:
        """Send our session description and return the peer's.

        Raises:
            VoiceTransportError: the peer cannot be reached, refuses, or answers something else.
        """
        ...

    async def close(self) -> None:
        """Say goodbye and close; never raises."""
        ...


class _Http:
    def __init__(
        self, adapter: VoiceAgentAdapter, url: str, headers: Mapping[str, str], secrets: Iterable[str] = ()
    ) -> None:
        self._adapter = adapter
        self._url = url
        self._secrets = {*secrets, *secrets_in(url, headers)}
        self._rest = RestClient(adapter, url, headers=headers, secrets=self._secrets)

    async def _post(self, **options: Any) -> httpx.Response:
        return await self._rest.request("POST", self._url, **options)

    def _not_an_answer(self, why: str, response: httpx.Response) -> VoiceTransportError:
        return VoiceTransportError(
            why,
            adapter=type(self._adapter).__name__,
            fault="protocol",
            host=host_of(self._url),
            code=response.status_code,
            reason=reason_of(response.text, self._secrets),
        )


class JsonSignalling(_Http):
    """`POST` of `{"sdp", "type": "offer", ...}`, answered by `{"sdp", "type": "answer", ...}`.

    Args:
        adapter: whose connection it is.
        url: of the peer.
        headers: of every request.
        extra: further keys of the offer; `Secret`s in it are not shown.
    """

    def __init__(
        self, adapter: VoiceAgentAdapter, url: str, *, headers: Mapping[str, str], extra: Mapping[str, Any]
    ) -> None:
        super().__init__(adapter, url, headers, secrets_within(extra))
        self.extra = dict(extra)
        self.answer: dict[str, Any] = {}
        """The peer's last answer, with whatever else it holds."""

    async def exchange(self, offer: str) -> str:
        """Send our session description and return the peer's."""
        response = await self._post(json={**self.extra, "sdp": offer, "type": "offer"})
        try:
            answer: Any = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict) or not isinstance(answer.get("sdp"), str):  # pyright: ignore[reportUnknownMemberType]
            raise self._not_an_answer('expected JSON with "sdp" and "type": "answer"', response)
        self.answer = answer
        if self.answer.get("type") != "answer":
            raise self._not_an_answer(f'expected "type": "answer", got {self.answer.get("type")!r}', response)
        return self.answer["sdp"]

    async def close(self) -> None:
        """Close; peers of this form learn from the media that we have left."""
        await self._rest.close()


class WhipSignalling(_Http):
    """`POST` of the session description itself, and `DELETE` of the session that was made of it."""

    _session: str | None = None

    async def exchange(self, offer: str) -> str:
        """Send our session description and return the peer's."""
        response = await self._post(
            content=offer, headers={"Content-Type": "application/sdp", "Accept": "application/sdp"}
        )
        if location := response.headers.get("location"):
            self._session = urljoin(self._url, location)
        if response.status_code != 201 or not response.text.startswith("v=0"):
            raise self._not_an_answer("expected status 201 with a session description (SDP)", response)
        return response.text

    async def close(self) -> None:
        """Delete the session, and close."""
        session, self._session = self._session, None
        try:
            if session is not None:
                async with self._adapter.clock.timeout(_GOODBYE_SECONDS):
                    await self._delete(session)
        except Exception as error:  # noqa: BLE001  # disconnecting never raises
            name = type(self._adapter).__name__
            _logger.warning("%s: the peer may still hold the session: %s", name, exception_text(error))
        finally:
            await self._rest.close()

    async def _delete(self, session: str) -> None:
        here, there = urlsplit(self._url), urlsplit(session)
        if (here.scheme, here.netloc.rpartition("@")[2]) == (there.scheme, there.netloc):
            await self._rest.request("DELETE", session, retry=False, accept=(404, 410))
            return
        stranger = RestClient(self._adapter, session)  # without our headers: they are for the other host
        try:
            await stranger.request("DELETE", session, retry=False, accept=(404, 410))
        finally:
            await stranger.close()
