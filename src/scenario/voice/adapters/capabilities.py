"""What a transport can do."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class AdapterCapabilities:
    """What a transport can do; an instance of an adapter tells the truth for its configuration.

    Attributes:
        streaming_transcripts: text arrives while the agent speaks.
        native_vad: the transport reports when speech starts and stops.
        dtmf: key tones can be sent.
        interruption: `interrupt()` is implemented.
        input_formats: `encoding/rate` of what goes to the peer, for example `pcm16/24000`.
        output_formats: the same of what comes from it.
    """

    streaming_transcripts: bool = False
    native_vad: bool = False
    dtmf: bool = False
    interruption: bool = False
    input_formats: list[str] = field(default_factory=list[str])
    output_formats: list[str] = field(default_factory=list[str])
