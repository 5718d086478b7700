"""When and with what a simulated user cuts into the agent's turn."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Literal

CONTEXTUAL_PROMPT = (
    "You are on the phone and cut in while the other person is still talking. Say what you would blurt out "
    "at this moment, given the conversation and what they have said so far: two to eight words, spoken, no "
    "quotation marks, nothing else."
)
"""What the simulator's model is asked when it is to cut in with words of its own."""

_PHRASES = (
    "Wait, hold on.",
    "Sorry, one second.",
    "No, that's not it.",
    "Okay, but hang on.",
    "Can I stop you there?",
    "Right, right, I know.",
    "Hold on, what was that?",
    "Let me just say something.",
    "Yeah, but listen.",
    "Hang on a moment, please.",
)
_shared = random.Random()  # noqa: S311 - chance, not secrets


@dataclass(frozen=True)
class InterruptionConfig:
    """How often, when and with what the user cuts in.

    Attributes:
        probability: chance, 0 to 1, for each turn of the agent.
        delay_range: seconds after the agent's first word, drawn evenly.
        strategy: `"random_phrase"` draws a phrase; `"contextual"` asks the simulator's model.
        phrases: what a user may say.

    Raises:
        ValueError: the probability is outside 0..1, the range negative or reversed, or there is no phrase.
    """

    probability: float = 0.3
    delay_range: tuple[float, float] = (0.5, 3.0)
    strategy: Literal["random_phrase", "contextual"] = "random_phrase"
    phrases: list[str] = field(default_factory=lambda: list(_PHRASES))

    def __post_init__(self) -> None:
        if not 0.0 <= self.probability <= 1.0:
            raise ValueError(f"probability must be from 0 to 1, got {self.probability!r}")
        least, most = self.delay_range
        if not 0.0 <= least <= most:
            raise ValueError(f"delay_range must be (least, most) seconds from 0, got {self.delay_range!r}")
        if self.strategy not in ("random_phrase", "contextual"):
            raise ValueError(f"strategy must be 'random_phrase' or 'contextual', got {self.strategy!r}")
        if not self.phrases or not all(phrase.strip() for phrase in self.phrases):
            raise ValueError(f"phrases must hold at least one, and none that is blank; got {self.phrases!r}")

    def should_interrupt(self, rng: random.Random | None = None) -> bool:
        """Draw whether the user cuts in."""
        return (rng or _shared).random() < self.probability

    def sample_delay(self, rng: random.Random | None = None) -> float:
        """Draw how many seconds after the agent's first word."""
        return (rng or _shared).uniform(*self.delay_range)

    def pick_random_phrase(self, rng: random.Random | None = None) -> str:
        """Draw what the user says."""
        return (rng or _shared).choice(self.phrases)


@dataclass(frozen=True, slots=True)
class Cue:
    """The moment at which the user cuts in.

    Attributes:
        after_words: when so many words of the agent have been heard.
        delay: seconds after the agent's first voiced sample.
        timeout: seconds to wait for the agent's speech at most; `None` waits as long as the turn lasts.
        phrase: what the user says then; `None` for what is composed otherwise.
        contextual: whether the simulator's model is asked for it.
    """

    after_words: int | None = None
    delay: float = 0.0
    timeout: float | None = None
    phrase: str | None = None
    contextual: bool = False
