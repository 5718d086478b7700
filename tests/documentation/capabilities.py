"""The capability matrix of `docs/voice-adapters.md`, as the adapters themselves state it.

    python -m tests.documentation.capabilities

writes it into the page.
"""

from __future__ import annotations

from pathlib import Path

import scenario
from scenario.voice import VoiceAgentAdapter

PAGE = Path(__file__).parents[2] / "docs" / "voice-adapters.md"
BEGIN, END = "<!-- capabilities -->", "<!-- /capabilities -->"
_COLUMNS = (
    "Adapter",
    "text",
    "VAD",
    "tones",
    "interrupts",
    "to the peer",
    "from it",
    "turn ends",
    "paced",
    "clock",
)


def adapters() -> list[type[VoiceAgentAdapter]]:
    """Return the shipped adapters, by name."""
    values = (getattr(scenario, name) for name in sorted(scenario.__all__))
    return [
        value
        for value in values
        if isinstance(value, type) and issubclass(value, VoiceAgentAdapter) and value is not VoiceAgentAdapter
    ]


def matrix() -> str:
    """Return the matrix as a Markdown table."""
    rows = [_COLUMNS, tuple("---" for _ in _COLUMNS), *(_row(adapter) for adapter in adapters())]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def written() -> str:
    """Return the matrix that stands in the page."""
    return PAGE.read_text().split(BEGIN)[1].split(END)[0].strip()


def _row(adapter: type[VoiceAgentAdapter]) -> tuple[str, ...]:
    can = adapter.capabilities
    return (
        f"`{adapter.__name__}`",
        _mark(can.streaming_transcripts),
        _mark(can.native_vad),
        _mark(can.dtmf),
        _mark(can.interruption),
        ", ".join(can.input_formats),
        ", ".join(can.output_formats),
        adapter.turn_end,
        _mark(adapter.paced),
        "virtual" if adapter.supports_virtual_clock else "real",
    )


def _mark(value: bool) -> str:
    return "yes" if value else ""


if __name__ == "__main__":
    before, rest = PAGE.read_text().split(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n{matrix()}\n{END}{rest.split(END)[1]}")
