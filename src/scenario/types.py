"""The values that travel between a scenario, its agents, its judge and its models."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, SkipValidation

if TYPE_CHECKING:
    from scenario.scenario_state import ScenarioState
else:
    ScenarioState = Any

__all__ = [
    "AgentInput",
    "AgentReturnTypes",
    "AgentRole",
    "ChatCompletionMessageParamWithTrace",
    "CriterionVerdict",
    "JudgmentRequest",
    "ModelRequest",
    "ModelResponse",
    "RunUsage",
    "ScenarioResult",
    "ScriptStep",
    "ToolCall",
    "Usage",
]

Message: TypeAlias = dict[str, Any]
"""A plain dict in OpenAI chat format, with at least `role`."""

ChatCompletionMessageParamWithTrace: TypeAlias = Message
"""A message as it stands in the conversation: it also carries `trace_id`, the trace of its turn."""


class AgentRole(Enum):
    """The part that an agent plays in a scenario."""

    USER = "User"
    AGENT = "Agent"
    JUDGE = "Judge"


class JudgmentRequest(BaseModel):
    """What an explicit `judge()` step asks of the judge.

    Attributes:
        criteria: replaces the judge's own criteria for this call; `None` keeps them.
        context: further evidence for the judge's prompt.
    """

    criteria: list[str] | None = None
    context: str | None = None


class CriterionVerdict(BaseModel):
    """The judge's decision on one criterion.

    Attributes:
        criterion: its text.
        status: `"true"` (met), `"false"` (not met) or `"inconclusive"` (the evidence does not say).
        reasoning: why, in the judge's words.
        evidence: what it rests on: `#3` for the third message, or ids of spans.
    """

    criterion: str
    status: Literal["true", "false", "inconclusive"]
    reasoning: str = ""
    evidence: list[str] = Field(default_factory=list[str])


class Usage(BaseModel):
    """Model calls and what they consumed.

    Attributes:
        calls: calls that reached a model.
        cache_hits: calls answered from the cache instead.
        input_tokens: prompt tokens, cached ones included.
        cached_input_tokens: prompt tokens that the provider read from its own cache.
        output_tokens: completion tokens.
        cost_usd: cost in US dollars; `None` when the price of any call is unknown.
    """

    calls: int = 0
    cache_hits: int = 0
    input_tokens: int = 0
    cached_input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = 0.0

    def __add__(self, other: Usage) -> Usage:
        unknown = self.cost_usd is None or other.cost_usd is None
        return Usage(
            calls=self.calls + other.calls,
            cache_hits=self.cache_hits + other.cache_hits,
            input_tokens=self.input_tokens + other.input_tokens,
            cached_input_tokens=self.cached_input_tokens + other.cached_input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cost_usd=None if unknown else (self.cost_usd or 0.0) + (other.cost_usd or 0.0),
        )


class RunUsage(BaseModel):
    """The model usage of one run, in total and by role (`"User"`, `"Agent"`, `"Judge"`)."""

    total: Usage = Field(default_factory=Usage)
    by_role: dict[str, Usage] = Field(default_factory=dict[str, Usage])


class ScenarioResult(BaseModel):
    """The verdict on one run.

    Attributes:
        success: whether the scenario passed.
        messages: the whole conversation; each message has `trace_id`.
        reasoning: why, in words.
        passed_criteria: criteria that were met, in the order of evaluation.
        failed_criteria: criteria that were not met or could not be decided.
        inconclusive_criteria: those of `failed_criteria` that could not be decided.
        criteria: status, reasoning and evidence of each criterion.
        usage: model calls, tokens and cost of the run.
        total_time: seconds from the start of the run to the verdict.
        agent_time: seconds spent in calls of agents of role AGENT.
        audio: the recording; only with a voice adapter, like the two below.
        timeline: the voice events.
        latency: the response latencies.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    success: bool
    messages: Annotated[list[Message], SkipValidation]
    reasoning: str | None = None
    passed_criteria: list[str] = Field(default_factory=list[str])
    failed_criteria: list[str] = Field(default_factory=list[str])
    inconclusive_criteria: list[str] = Field(default_factory=list[str])
    criteria: list[CriterionVerdict] = Field(default_factory=list[CriterionVerdict])
    usage: RunUsage | None = None
    total_time: float | None = None
    agent_time: float | None = None
    audio: Annotated[Any, SkipValidation] = None
    timeline: Annotated[Any, SkipValidation] = None
    latency: Annotated[Any, SkipValidation] = None

    def __repr__(self) -> str:
        status = "PASSED" if self.success else "FAILED"
        reasoning = self.reasoning or None
        return f"ScenarioResult(success={self.success}, status={status}, reasoning='{reasoning}')"

    def __str__(self) -> str:
        return repr(self)  # pydantic's own would print the whole conversation


