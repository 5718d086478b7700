"""The WebRTC library, and the one thing of it that is set by hand. Modules of this room import it first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario.voice.errors import MissingVoiceDependencyError

try:
    import aiortc
except ImportError as error:
    raise MissingVoiceDependencyError(feature="WebRTC", package="aiortc", extra="webrtc") from error

from aiortc.jitterbuffer import MAX_MISORDER, JitterBuffer, JitterFrame

if TYPE_CHECKING:
    from aiortc import RTCRtpReceiver
    from aiortc.rtp import RtpPacket

__all__ = ["aiortc", "hear_at_once"]


def hear_at_once(receiver: RTCRtpReceiver) -> None:
    """Have `receiver` give out each packet as it comes, instead of 80 ms and, after a loss, 320 ms later.

    The library prepares for play-out through a loudspeaker. We measure and record, and its delay would be
    taken for the agent's; besides, it drops a good packet with each lost one. There is no setting for it:
    if the attribute goes away, its own delay stays.
    """
    name = "_RTCRtpReceiver__jitter_buffer"
    if isinstance(getattr(receiver, name, None), JitterBuffer):
        setattr(receiver, name, _NoBuffer())


class _NoBuffer(JitterBuffer):
    """Every packet of audio is a frame (RFC 7587, RFC 3551); one that a later one has overtaken is lost."""

    def __init__(self) -> None:
        super().__init__(capacity=1)
        self._latest: int | None = None

    def add(self, packet: RtpPacket) -> tuple[bool, JitterFrame | None]:
        number = packet.sequence_number
        if self._latest is not None and (self._latest - number) % 0x10000 < MAX_MISORDER:
            return False, None
        self._latest = number
        data: bytes = vars(packet)["_data"]  # where the receiver puts what it has unpacked
        return False, JitterFrame(data, packet.timestamp)
