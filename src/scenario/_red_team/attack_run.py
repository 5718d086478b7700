"""One red-team run: what is known of it, and what happens in each exchange."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import random
from typing import TYPE_CHECKING, Any, Literal

from scenario._red_team.attack_source import AttackDesk
from scenario._red_team.attacker import Attacker
from scenario._red_team.backtracking import is_worth_withdrawing, memory_of, withdraw
from scenario._red_team.evaluator import Evaluator
from scenario._red_team.exchange import Exchange
from scenario._red_team.fencing import prompt_token
from scenario._red_team.hooks import phase_of, technique_ids, template_variables
from scenario._red_team.injector import Injector
from scenario._red_team.plan import checked_plan, plan_prompt
from scenario._red_team.record import RedTeamRecord
from scenario._red_team.telemetry import load_tracing, red_team_span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario._red_team.models import RedTeamModels
    from scenario._red_team.options import Options
    from scenario._red_team.telemetry import RedTeamSpan
    from scenario.scenario_state import ScenarioState
    from scenario.types import AgentInput, Message

_log = logging.getLogger("scenario")
_REFUSAL = 200  # characters of a refusal that are kept


class AttackRun:
    """The state of a single run and its steps.

    Attributes:
        exchanges: the exchanges so far.
        scores: exchange to score; `None` where the scorer failed.
        backtracks: what was taken back after refusals.
        injections: which attacks were encoded.
        plan: the attack plan; `None` before it is made.
        disputed: the judge passed although the objective seemed to be reached.

    Args:
        options: what is to be done.
        models: the models.
        seed: of every draw.
        plan: a ready attack plan.
    """

    def __init__(self, options: Options, models: RedTeamModels, *, seed: int, plan: str | None) -> None:
        self.exchanges: list[Exchange] = []
        self.scores: dict[int, int | None] = {}
        self.backtracks: list[dict[str, Any]] = []
        self.injections: list[dict[str, Any]] = []
        self.plan = plan
        self.disputed = False
        self.options = options
        self._models = models
        self._seed = seed
        self._rng = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self._injector = Injector(options.injection_probability, options.techniques, self._rng)
        self._attacker = Attacker(models, max_retries=options.max_attacker_retries)
        self._source = options.strategy.begin()
        self._thread_id: str | None = None
        self._memory: Literal["adapter", "history_only"] = "history_only"
        self._last_refusal = ""
        self._lock = asyncio.Lock()  # calls that come at once still make one plan
        self._context = contextvars.copy_context()

    async def attack(self, input: AgentInput) -> str:
        """Finish the exchange before, and return the next attack as it is to be sent.

        Raises:
            RuntimeError: this state belongs to another run, or a method of the strategy failed.
            ModelResponseError: the attacker's model gave nothing usable.
            ValueError: the plan's template has an unknown placeholder.
        """
        self._bind(input)
        async with self._lock:
            await load_tracing()
            number = len(self.exchanges) + 1
            with red_team_span("call", turn=number, total_turns=self.options.total_turns) as span:
                description = input.scenario_state.description
                await self._make_plan(description)
                await self._evaluate(input.messages)
                backtracked = self._clear_the_way(input.scenario_state)
                exchange = await self._next_exchange(number, description, len(input.scenario_state.messages))
                self.exchanges.append(exchange)
                self._describe(span, exchange, backtracked=backtracked)
            # What is evaluated later, outside of any call, belongs to this one: its span, its usage.
            self._context = contextvars.copy_context()
            return exchange.sent

    async def evaluate_last(self, messages: Sequence[Message]) -> None:
        """Evaluate the last exchange, if that is still to be done.

        Args:
            messages: the conversation as it stands.
        """
        if self._pending() is not None:
            loop = asyncio.get_running_loop()
            await loop.create_task(self._evaluate_alone(messages), context=self._context)

    def streak(self) -> list[int]:
        """Return the newest scores if they say that the objective is reached, else nothing."""
        threshold = self.options.success_score
        length = min(self.options.success_confirm_turns, self.options.total_turns)
        newest = [score for score in self.scores.values() if score is not None][-length:]
        reached = threshold is not None and len(newest) == length and min(newest) >= threshold
        return newest if reached else []

    def record(self) -> RedTeamRecord:
        """Return what there is to report so far."""
        evaluations = [exchange.evaluation for exchange in self.exchanges if exchange.evaluation]
        return RedTeamRecord(
            strategy=type(self.options.strategy).__name__,
            target=self.options.target,
            total_turns=self.options.total_turns,
            exchanges=len(self.exchanges),
            attacker_model=self._models.attacker.model,
            metaprompt_model=self._models.metaprompt_model,
            seed=self._seed,
            success_score=self.options.success_score,
            scores=dict(self.scores),
            backtracks=tuple(self.backtracks),
            memory=self._memory,
            injections=tuple(self.injections),
            techniques_used={exchange.number: exchange.technique_ids for exchange in self.exchanges},
            attack_plan=self.plan or "",
            parse_failures=self._attacker.counts.parse_failures,
            scorer_failures=sum(evaluation.scorer_failed for evaluation in evaluations),
            attacker_refusals=self._attacker.counts.refusals,
            disputed=self.disputed,
            judge_injection_suspected=any(evaluation.injection_suspected for evaluation in evaluations),
            attacks={exchange.number: exchange.sent for exchange in self.exchanges},
            pending=self._pending() is not None,
        )

    def _bind(self, input: AgentInput) -> None:
        if self._thread_id is None:
            self._thread_id = input.thread_id
            self._memory = memory_of(input.scenario_state)
        elif self._thread_id != input.thread_id:
            raise RuntimeError(
                "this RedTeamAgent has already attacked in another run, and its scores and history belong to "
                "that one; create a fresh agent for each run"
            )

    async def _make_plan(self, description: str) -> None:
        strategy, options = self.options.strategy, self.options
        if self.plan is not None or not strategy.needs_metaprompt_plan:
            return
        model = self._models.metaprompt_model
        with red_team_span("generate_attack_plan", metaprompt_model=model, strategy=type(strategy).__name__):
            prompt = plan_prompt(
                options.metaprompt_template,
                target=options.target,
                description=description,
                total_turns=options.total_turns,
                variables=template_variables(strategy, options.total_turns),
            )
            response = await self._models.plan(prompt)
            self.plan = checked_plan(response.text, model=model, finish_reason=response.finish_reason)

    # An exchange

    def _clear_the_way(self, state: ScenarioState) -> bool:
        """Take the last exchange back where that is due; return whether a refusal was taken back."""
        if not self.exchanges:
            return False
        last = self.exchanges[-1]
        if self.options.strategy.history_mode == "fresh":
            if len(self.exchanges) == 1 and self._memory == "history_only":
                _log.warning(
                    "each attack begins a fresh conversation, but the agent under test may remember the ones "
                    "before: give its adapter `async def on_rollback(self, removed_messages, thread_id)`"
                )
            withdraw(last, state)
            return False
        if len(self.backtracks) >= self.options.max_backtracks or not is_worth_withdrawing(last):
            return False
        removed = withdraw(last, state)
        if removed is None:
            return False
        last.withdrawn = True
        self.backtracks.append(
            {
                "turn": last.number,
                "attack": last.attack,
                "refusal": last.response[:_REFUSAL],
                "messages": removed,
            }
        )
        return True

    async def _next_exchange(self, number: int, description: str, position: int) -> Exchange:
        self._attacker.begin_exchange()
        output = await self._source.next_attack(self._desk(number, description))
        injection = self._injector.draw(output.reply)
        if injection.technique is not None:
            self.injections.append({"turn": number, "technique": injection.technique})
        return Exchange(
            number=number,
            output=output,
            sent=injection.text,
            position=position,
            technique_ids=technique_ids(self.options.strategy, output),
            injection=injection.technique,
        )

    def _desk(self, number: int, description: str) -> AttackDesk:
        return AttackDesk(
            strategy=self.options.strategy,
            target=self.options.target,
            description=description,
            plan=(self.plan or "") if self.options.strategy.needs_metaprompt_plan else "",
            exchange=number,
            total_turns=self.options.total_turns,
            finished=tuple(self.exchanges),
            scores=self.scores,
            last_refusal=self._last_refusal,
            backtracks_left=self._backtracks_left(),
            remembers=self._memory == "history_only",
            spoken=self.options.spoken,
            rng=self._rng,
            token=self._token("attacker"),
            token_limit=self.options.history_token_limit,
            attacker=self._attacker,
            grade=self._grade,
        )

    def _backtracks_left(self) -> int:
        return self.options.max_backtracks - len(self.backtracks)

    def _token(self, purpose: str) -> str:
        return prompt_token(purpose, self._thread_id or "")

    async def _grade(self, prompt: str) -> str:
        return (await self._models.grade(prompt, self._token("scorer"))).text or ""

    # Its evaluation

    def _pending(self) -> Exchange | None:
        last = self.exchanges[-1] if self.exchanges else None
        return last if last is not None and last.evaluation is None else None

    async def _evaluate_alone(self, messages: Sequence[Message]) -> None:
        async with self._lock:
            await self._evaluate(messages)

    async def _evaluate(self, messages: Sequence[Message]) -> None:
        exchange = self._pending()
        if exchange is None:
            return
        place = exchange.find(messages)
        exchange.messages = [] if place is None else list(messages[place + 1 :])
        evaluator = Evaluator(
            target=self.options.target,
            scores=self.options.score_responses,
            fast=self.options.fast_refusal_detection,
            detector=self.options.refusal_detector,
            token=self._token("scorer"),
            ask=self._grade,
        )
        with red_team_span("evaluate", turn=exchange.number) as span:
            evaluation = await evaluator.evaluate(exchange, self.exchanges[:-1])
            span.set(
                score=evaluation.score,
                refusal__kind=evaluation.refusal.kind,
                refusal__confidence=evaluation.refusal.confidence,
                refusal__source=evaluation.refusal.source,
                scorer_failed=evaluation.scorer_failed,
                chosen_technique_ids=exchange.technique_ids,
            )
        exchange.evaluation = evaluation
        if self.options.score_responses:
            self.scores[exchange.number] = evaluation.score
        if evaluation.refusal.kind != "none":
            self._last_refusal = exchange.response
        _log.debug(
            "red team, exchange %d: score %s, refusal %s",
            exchange.number,
            evaluation.score,
            evaluation.refusal.kind,
        )

    def _describe(self, span: RedTeamSpan, exchange: Exchange, *, backtracked: bool) -> None:
        options, strategy, output = self.options, self.options.strategy, exchange.output
        counts = self._attacker.counts
        phase, staged = phase_of(strategy, exchange.number, options.total_turns)
        span.set(
            progress=min(1.0, exchange.number / options.total_turns),
            strategy=type(strategy).__name__,
            target=options.target,
            did_backtrack=backtracked,
            backtracks_remaining=self._backtracks_left(),
            last_response_score=self.scores.get(exchange.number - 1),
            phase=phase if staged else None,
            progress_bucket=None if staged else phase,
            reasoning__observation=output.observation,
            reasoning__strategy=output.strategy,
            reasoning__parse_failed=output.parse_failed,
            parse_failure_count=counts.parse_failures,
            chosen_technique_ids=exchange.technique_ids,
            injection__technique=exchange.injection,
            seed=self._seed,
            attacker_retries=counts.retries,
            attacker_refused=counts.refused,
        )
        _log.debug("red team, exchange %d: attack %r", exchange.number, exchange.sent[:_REFUSAL])
