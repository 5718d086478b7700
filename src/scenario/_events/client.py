"""One request to the platform and its answer."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from scenario._retry_after import parse_retry_after

if TYPE_CHECKING:
    import httpx

    from scenario._events.target import Target

CONNECT_TIMEOUT = 3.0
REQUEST_TIMEOUT = 10.0
MAX_RETRY_AFTER = 5.0
_MAX_REDIRECTS = 3
_MAX_ANSWER = 64 * 1024
# 303 is left out: it asks for a GET elsewhere, not for the event to be posted again.
_REDIRECTS = frozenset({301, 302, 307, 308})


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request.

    Attributes:
        status: HTTP status; `None` when there was no answer.
        text: the body of the answer, or what went wrong.
        retry_after: seconds that the server asks to wait before the next attempt, at most 5.
    """

    status: int | None
    text: str
    retry_after: float | None = None

    @property
    def accepted(self) -> bool:
        """Whether the event arrived."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def retryable(self) -> bool:
        """Whether the same request may work later."""
        return self.status is None or self.status == 429 or self.status >= 500


class EventClient:
    """Posts bodies through one connection pool; for one thread."""

    def __init__(self) -> None:
        """Import httpx, which takes tenths of a second: do this in the thread that will post."""
        import httpx

        self._httpx = httpx
        self._timeout = httpx.Timeout(REQUEST_TIMEOUT, connect=CONNECT_TIMEOUT)

    @cached_property
    def _client(self) -> httpx.Client:
        return self._httpx.Client(timeout=self._timeout)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def post(self, target: Target, body: bytes) -> Answer:
        """Post `body`; follow redirects on the same server only, because the headers hold the key."""
        try:
            return self._follow(self._httpx.URL(target.url), target, body)
        except (self._httpx.HTTPError, self._httpx.InvalidURL, ImportError, OSError, ValueError) as error:
            # The built-in ones: certificates or a proxy that the environment names cannot be used.
            return Answer(None, f"{type(error).__name__}: {error}")

    def _follow(self, url: httpx.URL, target: Target, body: bytes) -> Answer:
        redirects = 0
        while True:
            answer, location = self._send(url, target, body)
            if location is None:
                return answer
            if not _same_server(url, location):
                return Answer(answer.status, f"a redirect to {location.host!r} is not followed")
            if redirects == _MAX_REDIRECTS:
                return Answer(answer.status, f"more than {_MAX_REDIRECTS} redirects")
            url, redirects = location, redirects + 1

    def _send(self, url: httpx.URL, target: Target, body: bytes) -> tuple[Answer, httpx.URL | None]:
        request = self._client.build_request("POST", url, content=body, headers=target.headers)
        response = self._client.send(request, stream=True, follow_redirects=False)
        try:
            text = self._read(response)
        finally:
            response.close()
        answer = Answer(response.status_code, text, pause_of(response.headers.get("Retry-After")))
        location = response.headers.get("Location")
        if response.status_code in _REDIRECTS and location:
            return answer, url.join(location)
        return answer, None

    def _read(self, response: httpx.Response) -> str:
        """Read the answer, in bounded time and size whatever the server sends."""
        deadline = time.monotonic() + REQUEST_TIMEOUT
        received = bytearray()
        for chunk in response.iter_bytes():
            received += chunk
            if len(received) > _MAX_ANSWER:
                break
            if time.monotonic() > deadline:
                raise self._httpx.ReadTimeout("the answer does not end")
        return received[:_MAX_ANSWER].decode("utf-8", "replace")


def pause_of(retry_after: str | None) -> float | None:
    """Return the wait that a `Retry-After` header asks for, at most 5 seconds; `None` if it says nothing."""
    seconds = parse_retry_after(retry_after)
    return None if seconds is None else min(seconds, MAX_RETRY_AFTER)


def _same_server(old: httpx.URL, new: httpx.URL) -> bool:
    if (old.scheme, old.host, old.port) == (new.scheme, new.host, new.port):
        return True
    upgrade = (old.scheme, new.scheme) == ("http", "https")
    return upgrade and old.host == new.host and old.port is None and new.port is None
