"""Names of audio formats on the wire, such as `pcm16/24000` and `mulaw/8000`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

Encoding = Literal["pcm16", "mulaw"]

MIN_RATE = 1_000
MAX_RATE = 768_000
"""Sample rates outside of these are taken for broken headers."""

_NAME = re.compile(r"(?P<encoding>\w+)/(?P<rate>\d{1,9})")


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """What the samples of a transport look like; always mono.

    Attributes:
        encoding: `"pcm16"` (signed 16 bit little-endian) or `"mulaw"` (ITU-T G.711).
        rate: samples per second.

    Raises:
        ValueError: an unknown encoding, or a rate that no audio has.
    """

    encoding: Encoding
    rate: int

    def __post_init__(self) -> None:
        if self.encoding not in get_args(Encoding):
            raise ValueError(
                f"unknown audio encoding {self.encoding!r}; known are {', '.join(get_args(Encoding))}"
            )
        check_rate(self.rate)

    @classmethod
    def parse(cls, name: str) -> AudioFormat:
        """Return the format named `encoding/rate`.

        Raises:
            ValueError: it is not such a name.
        """
        if (match := _NAME.fullmatch(name)) is None:
            raise ValueError(f"an audio format is named 'encoding/rate', like 'mulaw/8000', got {name!r}")
        return cls(match["encoding"], int(match["rate"]))  # type: ignore[arg-type]  # checked above

    @property
    def bytes_per_sample(self) -> int:
        """Two for `pcm16`, one for `mulaw`."""
        return 2 if self.encoding == "pcm16" else 1

    def __str__(self) -> str:
        return f"{self.encoding}/{self.rate}"


def check_rate(rate: int) -> None:
    """Raise a `ValueError` for a sample rate that no audio has."""
    if not MIN_RATE <= rate <= MAX_RATE:
        raise ValueError(f"a sample rate must be between {MIN_RATE} and {MAX_RATE} Hz, got {rate!r}")
