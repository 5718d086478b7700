"""How a user and an agent take turns on a line, and how the user cuts in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from scenario.types import AgentRole
from scenario.voice._audio.chunk import SAMPLE_RATE, AudioChunk
from scenario.voice._audio.messages import create_audio_message, extract_audio
from scenario.voice._line.identity import identified
from scenario.voice._recording.segment import AudioSegment
from scenario.voice.events import VoiceEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario.types import AgentInput, Message
    from scenario.voice._audio.chunk import Speaker
    from scenario.voice._line.line import Line
    from scenario.voice._line.speech import Speech
    from scenario.voice._line.stage import Stage
    from scenario.voice._line.transcripts import Transcripts
    from scenario.voice._line.turn import HeardTurn, Turn
    from scenario.voice._user_voice import UserVoice

_PADDING = 0.02


class Said(NamedTuple):
    """What was said to an agent: its first and last voiced moment, its end, and whether it was spoken."""

    start: float
    stop: float
    end: float
    aloud: bool = True


class Exchange:
    """The turns of one run.

    Attributes:
        segments: the turns as recorded.
        conversation: the live messages of the run.

    Args:
        stage: where the run is heard.
        speech: makes the speaking events.
        voice: the simulated users' voice.
        transcripts: words for speech that came without any.
        transcribe: when the agent's speech is transcribed: `"never"`, `"auto"` or `"always"`.
    """

    def __init__(
        self, stage: Stage, speech: Speech, voice: UserVoice, transcripts: Transcripts, *, transcribe: str
    ) -> None:
        self.segments: list[AudioSegment] = []
        self.conversation: Sequence[Message] = ()
        self._stage = stage
        self._speech = speech
        self._voice = voice
        self._transcripts = transcripts
        self._transcribe = transcribe
        self._turns = 0
        self._said = 0  # messages of the conversation of which the user's have been spoken, to some agent
        self._voiced: dict[int, AudioChunk] = {}  # those that came as text, as they were spoken

    # Turns

    async def take_turn(self, line: Line, input: AgentInput, simulator: Any) -> list[Message]:
        """Have the agent hear what is new for it, and return what it answers.

        Args:
            line: to the agent.
            input: the conversation.
            simulator: the simulated user, whose voice speaks text; `None` without one.

        Raises:
            FirstChunkTimeoutError: the agent said nothing in time.
            VoiceTransportError: the connection was lost.
            ValueError: there is text to be spoken, and nobody to speak it.
        """
        said = await self._say_what_is_new(line, input.messages, simulator)
        if said is not None:
            early = self._turn_begins(line, said.stop)
            if line.adapter.waits_for_turn_end:  # it cannot have been the answer
                early = None
            self.begin(
                line,
                said.end if early is None else early,
                answers=True,
                user_stop=said.stop,
                has_begun=early is not None,
                begun=line.answer_after(said.stop, early),
            )
            if said.aloud:
                await line.send(line.adapter.end_user_turn)
        elif line.turn is None:
            self._turn_begins(line, None)
            self.begin(line, self._stage.now(), answers=False, user_stop=None)
            if (notify := getattr(line.adapter, "notify_agent_turn", None)) is not None:
                await line.send(notify)
        return self._ended(line, await line.collect())

    async def speak_text(self, line: Line, text: str, messages: Sequence[Message]) -> Message:
        """Have a model that plays the user say `text`; return its message.

        A model that is told when the other side has spoken hears first what it has said meanwhile.

        Args:
            line: to the model.
            text: what it is to say.
            messages: the conversation so far.

        Raises:
            FirstChunkTimeoutError: it said nothing in time.
            VoiceTransportError: the connection was lost.
        """
        if line.adapter.waits_for_turn_end:
            await self._say_what_is_new(line, messages, None, wants_answer=False)
        self._turn_begins(line, None)
        self.begin(line, self._stage.now(), answers=False, user_stop=None)
        send_text: Any = getattr(line.adapter, "send_text")  # noqa: B009  # an optional method; the caller has looked
        await line.send(send_text, text)
        messages = self._ended(line, await line.collect())
        return messages[0] if messages else {"role": "user", "content": text}

    def close(self, line: Line) -> None:
        """Record what was heard of utterances that the end of the run broke off."""
        line.close_overrun(at_latest=float("inf"))
        if line.unfinished is not None:
            start, end = line.unfinished
            self._broke_off(
                "user" if line.speaker == "agent" else "agent", start, min(end, self._stage.now())
            )
        turn = line.turn or line.broken_off
        line.turn = line.broken_off = None
        if turn is None or line.is_aside:
            return
        heard = line.heard(turn, interrupted=True)
        if heard.start is not None and heard.end is not None:
            self._add_segment(
                line.speaker,
                heard.start,
                heard.end,
                heard.text or None,
                transcript_truncated=True,
                heard_transcript=heard.text,
                turn=turn.number,
            )

    def _broke_off(self, speaker: Speaker, start: float, end: float) -> None:
        if end <= start:
            return
        if speaker == "user":
            self._speech.user_spoke(start, end)
        self._add_segment(speaker, start, end, None, transcript_truncated=True, turn=self._turns)

    def _turn_begins(self, line: Line, user_stop: float | None) -> float | None:
        if line.is_aside:
            return None
        if line.speaker == "user":
            self._speech.user_begins()
            return None
        return self._speech.turn_begins(user_stop)

    async def _say_what_is_new(
        self, line: Line, messages: Sequence[Message], simulator: Any, *, wants_answer: bool = True
    ) -> Said | None:
        """Send what the other side has said since; return `None` when that is nothing."""
        spoken_by = "user" if line.adapter.role is AgentRole.AGENT else "assistant"
        said: Said | None = None
        while line.sent < len(messages):
            index, message = line.sent, messages[line.sent]
            line.sent += 1
            if message.get("role") == "tool":
                await self._hand_over_result(line, message)
            if message.get("role") != spoken_by or not message.get("content"):
                continue
            chunk = self._voiced.get(index) or extract_audio(message, index=index)
            text = _text(message)
            if (chunk is None or not chunk.data) and text:
                if spoken_by == "user" and getattr(simulator, "voice", None):
                    chunk = self._voiced[index] = await self._voice.speak(text, simulator)
                else:
                    sent = await self._send_text(line, text, wants_answer=wants_answer)
                    said = Said(sent, sent, sent, aloud=said is not None and said.aloud)
                    continue
            if chunk is None or not chunk.data:
                continue
            if said is None or not said.aloud:
                await line.send(line.adapter.begin_user_turn)
            if spoken_by == "user" and index < self._said:
                said = await self._tell(line, chunk)
                self._speech.user_was_told()
                continue
            said = await self.say(line, chunk, {**message, **self._id_of(index)})
            if spoken_by == "user":
                self.has_said(index + 1)
        return said

    def _id_of(self, index: int) -> dict[str, Any]:
        """Return what the run calls a message, which those who read it do not see."""
        message = self.conversation[index] if index < len(self.conversation) else {}
        return {"id": message["id"]} if message.get("id") else {}

    def has_said(self, messages: int) -> None:
        """The user has spoken what there is to speak in the first `messages` of the conversation."""
        self._said = max(self._said, messages)

    def rolled_back(self, index: int) -> None:
        """The messages from `index` on were taken back; others may come in their places."""
        self._said = min(self._said, index)
        self._voiced = {at: chunk for at, chunk in self._voiced.items() if at < index}

    async def _tell(self, line: Line, chunk: AudioChunk) -> Said:
        """Have the one on this line hear what was heard by all others when it was said."""
        await line.hand_over(chunk)
        now = self._stage.now()
        return Said(now, now, now)

    async def say(self, line: Line, chunk: AudioChunk, message: Message, *, over: bool = False) -> Said:
        """Have the other side speak to the one on this line."""
        if line.is_aside:
            return await self._tell(line, chunk)
        if line.speaker == "user":
            start, end = await line.say(chunk)
            segment = self._add_segment("agent", start, end, chunk.transcript, message_id=message.get("id"))
            self._transcripts.recorded(message, segment)
            return Said(start, end, end)
        self._speech.user_begins(over_agent=over)
        start, end = await line.say(chunk, over=over)
        first, last = self._speech.user_spoke(start, end)
        facts = {"turn": self._turns, "message_id": message.get("id")}
        segment = self._add_segment("user", start, end, chunk.transcript, **facts)
        self._transcripts.recorded(message, segment)
        return Said(first, last, end)

    async def _send_text(self, line: Line, text: str, *, wants_answer: bool) -> float:
        # What plays the user takes by `send_text` what it is to say.
        method = "hear_text" if line.adapter.role is AgentRole.USER else "send_text"
        send_text = getattr(line.adapter, method, None)
        if send_text is None and not wants_answer:
            return self._stage.now()
        if send_text is None:
            raise ValueError(
                f"{line.adapter!r} is a voice agent and needs audio, but the user's message is text: give "
                "the user simulator a voice=, or use scenario.audio(...)"
            )
        await line.send(send_text, text, *(() if wants_answer else (False,)))
        return self._stage.now()

    async def _hand_over_result(self, line: Line, message: Message) -> None:
        call_id, content = str(message.get("tool_call_id") or ""), message.get("content")
        if call_id in line.answered:
            return
        if line.speaker == "agent":
            self._stage.record(
                VoiceEvent(self._stage.now(), "tool_result", result=content, metadata={"call_id": call_id})
            )
        if (hand_over := getattr(line.adapter, "send_tool_result", None)) is not None:
            await line.send(hand_over, call_id, content if isinstance(content, str) else _json(content))

    def begin(
        self,
        line: Line,
        start: float,
        *,
        answers: bool,
        user_stop: float | None,
        has_begun: bool = False,
        begun: Turn | None = None,
    ) -> Turn:
        """Begin a turn on a line; see there."""
        return line.begin_turn(
            start,
            number=self.number(line),
            answers=answers,
            user_stop=user_stop,
            has_begun=has_begun,
            begun=begun,
        )

    def number(self, line: Line) -> int:
        """Return the number of a turn that begins."""
        number = self._turns
        if line.speaker == "agent":
            self._turns += 1
        return number

    def _ended(self, line: Line, heard: HeardTurn) -> list[Message]:
        if line.speaker == "agent":
            self._speech.turn_ended(heard)
        elif not line.is_aside:
            self._speech.user_spoke(heard.turn.start, self._stage.now())
        return self.messages_of(line, heard)

    def messages_of(self, line: Line, heard: HeardTurn) -> list[Message]:
        """Return the messages of a turn: what was said, then the tool calls and their results."""
        role = "assistant" if line.adapter.role is AgentRole.AGENT else "user"
        messages: list[Message] = []
        text = f"{heard.text} [interrupted]" if heard.interrupted and heard.text else heard.text
        if heard.start is not None and heard.end is not None:
            messages.append(self._spoken(line, heard, heard.start, heard.end, text=text, role=role))
        elif heard.text and not heard.interrupted:
            messages.append({"role": role, "content": heard.text})
        events = heard.turn.tool_calls
        if calls := [call for event in events for call in event.get("tool_calls", ())]:
            messages.append({"role": "assistant", "content": None, "tool_calls": calls})
        return messages + [event for event in events if event["role"] == "tool"]

    def _spoken(
        self, line: Line, heard: HeardTurn, start: float, end: float, *, text: str, role: str
    ) -> Message:
        start = max(start - _PADDING, min(start, heard.turn.start))
        segment = None
        ends = end if heard.interrupted else min(end + _PADDING, self._stage.now())
        if heard.turn.ended_at is not None:
            ends = max(end, min(ends, heard.turn.ended_at))
        if line.is_aside:  # it becomes a segment when it is said on another line
            audio = line.read(start, end)
        else:
            segment = self._add_segment(
                line.speaker,
                start,
                ends,
                heard.text or None,
                transcript_truncated=heard.interrupted,
                heard_transcript=heard.text if heard.interrupted else None,
                turn=heard.turn.number,
            )
            audio = segment.audio
        if line.overrun is not None and heard.truncated:
            line.overrun.segment = segment
        message = identified(create_audio_message(AudioChunk(audio, transcript=text or None), role))
        if segment is not None:
            segment.message_id = message["id"]
        always = self._transcribe == "always"
        if always or (self._transcribe == "auto" and not heard.text):
            ending = " [interrupted]" if heard.interrupted else ""
            self._transcripts.want(AudioChunk(audio), message, segment=segment, ending=ending, at_once=always)
        return message

    def _add_segment(
        self, speaker: Speaker, start: float, end: float, transcript: str | None, **facts: Any
    ) -> AudioSegment:
        from scenario._ids import new_id

        segment = AudioSegment.of_track(
            self._stage.speakers[speaker].track,
            speaker,
            round(start * SAMPLE_RATE),
            round(end * SAMPLE_RATE),
            transcript=transcript,
            id=new_id("scenariosegment"),
            **facts,
        )
        self.segments.append(segment)
        return segment


def _text(message: Message) -> str:
    content: Any = message.get("content")
    if isinstance(content, str):
        return content.strip()
    parts = [cast("Message", part) for part in cast("list[Any]", content or ()) if isinstance(part, dict)]
    texts = (str(part.get("text") or "") for part in parts if part.get("type") == "text")
    return " ".join(texts).strip()


def _json(value: Any) -> str:
    import json

    return json.dumps(value, default=repr)