class AgentInput(BaseModel):
    """What an agent gets for one call.

    Attributes:
        thread_id: the conversation's id; the same in all calls of a run, unique to it.
        messages: the whole conversation so far. It is a copy: changing it changes nothing else.
        new_messages: what was added since this agent's previous call.
        judgment_request: set only by an explicit `judge()` step.
        scenario_state: the live state of the run.
        propagation_headers: W3C `traceparent` and `baggage` of this call. Send them with requests to an
            agent in another process, and its spans join the run's trace.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    thread_id: str
    messages: Annotated[list[Message], SkipValidation]
    new_messages: Annotated[list[Message], SkipValidation]
    judgment_request: JudgmentRequest | None = None
    scenario_state: Annotated[ScenarioState, SkipValidation]
    propagation_headers: dict[str, str] = Field(default_factory=dict[str, str])

    def __repr__(self) -> str:
        return f"AgentInput({len(self.messages)} messages, {len(self.new_messages)} of them new)"

    def __str__(self) -> str:
        return repr(self)  # pydantic's own, which tracebacks show, holds the whole conversation

    def last_new_user_message(self) -> Message:
        """Return the last message of role `user` in `new_messages`.

        Raises:
            ValueError: there is none.
        """
        for message in reversed(self.new_messages):
            if message.get("role") == "user":
                return message
        raise ValueError(
            "There is no new user message for this agent in this call; use `input.messages` to see the "
            "whole conversation."
        )

    def last_new_user_message_str(self) -> str:
        """Return the text of the last message of role `user` in `new_messages`.

        Raises:
            ValueError: there is none, or its content is not plain text (a list of parts, for example).
        """
        content = self.last_new_user_message().get("content")
        if isinstance(content, str):
            return content
        shown = repr(content)
        raise ValueError(
            "The content of the last new user message is not a string but "
            f"{shown if len(shown) <= 200 else shown[:200] + '...'}; read it from "
            "`input.last_new_user_message()` instead."
        )


AgentReturnTypes: TypeAlias = str | Message | list[Message] | ScenarioResult
"""What an agent's `call` may return: text, one message, several messages, or a verdict."""

ScriptStep: TypeAlias = Callable[
    ["ScenarioState"], "Awaitable[ScenarioResult | None] | ScenarioResult | None"
]
"""A step of a script: a callable with the state, sync or async, that may return a verdict."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One tool call of a model's answer; `arguments` is the raw text, valid JSON or not."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One chat completion, in OpenAI's format whatever the provider.

    Attributes:
        model: `provider/name`, or a bare name of a known family.
        messages: the prompt.
        tools: tool definitions; empty for none.
        tool_choice: `"auto"`, `"required"`, `"none"`, or the dict that names one function.
        response_format: OpenAI's `response_format` object.
        temperature: sampling temperature; `None` leaves it to the provider.
        max_tokens: limit of the answer; `None` leaves it to the provider.
        api_base: endpoint; `None` is the provider's own.
        api_key: key; `None` is the provider's environment variable.
        params: everything else (`headers`, `timeout`, `num_retries`, `client`, any provider parameter).
    """

    model: str
    messages: Sequence[Message]
    tools: Sequence[Mapping[str, Any]] = ()
    tool_choice: str | Mapping[str, Any] | None = None
    response_format: Mapping[str, Any] | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    api_base: str | None = None
    api_key: str | None = field(default=None, repr=False)
    params: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)


@dataclass(frozen=True, slots=True)
class ModelResponse:
    """The answer to a `ModelRequest`.

    Attributes:
        text: the text of the answer; `None` when it has none.
        tool_calls: the tool calls of the answer, in order.
        finish_reason: why the model stopped, as the provider says.
        usage: tokens and cost of this call; without it the cost is unknown.
        model: the model that answered, as the provider names it.
    """

    text: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    finish_reason: str | None = None
    usage: Usage = field(default_factory=lambda: Usage(calls=1, cost_usd=None))
    model: str | None = None
