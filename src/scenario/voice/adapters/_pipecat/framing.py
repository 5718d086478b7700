"""What the two framings over WebSocket have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from scenario.voice._audio.formats import AudioFormat

Frame = str | bytes


class Listener(Protocol):
    """Who is told what a bot's frames mean."""

    def audio(self, pcm: bytes) -> None:
        """The bot speaks: canonical audio."""
        ...

    def stopped(self) -> None:
        """The bot has stopped itself."""
        ...


class Framing(Protocol):
    """How audio and signals become frames, and frames become what a `Listener` is told."""

    format: AudioFormat
    silence: bytes
    """20 ms of it."""

    def opening(self) -> list[Frame]:
        """Return what is sent when the connection stands."""
        ...

    def audio(self, wire: bytes) -> Frame:
        """Return the frame of 20 ms of the user's audio."""
        ...

    def closing(self) -> list[Frame]:
        """Return what is sent before the connection is closed."""
        ...

    def hear(self, frame: Frame) -> None:
        """Tell the listener what a frame means; what is unknown or broken is ignored."""
        ...
