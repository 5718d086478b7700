"""REST calls of adapters: bounded in time, tried again where that helps, and silent about keys."""

from __future__ import annotations

import asyncio
import logging
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Literal

from scenario.voice.adapters._connection.dialling import RETRY_DELAYS
from scenario.voice.adapters._connection.faults import (
    Refusal,
    diagnose,
    is_retryable_status,
    reason_of,
    secrets_in,
    status_error,
)
from scenario.voice.adapters._connection.urls import host_of, is_loopback
from scenario.voice.errors import VoiceTransportError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Collection, Generator, Iterable, Mapping

    import httpx

    from scenario.voice.adapters.base import VoiceAgentAdapter
    from scenario.voice.errors import Fault

TIMEOUT_SECONDS = 15.0


class RestClient:
    """A provider's REST interface, as one adapter uses it between `connect()` and `disconnect()`.

        self._rest = RestClient(self, base_url, headers={"Authorization": Secret(f"Bearer {key}")})
        answer = await self._rest.request("POST", "/call", json={...})
        await self._rest.close()

    Refused connections, 429 and 5xx are tried three times, unless the call says `retry=False`. URLs, headers
    and bodies are never logged, not even by the HTTP library.

    Args:
        adapter: whose calls they are; gives its name to errors, and the clock.
        base_url: what paths are appended to; a whole URL as path replaces it.
        headers: of every request.
        auth: user name and password of HTTP Basic.
        faults: what statuses mean here, e.g. `{404: "agent"}`.
        secrets: what must not appear in errors, besides what headers, URL and `auth` give away.
        tls: what to trust instead of the system's authorities.
    """

    def __init__(
        self,
        adapter: VoiceAgentAdapter,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        faults: Mapping[int, Fault] | None = None,
        secrets: Iterable[str] = (),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        import httpx

        self._adapter = adapter
        self._name = type(adapter).__name__
        self._faults = faults
        self._secrets = {*secrets, *(auth or ()), *secrets_in(base_url, headers or {})} - {""}
        self._host = host_of(base_url)
        self._tls = base_url.startswith("https")
        trust = True if tls is None else tls
        self._client = httpx.AsyncClient(
            base_url=base_url,
            headers=dict(headers or {}),
            auth=auth,
            timeout=TIMEOUT_SECONDS,
            verify=trust,
            # A transport of one's own leaves out the proxies of the environment, which loopback needs not.
            transport=httpx.AsyncHTTPTransport(verify=trust) if is_loopback(base_url) else None,
        )

    async def request(
        self,
        method: str,
        path: str,
        *,
        retry: bool | Literal["unless_begun"] = True,
        accept: Collection[int] = (),
        **options: Any,
    ) -> httpx.Response:
        """Make a request and return the answer, read to its end.

        Args:
            method: of HTTP.
            path: appended to the base URL, or a whole URL.
            retry: `False` for what must not be done twice; `"unless_begun"` tries again only what the peer
                has not begun to do: refused connections and 429.
            accept: statuses other than 2xx that are answers and not errors.
            options: `params`, `json`, `data`, `content`, `headers` as httpx has them.

        Raises:
            VoiceTransportError: the peer cannot be reached or refuses; `fault` says what is wrong.
        """
        with self._adapter.clock.hold():
            outcome = await self._attempt(method, path, accept, options)
            for delay in RETRY_DELAYS if retry else ():
                if not isinstance(outcome, Refusal) or not outcome.retryable:
                    break
                if retry == "unless_begun" and outcome.error.code not in (None, 429):
                    break
                await self._adapter.clock.sleep(delay)
                outcome = await self._attempt(method, path, accept, options)
        if isinstance(outcome, Refusal):
            raise outcome.error
        return outcome

    async def close(self) -> None:
        """Close the connections."""
        with _quiet():
            await self._client.aclose()

    async def _attempt(
        self, method: str, path: str, accept: Collection[int], options: dict[str, Any]
    ) -> httpx.Response | Refusal:
        import httpx

        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                with _quiet():
                    answer = await self._client.request(method, path, **options)
        except (httpx.TimeoutException, TimeoutError):
            return self._refusal("host", f"the host does not answer within {TIMEOUT_SECONDS:g} s")
        except (httpx.TransportError, OSError) as failure:
            if (diagnosis := diagnose(failure, tls=self._tls)) is None:
                return self._refusal("protocol", "what answers there is no HTTP server", str(failure))
            return Refusal(self._refusal(diagnosis.fault, diagnosis.text).error, diagnosis.retryable)
        if answer.is_success or answer.status_code in accept:
            return answer
        error = status_error(
            answer.status_code,
            answer.text,
            adapter=self._name,
            host=host_of(str(answer.request.url)),
            faults=self._faults,
            secrets=self._secrets,
        )
        return Refusal(error, is_retryable_status(answer.status_code))

    def _refusal(self, fault: Fault, text: str, reason: str = "") -> Refusal:
        why = reason_of(reason, self._secrets)
        host = self._host
        return Refusal(VoiceTransportError(text, adapter=self._name, fault=fault, host=host, reason=why))


_is_quiet: ContextVar[bool] = ContextVar("scenario_voice_quiet_http", default=False)
_LOGGERS = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy", "httpcore.socks")


def _is_not_ours(record: logging.LogRecord) -> bool:
    return not _is_quiet.get()


@contextmanager
def _quiet() -> Generator[None]:
    """Drop what the HTTP libraries log in the block, and there only: they would show URLs and headers."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_is_not_ours)  # adding it again does nothing
    token = _is_quiet.set(True)
    try:
        yield
    finally:
        _is_quiet.reset(token)
