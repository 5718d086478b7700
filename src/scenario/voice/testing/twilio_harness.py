"""A telephone line for tests: a tunnel, and a Twilio adapter that is reached through it."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Literal

from scenario.voice._secret import Secret
from scenario.voice.adapters._twilio.numbers import checked_number, shortened
from scenario.voice.adapters.twilio import TwilioAgentAdapter
from scenario.voice.testing.tunnel import CloudflareTunnel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

__all__ = ["TwilioHarness"]

_logger = logging.getLogger("scenario.voice")


class TwilioHarness:
    """Gives a connected `TwilioAgentAdapter` that Twilio can reach, for as long as the block lasts.

        async with TwilioHarness(account_sid=..., auth_token=..., phone_number="+15551234567") as adapter:
            await adapter.place_call("+15557654321")
            result = await scenario.arun(..., agents=[adapter, ...])

    Args:
        account_sid: of the Twilio account; default `TWILIO_ACCOUNT_SID`.
        auth_token: of the account; default `TWILIO_AUTH_TOKEN`.
        phone_number: a number of the account, in E.164 form.
        http_port: of the adapter's server; 0 takes a free one.
        allowed_callers: numbers whose calls are taken; `None` takes all, an empty list none.
        on_dtmf: is told each key that the other side presses.
        validate_signature: whether requests without a valid signature of Twilio are refused.
        startup_timeout_s: seconds within which the tunnel must have an address.
        edge_ready_timeout_s: seconds within which that address must lead to the adapter.
        resolver: who resolves the address; see `CloudflareTunnel`.
        options: further arguments of `TwilioAgentAdapter`.

    Raises:
        TunnelUnavailableError: there is no tunnel.
        VoiceTransportError: Twilio cannot be reached or refuses.
    """

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        phone_number: str,
        http_port: int = 8765,
        allowed_callers: Sequence[str] | None = None,
        on_dtmf: Callable[[str], object] | None = None,
        validate_signature: bool = True,
        startup_timeout_s: float = 20.0,
        edge_ready_timeout_s: float = 300.0,
        resolver: Literal["system", "doh"] = "system",
        **options: Any,
    ) -> None:
        self.phone_number = checked_number(phone_number, "phone_number")
        self.http_port = http_port
        self.adapter: TwilioAgentAdapter | None = None
        self.tunnel: CloudflareTunnel | None = None
        self._adapter_options: dict[str, Any] = {
            "account_sid": Secret(account_sid or ""),
            "auth_token": Secret(auth_token or ""),
            "allowed_callers": allowed_callers,
            "on_dtmf": on_dtmf,
            "validate_signature": validate_signature,
            **{name: _hidden(name, value) for name, value in options.items()},
        }
        self._tunnel_options: dict[str, Any] = {
            "startup_timeout_s": startup_timeout_s,
            "edge_ready_timeout_s": edge_ready_timeout_s,
            "resolver": resolver,
        }
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> TwilioAgentAdapter:
        # The tunnel comes first, as the adapter needs its address, and so it needs the port before that.
        # And it must be free before, or the tunnel would show the world what else listens there.
        port = _free_port(self.http_port)
        async with AsyncExitStack() as stack:
            tunnel = await stack.enter_async_context(CloudflareTunnel(port, **self._tunnel_options))
            adapter = await stack.enter_async_context(
                TwilioAgentAdapter(
                    phone_number=self.phone_number,
                    public_base_url=tunnel.public_url,
                    http_port=port,
                    **self._adapter_options,
                )
            )
            await tunnel.wait_until_edge_reachable()
            _logger.info("%s is reached at %s", shortened(self.phone_number), tunnel.public_url)
            self.tunnel, self.adapter = tunnel, adapter
            self._stack = stack.pop_all()
        return adapter

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.tunnel = self.adapter = None
        await self._stack.aclose()  # the adapter, then the tunnel; neither raises

    def __repr__(self) -> str:
        return f"TwilioHarness(phone_number={shortened(self.phone_number)!r}, http_port={self.http_port!r})"


def _hidden(name: str, value: Any) -> Any:
    return Secret(value) if name.startswith("api_key") and isinstance(value, str) else value


def _free_port(port: int) -> int:
    from scenario.voice.adapters._twilio.listening import listening

    with listening("127.0.0.1", port) as probe:
        return probe.getsockname()[1]
