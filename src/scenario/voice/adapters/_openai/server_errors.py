"""Errors that a realtime server reports, said so that the user knows what to change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenario.voice._speech.defaults import OPENAI_REALTIME_MODEL
from scenario.voice.adapters._connection.faults import reason_of
from scenario.voice.errors import Fault, VoiceTransportError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_CREDENTIALS = ("api_key", "authentication", "permission", "unauthorized", "deactivated")
_WRONG_MODEL = ("not_found", "invalid_model", "does not exist", "not supported")
_PEER = ("server_error", "rate_limit", "quota", "billing", "session_expired")


class ServerErrors:
    """Makes the errors of one connection.

    Args:
        adapter: class name of the adapter.
        host: the server.
        model: that was asked for.
        secrets: what must not be shown.
    """

    def __init__(self, adapter: str, *, host: str, model: str, secrets: Iterable[str]) -> None:
        self._adapter = adapter
        self._host = host
        self._model = model
        self._secrets = list(secrets)

    def reported(
        self, error: Mapping[str, Any], text: str = "the server reports an error"
    ) -> VoiceTransportError:
        """Return the error of an `error` event, or of a response that failed."""
        kind, code, reason = (str(error.get(key) or "") for key in ("type", "code", "message"))
        fault, hint = self._blame(f"{kind} {code} {reason}")
        if str(error.get("param") or "").startswith("session.") or "beta" in code:
            hint = 'the server does not accept the session; see protocol="ga" and protocol="beta"'
        return self._made(hint or text, fault=fault, code=code or kind or None, reason=reason)

    def explained(self, error: VoiceTransportError) -> VoiceTransportError:
        """Return the error of a connection, better explained if the server's reason allows it."""
        fault, hint = self._blame(error.reason)
        return error if not hint else self._made(hint, fault=fault, code=error.code, reason=error.reason)

    def protocol(self, text: str) -> VoiceTransportError:
        """Return the error of a server that speaks something else."""
        return self._made(text, fault="protocol")

    def _blame(self, said: str) -> tuple[Fault, str]:
        said = said.lower()
        if "model" in said and any(word in said for word in _WRONG_MODEL):
            variable = OPENAI_REALTIME_MODEL.variable
            hint = f"there is no realtime model {self._model!r} for this key: pass model= or set {variable}"
            return "agent", hint
        if any(word in said for word in _CREDENTIALS):
            return "credentials", ""
        return ("peer" if any(word in said for word in _PEER) else "protocol"), ""

    def _made(
        self, text: str, *, fault: Fault, code: int | str | None = None, reason: str = ""
    ) -> VoiceTransportError:
        return VoiceTransportError(
            text,
            adapter=self._adapter,
            fault=fault,
            host=self._host,
            code=code,
            reason=reason_of(reason, self._secrets),
        )
