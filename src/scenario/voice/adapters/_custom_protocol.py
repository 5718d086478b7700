"""A WebSocket protocol that a user describes in Python."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, TypeAlias

from scenario.errors import exception_text
from scenario.voice._audio.chunk import SAMPLE_RATE, AudioChunk, PartialSampleError
from scenario.voice.errors import VoiceTransportError

Frames: TypeAlias = "str | bytes | list[str | bytes] | None"
"""What goes to the peer: a text or binary frame, several of them, or nothing."""


class WebSocketProtocol(ABC):
    """How an agent's WebSocket is spoken. Two methods make one; the others are for peers that need them.

        class Raw(WebSocketProtocol):
            def encode_audio(self, audio):
                return audio

            def decode_response(self, message):
                return AudioChunk(message) if isinstance(message, bytes) else None

    Attributes:
        sample_rate: of the PCM16 mono audio that `encode_audio` gets and `decode_response` returns.
    """

    sample_rate: int = SAMPLE_RATE

    @abstractmethod
    def encode_audio(self, audio: bytes) -> Frames:
        """Return the frames that carry `audio` (PCM16 little-endian, mono, at `sample_rate`)."""

    @abstractmethod
    def decode_response(self, message: str | bytes) -> AudioChunk | None:
        """Return the audio in a frame of the peer, with its text if there is some; `None` if there is none.

        A frame may end within a sample: the rest is expected in the next one.
        """

    def on_connect(self) -> Frames:
        """Return what is sent first on a new connection."""
        return None

    def on_disconnect(self) -> Frames:
        """Return what is sent before the connection is closed."""
        return None

    def end_of_user_turn(self) -> Frames:
        """Return what tells the agent that the user has finished speaking."""
        return None

    def interrupt(self) -> Frames:
        """Return what makes the agent stop speaking. Overriding it makes the adapter able to interrupt."""
        return None

    def is_turn_end(self, message: str | bytes) -> bool:
        """Tell whether a frame of the peer ends the agent's turn. If overridden, every turn must end so."""
        return False

    def reply(self, message: str | bytes) -> Frames:
        """Return what must be answered to a frame of the peer at once, as to pings of its protocol."""
        return None


def has_own(protocol: WebSocketProtocol, hook: str) -> bool:
    """Tell whether a protocol has an optional method of its own."""
    return getattr(type(protocol), hook, None) is not getattr(WebSocketProtocol, hook)


def ask(protocol: WebSocketProtocol, hook: str, *arguments: Any, adapter: str, host: str) -> Any:
    """Return what a method of a protocol answers.

    Raises:
        VoiceTransportError: it raised, or answered with something else; the text names the method.
    """
    name = f"{type(protocol).__name__}.{hook}()"
    expected, types = _EXPECTED.get(hook, _FRAMES)
    problem: Exception | None = None
    answer: object = None
    try:
        answer = getattr(protocol, hook)(*arguments)
    except PartialSampleError as partial:
        answer = partial.chunk
    except Exception as error:  # noqa: BLE001  # a user's code; passed on with the method's name
        problem = error
    if problem is not None:
        text = f"{name} raised {type(problem).__name__}: {exception_text(problem)}"
    elif not isinstance(answer, types):
        text = f"{name} must return {expected}, got {type(answer).__name__}"
    else:
        return answer
    raise VoiceTransportError(text, adapter=adapter, fault="protocol", host=host) from problem


_FRAMES = ("text, bytes, a list of these, or None", (str, bytes, list, type(None)))
_EXPECTED: dict[str, tuple[str, tuple[type, ...]]] = {
    "decode_response": ("an AudioChunk or None", (AudioChunk, type(None))),
    "is_turn_end": ("a bool", (bool,)),
}
