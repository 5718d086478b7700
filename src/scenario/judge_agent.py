"""The judge: a model that decides whether the agent under test met the criteria."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from scenario._cache import cache
from scenario._judge.audio_models import may_refuse_audio, takes_audio
from scenario._judge.call_span import note_on_call_span
from scenario._judge.case import Case, checked_criteria
from scenario._judge.dialogue import Dialogue, UnreadableReplyError
from scenario._judge.inquiry import Style, make_inquiry
from scenario._judge.prompt import listed
from scenario._judge.record import Record
from scenario._judge.recordings import has_audio
from scenario._judge.traces import spans_of_agent, tracing_is_set_up
from scenario._judge.verdict import unreadable_verdict
from scenario._judge.window import prompt_window
from scenario._model import resolve_settings
from scenario._spelling import warn_about_misspelt_keywords
from scenario._tokens import DEFAULT_TOKEN_THRESHOLD
from scenario._untrusted.fence import run_token
from scenario.agent_adapter import AgentAdapter
from scenario.errors import ModelCallError
from scenario.types import AgentInput, AgentReturnTypes, AgentRole, Message, ScenarioResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario._judge.inquiry import Inquiry
    from scenario._judge.verdict import Verdict
    from scenario._tracing import JudgeSpanCollector

__all__ = ["JudgeAgent"]

_logger = logging.getLogger("scenario")


class _NotGiven(float):
    """The default temperature: equal to 0.0, and told from a 0.0 that somebody passed."""


_TEMPERATURE = _NotGiven(0.0)


class JudgeAgent(AgentAdapter):
    """Decides, from the conversation and the agent's traces, whether every criterion is met.

    During automatic progress it is asked once per turn and may let the conversation go on. An explicit
    `judge()` step and the last turn demand a verdict. Without criteria it never gives one.

    One instance may serve any number of runs at once: it keeps nothing of a run.

    Args:
        criteria: statements that must hold for the scenario to succeed.
        model: `provider/name`; default: the configured `default_model`.
        api_base: endpoint of the model.
        api_key: key for it.
        temperature: sampling temperature.
        max_tokens: limit of each reply.
        system_prompt: replaces the system message; rules, scenario and criteria then open the user message.
        span_collector: source of the agent's spans; default: the collector of the process.
        token_threshold: size of the trace digest, in estimated tokens, above which only its structure is
            shown.
        max_discovery_steps: model calls that may look into spans before a verdict is forced.
        include_audio: whether audio is attached; default: when there is audio and the model takes it.
        include_timeline: whether voice events are shown; default: when there is audio.
        include_traces: whether traces are shown; default: when tracing is set up.
        **extra_params: further parameters of every model call (`timeout`, `num_retries`, `headers`, ...).

    Raises:
        ModelNotConfiguredError: there is no model anywhere.
        TypeError: `criteria` is a string, or another value is of the wrong kind.
        ValueError: a criterion is blank or no string, or a number is negative.
    """

    role = AgentRole.JUDGE

    def __init__(
        self,
        *,
        criteria: list[str] | None = None,
        model: str | None = None,
        api_base: str | None = None,
        api_key: str | None = None,
        temperature: float = _TEMPERATURE,
        max_tokens: int | None = None,
        system_prompt: str | None = None,
        span_collector: JudgeSpanCollector | None = None,
        token_threshold: int = DEFAULT_TOKEN_THRESHOLD,
        max_discovery_steps: int = 10,
        include_audio: bool | None = None,
        include_timeline: bool | None = None,
        include_traces: bool | None = None,
        **extra_params: Any,
    ) -> None:
        counts: dict[str, Any] = {
            "token_threshold": token_threshold,
            "max_discovery_steps": max_discovery_steps,
        }
        for name, number in counts.items():
            if not isinstance(number, int):
                raise TypeError(f"{name} must be an integer, got {number!r}")
            if number < 0:
                raise ValueError(f"{name} must be at least 0, got {number!r}")
        prompt: Any = system_prompt
        if prompt is not None and not isinstance(prompt, str):
            raise TypeError(f"system_prompt must be a text, got {prompt!r}")
        warn_about_misspelt_keywords(
            type(self).__name__, extra_params, JudgeAgent.__init__.__kwdefaults__ or ()
        )
        self._settings = resolve_settings(
            type(self).__name__,
            model=model,
            api_base=api_base,
            api_key=api_key,
            temperature=None if temperature is _TEMPERATURE else temperature,
            max_tokens=max_tokens,
            extra_params=extra_params,
        )
        self.criteria = checked_criteria([] if criteria is None else criteria)
        self.model = self._settings.model
        self.api_base = self._settings.api_base
        self.api_key = self._settings.api_key
        self.temperature = self._settings.temperature
        self.max_tokens = self._settings.max_tokens
        self.system_prompt = system_prompt
        self.include_audio = include_audio
        self.include_timeline = include_timeline
        self.include_traces = include_traces
        self._span_collector = span_collector
        self._token_threshold = token_threshold
        self._max_discovery_steps = max_discovery_steps

    async def call(self, input: AgentInput) -> AgentReturnTypes:
        """Judge the conversation so far.

        Returns:
            A `ScenarioResult`, or `[]` when the scenario goes on.

        Raises:
            ModelCallError: the provider refused the call or could not be reached.
            ModelResponseError: the provider answered with nothing.
        """
        state, request = input.scenario_state, input.judgment_request
        asked = request.criteria if request else None
        criteria = checked_criteria(self.criteria if asked is None else asked)
        if not criteria:
            return _without_criteria(input.messages) if request else []
        forced = request is not None or state.is_last_turn
        if not forced and state.current_turn + 1 < state.config.min_turns:
            return []
        note_on_call_span("scenario.judge.forced", forced)
        case = Case(
            description=state.description,
            criteria=tuple(criteria),
            context=request.context if request else None,
            forced=forced,
            last_turn=state.is_last_turn,
        )
        verdict = await self._verdict(await self._inquiry(case, input))
        if verdict is None or (verdict.is_undecided and not forced):
            return []
        return verdict.result(input.messages)

    def effective_include_audio(self, conversation_has_audio: bool) -> bool:
        """Return whether audio is attached.

        Args:
            conversation_has_audio: whether a message holds audio.
        """
        if not conversation_has_audio:
            return False
        return takes_audio(self.model) if self.include_audio is None else self.include_audio

    def effective_include_timeline(self, conversation_has_audio: bool) -> bool:
        """Return whether voice events are shown.

        Args:
            conversation_has_audio: whether a message holds audio.
        """
        return conversation_has_audio if self.include_timeline is None else self.include_timeline

    def effective_include_traces(self, otel_configured: bool) -> bool:
        """Return whether traces are shown.

        Args:
            otel_configured: whether there is a tracer provider with the judge's collector attached.
        """
        return otel_configured if self.include_traces is None else self.include_traces

    async def _inquiry(self, case: Case, input: AgentInput) -> Inquiry:
        inquiry = await make_inquiry(
            case,
            await self._record(input),
            Style(
                token=run_token(input.thread_id),
                window=await prompt_window(self._settings),
                token_threshold=self._token_threshold,
                system_prompt=self.system_prompt,
            ),
        )
        suspects = inquiry.evidence.suspects
        note_on_call_span("scenario.judge.structure_only", inquiry.shows_structure_only)
        note_on_call_span("scenario.judge.injection_suspected", bool(suspects))
        if suspects:
            _logger.warning("text aimed at the judge is in the evidence: %s", listed(suspects))
        return inquiry

    async def _record(self, input: AgentInput) -> Record:
        state, audible = input.scenario_state, has_audio(input.messages)
        spans, dropped = None, 0
        # A collector of the judge's own is there to be read, whatever provider feeds it.
        if self.effective_include_traces(self._span_collector is not None or tracing_is_set_up()):
            spans, dropped = await spans_of_agent(input.thread_id, self._span_collector)
        return Record(
            messages=input.messages,
            rollbacks=state.rollbacks,
            spans=spans,
            dropped_spans=dropped,
            events=state.timeline if self.effective_include_timeline(audible) else (),
            with_audio=self.effective_include_audio(audible),
        )

    async def _verdict(self, inquiry: Inquiry) -> Verdict | None:
        try:
            return await self._decide(inquiry.case, inquiry.evidence.fingerprint, inquiry)
        except UnreadableReplyError as error:
            if error.forced:
                return unreadable_verdict(inquiry.case.criteria, error.defect)
            _logger.warning("the judge's model gave no readable reply and the scenario goes on: %s", error)
            return None

    @cache(ignore=["inquiry"])  # it holds the run's token; `case` and `evidence` stand for it
    async def _decide(self, case: Case, evidence: str, inquiry: Inquiry) -> Verdict | None:
        try:
            return await self._ask(inquiry)
        except ModelCallError as error:
            if not inquiry.has_audio or not may_refuse_audio(error):
                raise
            _logger.warning(
                "%s does not take the recordings; the judge goes by the text: %s", self.model, error
            )
            return await self._ask(inquiry.without_audio())

    async def _ask(self, inquiry: Inquiry) -> Verdict | None:
        dialogue = Dialogue(self._settings, inquiry.prompt, inquiry.case)
        return await dialogue.verdict(inquiry.lookup(), self._max_discovery_steps)

    def _cache_fingerprint(self) -> dict[str, Any]:
        return {
            "class": type(self).__qualname__,
            "settings": self._settings.fingerprint(),
            "criteria": self.criteria,
            "system_prompt": self.system_prompt,
            "token_threshold": self._token_threshold,
            "max_discovery_steps": self._max_discovery_steps,
        }


def _without_criteria(messages: Sequence[Message]) -> ScenarioResult:
    return ScenarioResult(
        success=False,
        messages=list(messages),
        reasoning="There are no criteria to judge: give the judge some, or pass them to the judge() step.",
    )
