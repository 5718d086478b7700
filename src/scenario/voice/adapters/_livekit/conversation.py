"""What is said in the room by the two who matter, told to the adapter as the run wants it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scenario.voice.adapters._connection.punctual import Punctual
from scenario.voice.adapters._livekit.agent_choice import speaks_for
from scenario.voice.adapters._livekit.agent_state import STATE, AgentState
from scenario.voice.adapters._livekit.transcript import Transcript

if TYPE_CHECKING:
    from collections.abc import Mapping

    from livekit import rtc

    from scenario.voice.adapters._connection.inbox import Inbox
    from scenario.voice.adapters._livekit.agent_choice import Speaking
    from scenario.voice.adapters._livekit.text_streams import Words
    from scenario.voice.adapters.base import VoiceAgentAdapter


class Conversation:
    """Keeps apart who said what, and in which turn.

    Args:
        adapter: gets transcripts, and capabilities as they turn out.
        inbox: gets the agent's audio and the ends of its turns.
    """

    def __init__(self, adapter: VoiceAgentAdapter, inbox: Inbox) -> None:
        self._adapter = adapter
        self._inbox = inbox
        self._live = Punctual(adapter.clock)
        self._state = AgentState(adapter, self._end_turn)
        self._user_words = Transcript()
        self._agent_words = Transcript()
        self._agent: Speaking | None = None
        self._me: tuple[str, str] = ("", "")

    def i_am(self, identity: str, track: str) -> None:
        """The user's identity and track."""
        self._me = (identity, track)

    def agent_is(self, agent: Speaking) -> None:
        """The agent has been found."""
        self._agent = agent

    # What comes

    def hear(self, pcm: bytes) -> None:
        """Audio of the agent has come."""
        self._inbox.put_audio(self._live.push(pcm))
        self._state.hear(pcm)

    def attributes(self, changed: Mapping[str, str], participant: rtc.Participant) -> None:
        """Attributes of a participant have changed, or have been found."""
        if self._agent is not None and speaks_for(participant, self._agent.participant):
            self._state.becomes(changed.get(STATE, ""))

    def words(self, words: Words) -> None:
        """Someone's words have been written down."""
        if self._agent is None:
            return
        identity, track = self._me
        agent, agent_track = self._agent.participant.identity, self._agent.publication.sid
        if words.track and words.track in (track, agent_track):
            is_user = words.track == track
        elif words.identity in (identity, agent):
            is_user = words.identity == identity
        else:
            return
        if is_user:
            self._user_said(words)
        else:
            self._agent_said(words)

    def agent_gone(self) -> None:
        """The agent cannot be heard any more: what it was saying is over."""
        self._state.gone()
        self._end_turn()

    # Turns

    def user_begins(self) -> None:
        """The user begins to speak: what is written down of new segments belongs to new turns."""
        self._user_words.end_turn()
        self._agent_words.end_turn()

    def agent_may_begin(self) -> None:
        """The agent's turn has come without the user saying anything."""
        self._agent_words.end_turn()

    def _end_turn(self) -> None:
        self._agent_words.end_turn()
        self._inbox.end_turn()

    # Words

    def _user_said(self, words: Words) -> None:
        if self._user_words.put(words.segment, words.text, final=words.final):
            self._adapter.last_user_transcript = self._user_words.text

    def _agent_said(self, words: Words) -> None:
        adapter, said = self._adapter, self._agent_words
        if not said.put(words.segment, words.text, final=words.final) or not said.text:
            return
        if not adapter.capabilities.streaming_transcripts:
            adapter.capabilities = replace(adapter.capabilities, streaming_transcripts=True)
        adapter.streaming_transcript = said.text
        # Final words that come after the turn is over must not become those of the next one.
        if said.is_final and not said.is_over:
            adapter.last_agent_transcript = said.text
