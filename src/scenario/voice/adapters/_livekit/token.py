"""The token that lets the user into a room.

Source: "Tokens and grants" and "Agent dispatch" of LiveKit's documentation
(docs.livekit.io/frontends/authentication/tokens, docs.livekit.io/agents/server/agent-dispatch).
"""

from __future__ import annotations

from datetime import timedelta

from scenario.voice._secret import Secret
from scenario.voice.errors import MissingVoiceDependencyError

_LIFETIME = timedelta(hours=1)


def room_token(
    api_key: str,
    api_secret: str,
    *,
    room: str,
    identity: str,
    agent_name: str | None = None,
    metadata: str | None = None,
) -> Secret:
    """Return a token for one participant of one room, good for an hour.

    Args:
        api_key: of the LiveKit project.
        api_secret: signs the token; it is not in it.
        room: that may be joined, to speak, listen and send data.
        identity: of the participant.
        agent_name: the agent that is to be sent into the room when the room is opened.
        metadata: text that others in the room see with the participant, and the agent with its job.

    Raises:
        MissingVoiceDependencyError: `livekit-api` is not installed.
    """
    try:
        from livekit import api
    except ImportError as error:
        raise MissingVoiceDependencyError(
            feature="making a LiveKit token", package="livekit-api", extra="livekit"
        ) from error
    grants = api.VideoGrants(
        room_join=True, room=room, can_publish=True, can_subscribe=True, can_publish_data=True
    )
    token = api.AccessToken(api_key, api_secret).with_identity(identity).with_ttl(_LIFETIME)
    token = token.with_grants(grants)
    if metadata:
        token = token.with_metadata(metadata)
    if agent_name:
        dispatch = api.RoomAgentDispatch(agent_name=agent_name, metadata=metadata or "")
        token = token.with_room_config(api.RoomConfiguration(agents=[dispatch]))
    return Secret(token.to_jwt())
