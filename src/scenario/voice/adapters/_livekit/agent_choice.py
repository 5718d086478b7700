"""Which participant of a room is the agent."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from livekit import rtc

if TYPE_CHECKING:
    from collections.abc import Iterable

ON_BEHALF = "lk.publish_on_behalf"
"""Attribute of an avatar that speaks for an agent: the agent's identity."""


class Speaking(NamedTuple):
    """A participant, and the audio of it that we get."""

    participant: rtc.RemoteParticipant
    publication: rtc.RemoteTrackPublication
    track: rtc.RemoteAudioTrack


def choose_agent(
    participants: Iterable[rtc.RemoteParticipant], *, identity: str | None, only_agents: bool
) -> Speaking | None:
    """Return the agent among those whose audio has come, the earliest first; `None` if it is not there yet.

    Args:
        participants: of the room, in the order in which they came.
        identity: of the agent; `None` prefers participants of kind AGENT.
        only_agents: whether no other kind will do.
    """
    speaking = [found for participant in participants if (found := _audio_of(participant)) is not None]
    if identity is not None:
        wanted = [one for one in speaking if identity in _identities(one.participant)]
        return wanted[0] if wanted else None
    agents = [one for one in speaking if is_agent(one.participant)]
    candidates = agents if agents or only_agents else speaking
    return candidates[0] if candidates else None


def is_agent(participant: rtc.Participant) -> bool:
    """Tell whether a participant has joined as an agent."""
    return participant.kind == rtc.ParticipantKind.PARTICIPANT_KIND_AGENT


def speaks_for(participant: rtc.Participant, speaker: rtc.Participant) -> bool:
    """Tell whether `participant` is the agent that is heard through `speaker`: itself, or its avatar."""
    return participant.identity in _identities(speaker)


def _identities(participant: rtc.Participant) -> tuple[str, ...]:
    return (participant.identity, participant.attributes.get(ON_BEHALF, participant.identity))


def _audio_of(participant: rtc.RemoteParticipant) -> Speaking | None:
    found = [
        Speaking(participant, publication, publication.track)
        for publication in participant.track_publications.values()
        if isinstance(publication.track, rtc.RemoteAudioTrack)
    ]
    # An agent may play music on a second track.
    found.sort(key=lambda one: one.publication.source != rtc.TrackSource.SOURCE_MICROPHONE)
    return found[0] if found else None
