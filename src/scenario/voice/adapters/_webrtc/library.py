"""The WebRTC library, and the one thing of it that is set by hand. Modules of this room import it first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenario.voice.errors import MissingVoiceDependencyError

try:
    import aiortc
except ImportError as error:
    raise MissingVoiceDependencyError(feature="WebRTC", package="aiortc", extra="webrtc") from error

if TYPE_CHECKING:
    from aiortc import RTCRtpReceiver
    from aiortc.rtp import RtpPacket

__all__ = ["aiortc", "hear_at_once"]

_LATE = 100
"""Packets so far behind the latest have been overtaken; what is further away is a new beginning."""


def hear_at_once(receiver: RTCRtpReceiver) -> None:
    """Have `receiver` give out each packet as it comes, instead of 80 ms and, after a loss, 320 ms later.

    The library prepares for play-out through a loudspeaker. We measure and record, and its delay would be
    taken for the agent's; besides, it drops a good packet with each lost one. There is no setting for it:
    where a version has its buffer elsewhere, its own delay stays.
    """
    name = "_RTCRtpReceiver__jitter_buffer"
    if type(getattr(receiver, name, None)).__name__ == "JitterBuffer":
        setattr(receiver, name, _NoBuffer())


@dataclass
class _Frame:
    data: bytes
    timestamp: int  # the receiver maps it to a time without wrap-around


class _NoBuffer:
    """Every packet of audio is a frame (RFC 7587, RFC 3551); one that a later one has overtaken is lost.

    It has what the receiver uses of the library's buffer.
    """

    def __init__(self) -> None:
        self._source: int | None = None
        self._latest = 0

    def add(self, packet: RtpPacket) -> tuple[bool, _Frame | None]:
        """Return whether a picture is to be asked for, which is never, and the frame."""
        number = packet.sequence_number
        if not packet.payload:  # padding, by which some servers measure the network
            return False, None
        if packet.ssrc == self._source and (self._latest - number) % 0x10000 < _LATE:
            return False, None
        self._source, self._latest = packet.ssrc, number
        return False, _Frame(packet.payload, packet.timestamp)
