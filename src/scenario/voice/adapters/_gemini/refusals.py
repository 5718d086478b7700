"""Why Gemini closed a connection: it says so in words, under codes that mean little."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario.voice._speech.defaults import GEMINI_LIVE_MODEL
from scenario.voice.errors import VoiceTransportError

if TYPE_CHECKING:
    from scenario.voice.errors import Fault

_WORDS: tuple[tuple[tuple[str, ...], Fault, str], ...] = (
    (
        ("api key", "api_key", "unregistered callers", "credential", "unauthenticated", "permission"),
        "credentials",
        "the service does not accept the key",
    ),
    (
        ("is not found for api version", "not supported for bidigeneratecontent", "entity was not found"),
        "agent",
        "the service has no such model for live sessions in this version of its interface: try "
        'api_version="v1beta", which has names and previews that "v1" has not, or pass another model= or set '
        f"{GEMINI_LIVE_MODEL.variable}",
    ),
    (
        ("quota", "billing", "resource exhausted", "resource_exhausted"),
        "peer",
        "the service's quota for this key is used up",
    ),
    (
        ("user location",),
        "host",
        "the service may not be used from where this machine is",
    ),
)


def explained(error: VoiceTransportError) -> VoiceTransportError:
    """Return a close with the fault that its reason names; any other error as it is."""
    reason = error.reason.lower()
    for words, fault, text in _WORDS:
        if any(word in reason for word in words):
            return VoiceTransportError(
                text,
                adapter=error.adapter,
                fault=fault,
                host=error.host,
                code=error.code,
                reason=error.reason,
            )
    return error
