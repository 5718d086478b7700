"""Whether a public address leads to our own server: it is asked to repeat a number nobody else knows."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Any, Literal, Self
from urllib.parse import urlsplit

from scenario.errors import exception_text

if TYPE_CHECKING:
    from types import TracebackType

    import httpx

_HEALTH = "/twilio/health"
_SECONDS = 10.0
_RESOLVERS = ("https://1.1.1.1/dns-query", "https://8.8.8.8/resolve")
_ADDRESS = 1  # a DNS record of type A


class Edge:
    """Asks one address.

    Attributes:
        problem: why it has not answered.

    Args:
        url: the address.
        resolver: `"doh"` asks public resolvers, over HTTPS, for names that the system does not know yet.
    """

    def __init__(self, url: str, *, resolver: Literal["system", "doh"]) -> None:
        import httpx

        self._host = urlsplit(url).hostname or ""
        self._url = url
        self._resolver = resolver
        self._client = httpx.AsyncClient(timeout=_SECONDS)
        self.problem = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    async def answers(self, *, within: float) -> bool:
        """Ask once, for so many seconds at most; return whether our server has answered."""
        try:
            async with asyncio.timeout(max(0.0, min(within, _SECONDS))):
                return await self._ask(self._url, {}) or (
                    self._resolver == "doh" and await self._ask_at_resolved()
                )
        except TimeoutError:
            self.problem = self.problem or "no answer came"  # what was found out before says more
            return False

    async def _ask(self, url: str, options: dict[str, Any]) -> bool:
        import httpx

        nonce = secrets.token_urlsafe(16)
        try:
            answer = await self._client.get(f"{url}{_HEALTH}", params={"nonce": nonce}, **options)
        except (httpx.HTTPError, OSError) as error:
            self.problem = exception_text(error) or type(error).__name__
            return False
        self.problem = f"something else answers, with status {answer.status_code}"
        return answer.status_code == 200 and answer.text == nonce

    async def _ask_at_resolved(self) -> bool:
        """Ask at the address that a public resolver knows, under the name."""
        for resolver in _RESOLVERS:
            for address in await self._resolved(resolver):
                options = {"headers": {"Host": self._host}, "extensions": {"sni_hostname": self._host}}
                if await self._ask(f"https://{address}", options):
                    return True
        return False

    async def _resolved(self, resolver: str) -> list[str]:
        import httpx

        try:
            answer: httpx.Response = await self._client.get(
                resolver,
                params={"name": self._host, "type": "A"},
                headers={"Accept": "application/dns-json"},
            )
            records: Any = answer.json().get("Answer", [])
            return [str(record["data"]) for record in records if record["type"] == _ADDRESS]
        except (httpx.HTTPError, OSError, ValueError, AttributeError, KeyError, TypeError):
            return []
