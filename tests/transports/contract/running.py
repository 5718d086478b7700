"""A whole run against a peer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import scenario
from scenario.voice import VoiceOptions
from scenario.voice.testing.offline_speech import OfflineSTT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario.voice import VoiceAgentAdapter
    from tests.transports.contract.rig import Peer


async def run(peer: Peer, adapter: VoiceAgentAdapter, script: Sequence[Any], **options: Any) -> Any:
    """Run `script` with a user who speaks and hears offline; `options` are those of `VoiceOptions`."""
    return await scenario.arun(
        name="contract",
        description="The user tries the line.",
        agents=[adapter, scenario.UserSimulatorAgent(model="offline/players", voice="offline/anna")],
        script=[*peer.opening(adapter), *script],
        voice=VoiceOptions(stt=OfflineSTT(), **options),
        verbose=False,
    )
