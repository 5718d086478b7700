"""Looking into a conversation of which only an outline is shown."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scenario._judge.discovery.message_grep import grep_transcript
from scenario._judge.discovery.message_numbers import expand_transcript
from scenario._judge.discovery.source import Tool

if TYPE_CHECKING:
    from collections.abc import Sequence

_HINT = """\
The transcript is too long to be shown whole: where messages or parts of them are omitted, it says so.
expand_transcript(numbers) shows messages, grep_transcript(pattern) finds messages by a text. What is omitted
counts as evidence like all the rest: before you decide that something did not happen, search for it."""


class TranscriptSource:
    """The messages of the conversation, a numbered line each."""

    block = "transcript"
    hint = _HINT

    def __init__(self, lines: Sequence[str]) -> None:
        self.tools = {
            "expand_transcript": Tool(
                "Show messages of the transcript; of very long ones the beginning and the end.",
                "numbers",
                {
                    "type": "array",
                    "items": {"type": "string"},
                    "description": "Numbers of messages, such as 12 or w1, or ranges of them, such as 12-20.",
                },
                partial(expand_transcript, lines),
            ),
            "grep_transcript": Tool(
                "Find the messages that hold a text, with what stands around it.",
                "pattern",
                {
                    "type": "string",
                    "description": "The text, whatever the case of its letters; no regular expression.",
                },
                partial(grep_transcript, lines),
            ),
        }
