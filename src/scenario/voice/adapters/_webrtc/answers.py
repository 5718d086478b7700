"""What is wrong with a peer's session description, as far as audio is concerned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiortc.sdp import SessionDescription

if TYPE_CHECKING:
    from scenario.voice.errors import Fault


def flaw_of(answer: str) -> tuple[Fault, str] | None:
    """Return why no conversation can come of `answer`; `None` if one can."""
    try:
        description = SessionDescription.parse(answer)
    except (ValueError, IndexError, AssertionError, KeyError) as error:
        return "protocol", f"the peer's session description cannot be read ({type(error).__name__}: {error})"
    audio = next((media for media in description.media if media.kind == "audio"), None)
    if audio is None:
        return "media", "the peer's answer has no audio"
    if not audio.port or not audio.rtp.codecs:
        return "codec", "the peer refuses audio: it has neither Opus nor G.711 in common with us"
    if audio.direction != "sendrecv":
        return "media", f"the peer must send and receive audio; its answer says {audio.direction!r}"
    return None
