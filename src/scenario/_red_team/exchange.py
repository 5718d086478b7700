"""One attack and what the target made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scenario._red_team.response_text import has_tool_calls, response_text, visible_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario._red_team.refusals.finding import Refusal
    from scenario._red_team.strategy import AttackerOutput
    from scenario.types import Message


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How far a response brought the attacker.

    Attributes:
        score: 0 to 10; `None` when it was not scored.
        hint: one sentence of advice for the attacker.
        refusal: whether the response refuses.
        injection_suspected: the response speaks to whoever judges it.
        scorer_failed: the scorer was asked and gave nothing usable.
    """

    score: int | None
    hint: str
    refusal: Refusal
    injection_suspected: bool = False
    scorer_failed: bool = False


@dataclass(slots=True)
class Exchange:
    """An attack with every message that followed it before the next one.

    Attributes:
        number: from 1.
        output: what the attacker's model answered.
        sent: the message as the target got it.
        position: where it stands in the conversation.
        technique_ids: techniques that the attacker named.
        injection: name of the encoder that was used; `None` for a plain message.
        messages: what followed; known once the exchange is evaluated.
        evaluation: set when the exchange is over.
        withdrawn: the exchange was taken back because the target refused.
    """

    number: int
    output: AttackerOutput
    sent: str
    position: int
    technique_ids: tuple[str, ...] = ()
    injection: str | None = None
    messages: list[Message] = field(default_factory=list["Message"])
    evaluation: Evaluation | None = None
    withdrawn: bool = False

    @property
    def attack(self) -> str:
        """The attack in plain words."""
        return self.output.reply

    @property
    def response(self) -> str:
        """What the target said, and a line per tool call."""
        return response_text(self.messages)

    @property
    def has_tool_calls(self) -> bool:
        """Whether the target called tools."""
        return has_tool_calls(self.messages)

    def is_at(self, messages: Sequence[Message], position: int) -> bool:
        """Whether this attack stands at a position of the conversation."""
        if not 0 <= position < len(messages):
            return False
        message = messages[position]
        return message.get("role") == "user" and visible_text(message.get("content")) == self.sent.strip()

    def find(self, messages: Sequence[Message]) -> int | None:
        """Return where this attack stands in the conversation: where it was put, else its last copy."""
        places = (self.position, *range(len(messages) - 1, -1, -1))
        return next((place for place in places if self.is_at(messages, place)), None)
