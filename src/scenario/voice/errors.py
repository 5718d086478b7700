"""What goes wrong in voice runs.

ScenarioError
MissingExtraError -> MissingVoiceDependencyError      a package of an extra is missing
VoiceTransportError (RuntimeError)                    a transport refused, broke off or failed
RuntimeError
UnsupportedCapabilityError                            the transport cannot do what was asked
asyncio.TimeoutError
FirstChunkTimeoutError                                the agent said nothing in time
NotImplementedError
PendingTransportError                                 kept for importers; never raised here
"""

from __future__ import annotations

from typing import Literal

from scenario.errors import MissingExtraError, ScenarioError

Fault = Literal["host", "credentials", "codec", "room", "number", "agent", "media", "protocol", "peer"]
"""Which part of a connection is to blame.

`host`: address, port, TLS or network; `credentials`: key, secret or token; `codec`: no common audio format;
`room`: the room or channel; `number`: a phone number; `agent`: the id or name of the agent at the peer;
`media`: signalling worked, audio did not come; `protocol`: the peer speaks something else; `peer`: the peer
failed or hung up.
"""


class MissingVoiceDependencyError(MissingExtraError):
    """A voice feature needs a package that an extra of this distribution installs."""


class VoiceTransportError(ScenarioError, RuntimeError):
    """A transport refused the connection, lost it, or was told of a failure by its peer.

    Attributes:
        adapter: class name of the adapter.
        fault: which part is to blame; `None` when that is not known.
        host: the peer, without query and credentials.
        code: the peer's close code or HTTP status.
        reason: the peer's reason.
    """

    def __init__(
        self,
        message: str,
        *,
        adapter: str = "",
        fault: Fault | None = None,
        host: str = "",
        code: int | str | None = None,
        reason: str = "",
    ) -> None:
        self.adapter = adapter
        self.fault: Fault | None = fault
        self.host = host
        self.code = code
        self.reason = reason
        where = f"{adapter}: " if adapter else ""
        about = [
            f"{name} {value}"
            for name, value in (("fault:", fault), ("host", host), ("code", code), ("reason:", reason))
            if value not in (None, "")
        ]
        super().__init__(f"{where}{message}" + (f" ({', '.join(about)})" if about else ""))


class UnsupportedCapabilityError(RuntimeError):
    """A transport cannot do what a step asked of it.

    Attributes:
        adapter_name: class name of the adapter.
        capability: what it lacks (`"interruption"`, `"dtmf"`, ...).
        hint: what to do instead.
    """

    def __init__(self, adapter_name: str, capability: str, hint: str = "") -> None:
        self.adapter_name = adapter_name
        self.capability = capability
        self.hint = hint
        text = f"{adapter_name} does not support {capability}"
        super().__init__(f"{text}: {hint}" if hint else text)


class FirstChunkTimeoutError(TimeoutError):
    """No agent audio came within the adapter's `response_timeout`.

    Attributes:
        timeout: the seconds waited.
        phase: `"first-chunk"`.
    """

    def __init__(self, *, timeout: float) -> None:
        self.timeout = timeout
        self.phase = "first-chunk"
        super().__init__(
            f"the agent said nothing for {timeout:g} s after its turn began; if it needs longer, set the "
            "adapter's response_timeout"
        )


class PendingTransportError(NotImplementedError):
    """A transport that is not there yet. No adapter of this library raises it.

    Attributes:
        adapter_name: class name of the adapter.
    """

    def __init__(self, adapter_name: str, message: str = "") -> None:
        self.adapter_name = adapter_name
        super().__init__(message or f"{adapter_name} has no transport yet")
