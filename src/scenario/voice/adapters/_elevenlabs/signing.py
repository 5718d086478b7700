"""Addresses that let anybody talk to the agent once: whoever has one needs no key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from scenario.voice._secret import Secret
from scenario.voice.adapters._connection.http import RestClient
from scenario.voice.adapters._connection.urls import checked_url, host_of
from scenario.voice.adapters._elevenlabs.refusals import STATUS_FAULTS
from scenario.voice.errors import VoiceTransportError

if TYPE_CHECKING:
    from scenario.voice.adapters.base import VoiceAgentAdapter

_PATH = "v1/convai/conversation/get-signed-url"


async def signed_url(adapter: VoiceAgentAdapter, base_url: str, key: Secret, agent_id: str) -> Secret:
    """Ask for such an address.

    Raises:
        VoiceTransportError: the service cannot be reached, refuses, or answers with something else.
    """
    rest = RestClient(adapter, f"{base_url}/", headers={"xi-api-key": key}, faults=STATUS_FAULTS)
    try:
        answer = await rest.request("GET", _PATH, params={"agent_id": agent_id})
    finally:
        await rest.close()
    try:
        body: object = answer.json()
        url: object = cast("dict[str, Any]", body).get("signed_url") if isinstance(body, dict) else None
        if isinstance(url, str):
            checked_url(url, name="signed_url", schemes=("wss", "ws"), plain_only_on_loopback=True)
            return Secret(url)
    except ValueError:
        pass  # neither JSON nor an address; the answer may hold the secret, so it is not shown
    raise VoiceTransportError(
        "the answer holds no signed_url that can be connected to",
        adapter=type(adapter).__name__,
        fault="protocol",
        host=host_of(base_url),
    )
