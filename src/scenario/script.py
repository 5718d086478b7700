"""The steps of a script. A step may be shared by runs; it acts on the state that it is called with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, overload

from scenario.types import JudgmentRequest, ScenarioResult

if TYPE_CHECKING:
    from scenario.scenario_state import Callback, ScenarioState
    from scenario.types import Message

__all__ = ["agent", "fail", "judge", "message", "proceed", "succeed", "user"]

Step = Callable[["ScenarioState"], Awaitable["ScenarioResult | None"]]


def user(
    content: str | Message | None = None,
    *,
    voice_style: str | None = None,
    audio_effects: Sequence[Any] | None = None,
) -> Step:
    """Have the user speak.

    Args:
        content: what the user says, text or a message; `None` lets the user simulator write it.
        voice_style: how to say it, in words; for this step only.
        audio_effects: effects on the voice, for this step only; `[]` switches them off.

    Raises:
        TypeError: `content` is neither text nor a message.
    """
    _refuse_what_nobody_says("user", content)

    def step(state: ScenarioState) -> Awaitable[ScenarioResult | None]:
        return state.control().user(content, voice_style=voice_style, audio_effects=audio_effects)

    return step


def agent(content: str | Message | None = None, *, wait: bool = True) -> Step:
    """Have the agent under test speak.

    Args:
        content: what the agent says, text or a message; `None` calls the agent.
        wait: `False` starts the agent's turn in the background and goes on; the next step that needs the
            conversation waits for it.

    Raises:
        TypeError: `content` is neither text nor a message.
    """
    _refuse_what_nobody_says("agent", content)

    def step(state: ScenarioState) -> Awaitable[ScenarioResult | None]:
        return state.control().agent(content, wait=wait)

    return step


def judge(criteria: list[str] | None = None, *, context: str | None = None) -> Step:
    """Have the judge decide now.

    Args:
        criteria: makes this step a checkpoint: when all of them are met the script goes on, else the run
            ends as failed. `None` asks for the verdict on the judge's own criteria, which ends the run.
        context: further evidence for the judge's prompt.

    Raises:
        TypeError: `criteria` is a single string.
    """
    if isinstance(criteria, str):
        raise TypeError(f"criteria must be a list of strings, got the string {criteria!r}")

    def step(state: ScenarioState) -> Awaitable[ScenarioResult | None]:
        return state.control().judge(JudgmentRequest(criteria=criteria, context=context))

    return step


def message(message: Message) -> Step:
    """Add a message: role `user` and `assistant` take that turn, any other role is only added."""

    def step(state: ScenarioState) -> Awaitable[ScenarioResult | None]:
        return state.control().message(message)

    return step


def proceed(
    turns: int | None = None,
    on_turn: Callback | None = None,
    on_step: Callback | None = None,
    *,
    interruptions: Any = None,
) -> Step:
    """Let the conversation run by itself.

    Args:
        turns: how many turns; the turn in progress counts as the first if someone is still to act in it.
            `None` goes on until a verdict or the limit of turns.
        on_turn: called with the state whenever a turn is left and the next one opened.
        on_step: called with the state after every agent's call.
        interruptions: `InterruptionConfig`: a spoken user who interrupts the agent at random.

    Raises:
        ValueError: `turns` is below 1.
        TypeError: `turns` is no integer.
    """
    _refuse_no_turns(turns)

    def step(state: ScenarioState) -> Awaitable[ScenarioResult | None]:
        return state.control().proceed(
            turns=turns, on_turn=on_turn, on_step=on_step, interruptions=interruptions
        )

    return step


class VerdictStep:
    """A step that ends the run; called without a state it is just the verdict."""

    def __init__(self, result: ScenarioResult) -> None:
        self._result = result

    @overload
    def __call__(self, state: ScenarioState) -> Awaitable[ScenarioResult]: ...
    @overload
    def __call__(self) -> ScenarioResult: ...

    def __call__(self, state: ScenarioState | None = None) -> ScenarioResult | Awaitable[ScenarioResult]:
        result = self._result.model_copy(update={"messages": []})
        return result if state is None else state.control().conclude(result)


def succeed(reasoning: str | None = None) -> VerdictStep:
    """End the run as passed. `return scenario.succeed("why")()` works inside a step of your own."""
    reasoning = reasoning or "The script declared success with scenario.succeed()."
    return VerdictStep(ScenarioResult(success=True, messages=[], reasoning=reasoning))


def fail(reasoning: str | None = None) -> VerdictStep:
    """End the run as failed. `return scenario.fail("why")()` works inside a step of your own."""
    reasoning = reasoning or "The script declared failure with scenario.fail()."
    return VerdictStep(ScenarioResult(success=False, messages=[], reasoning=reasoning))


def _refuse_what_nobody_says(step: str, content: Any) -> None:
    # A list is the content of a message in parts.
    if content is not None and not isinstance(content, str | dict | list):
        raise TypeError(
            f"scenario.{step}() takes text or a message (a dict with 'role'), got a "
            f"{type(content).__name__}: {content!r:.100}"
        )


def _refuse_no_turns(turns: Any) -> None:
    if turns is not None and not isinstance(turns, int):
        raise TypeError(f"turns must be an integer, got {turns!r}")
    if turns is not None and turns < 1:
        raise ValueError(f"turns must be at least 1, got {turns!r}")
