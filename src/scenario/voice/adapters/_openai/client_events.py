"""What is sent to a realtime server, frame by frame.

Source: the reference of client events, https://platform.openai.com/docs/api-reference/realtime-client-events
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scenario.voice.adapters._openai.answer import Cut

Protocol = Literal["ga", "beta"]
"""The protocol as it is since 2025, or its predecessor, which compatible servers still speak."""

Frame = dict[str, Any]

_PIECE_BYTES = 48_000  # one second
_PCM = {"type": "audio/pcm", "rate": 24_000}


def session_update(
    protocol: Protocol,
    *,
    voice: str,
    instructions: str,
    tools: Sequence[Mapping[str, Any]],
    turn_detection: Mapping[str, Any] | None,
    transcription_model: str | None,
) -> Frame:
    """Return the frame that says how the model speaks, hears and takes turns.

    Args:
        protocol: the older one has a flat session.
        voice: of the model.
        instructions: its system prompt; nothing is sent for the empty one.
        tools: in chat-completions form or flat already.
        turn_detection: the server's; `None` has turns committed by hand.
        transcription_model: writes down what the user says; `None` has nothing written down.
    """
    turns = None if turn_detection is None else dict(turn_detection)
    transcription = {"model": transcription_model} if transcription_model else None
    session: Frame
    if protocol == "beta":
        session = {
            "input_audio_format": "pcm16",
            "output_audio_format": "pcm16",
            "voice": voice,
            "turn_detection": turns,
        }
        if transcription:
            session["input_audio_transcription"] = transcription
    else:
        hearing: Frame = {"format": _PCM, "turn_detection": turns}
        if transcription:
            hearing["transcription"] = transcription
        session = {
            "type": "realtime",
            "output_modalities": ["audio"],
            "audio": {"input": hearing, "output": {"format": _PCM, "voice": voice}},
        }
    if instructions:
        session["instructions"] = instructions
    if tools:
        session["tools"] = [_flat(tool) for tool in tools]
    return {"type": "session.update", "session": session}


def append_audio(pcm: bytes) -> Iterator[Frame]:
    """Yield the frames that carry canonical audio."""
    for at in range(0, len(pcm), _PIECE_BYTES):
        piece = pcm[at : at + _PIECE_BYTES]
        yield {"type": "input_audio_buffer.append", "audio": base64.b64encode(piece).decode("ascii")}


def commit_audio() -> Frame:
    """Return the frame that makes what was appended a turn of the user."""
    return {"type": "input_audio_buffer.commit"}


def create_response(response: Mapping[str, Any] | None = None) -> Frame:
    """Return the frame that asks for an answer."""
    return {"type": "response.create", **({"response": dict(response)} if response else {})}


def spoken_text(protocol: Protocol, text: str) -> Frame:
    """Return the `response` that has the model say `text` and nothing else."""
    modalities = {"modalities": ["audio", "text"]} if protocol == "beta" else {"output_modalities": ["audio"]}
    return {
        "instructions": (
            "Say exactly the following text, word for word, in its language. Add nothing, leave nothing out, "
            f"and do not answer it:\n\n{text}"
        ),
        **modalities,
    }


def cancel_response(response_id: str, event_id: str) -> Frame:
    """Return the frame that stops a response; an error that answers it names `event_id`."""
    return {"type": "response.cancel", "response_id": response_id, "event_id": event_id}


def truncate_item(cut: Cut, event_id: str) -> Frame:
    """Return the frame that has the model know how much of an utterance was heard."""
    return {
        "type": "conversation.item.truncate",
        "item_id": cut.item_id,
        "content_index": cut.content_index,
        "audio_end_ms": cut.audio_end_ms,
        "event_id": event_id,
    }


def user_text(text: str) -> Frame:
    """Return the frame that makes `text` a message of the user."""
    content = [{"type": "input_text", "text": text}]
    item = {"type": "message", "role": "user", "content": content}
    return {"type": "conversation.item.create", "item": item}


def tool_output(call_id: str, output: str) -> Frame:
    """Return the frame that gives the model the result of a tool."""
    item = {"type": "function_call_output", "call_id": call_id, "output": output}
    return {"type": "conversation.item.create", "item": item}


def _flat(tool: Mapping[str, Any]) -> Frame:
    """Return a tool of chat-completions form as the Realtime API has them."""
    function = tool.get("function")
    if not isinstance(function, dict):
        return dict(tool)
    known: Frame = {key: function[key] for key in ("name", "description", "parameters") if key in function}
    return {"type": "function", **known}
