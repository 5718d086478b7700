"""Who acts when and sees what, for random casts and scripts, against an oracle of core 2.1 to 2.4."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

import scenario
from scenario import AgentRole
from scenario.errors import NoAgentForRoleError
from tests.engine.agents import texts

USER, AGENT, JUDGE = AgentRole.USER, AgentRole.AGENT, AgentRole.JUDGE
ORDER = [USER, AGENT, JUDGE]

casts = st.lists(st.sampled_from(ORDER), min_size=1, max_size=5)
steps = st.one_of(
    st.tuples(st.sampled_from(["user", "agent"]), st.sampled_from(["generated", "fixed"])),
    st.tuples(st.just("judge")),
    st.tuples(st.just("proceed"), st.integers(1, 3)),
    st.tuples(st.just("message"), st.sampled_from(["system", "tool", "user", "assistant"])),
)
scripts = st.lists(steps, max_size=8)


@dataclass
class Called:
    """One call of an agent: in which turn, which position, and which messages were new to it."""

    turn: int
    position: int
    new: list[str]


@dataclass
class Oracle:
    """The specification, word by word and slowly."""

    cast: list[AgentRole]
    turn: int = 0
    open: list[AgentRole] = field(default_factory=lambda: list(ORDER))
    used: set[int] = field(default_factory=set)
    imaginary_used: set[AgentRole] = field(default_factory=set)
    calls: list[Called] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    seen: dict[int, int] = field(default_factory=dict)
    own: list[tuple[int, str]] = field(default_factory=list)

    def new_turn(self):
        self.turn += 1
        self.open, self.used, self.imaginary_used = list(ORDER), set(), set()

    def free(self, role):
        return [i for i, other in enumerate(self.cast) if other is role and i not in self.used]

    def play(self, script):
        for step in script:
            match step:
                case ("user" | "agent" as name, content):
                    self.scripted(USER if name == "user" else AGENT, fixed=content == "fixed")
                case ("message", "user"):
                    self.scripted(USER, fixed=True)
                case ("message", "assistant"):
                    self.scripted(AGENT, fixed=True)
                case ("message", _):
                    self.say("fixed")
                case ("judge",):
                    self.judge()
                case ("proceed", turns):
                    self.proceed(turns)

    def scripted(self, role, *, fixed):
        if role not in self.cast:
            if not fixed:
                raise NoAgentForRoleError(role.value, "")
            if role not in self.open or role in self.imaginary_used:
                self.new_turn()
            self.close_before(role)
            self.imaginary_used.add(role)
            self.say("fixed")
            return
        self.close_before(role)
        if role not in self.open or not self.free(role):
            self.new_turn()
            self.close_before(role)
        position = self.free(role)[0]
        self.used.add(position)
        self.say("fixed") if fixed else self.call(position)

    def judge(self):
        if JUDGE not in self.cast:
            raise NoAgentForRoleError(JUDGE.value, "")
        self.close_before(JUDGE)
        free = self.free(JUDGE)
        position = free[0] if free else self.cast.index(JUDGE)
        self.used.add(position)
        self.call(position)

    def proceed(self, turns):
        if self.to_act():
            turns -= 1
            self.finish_turn()
        for _ in range(turns):
            self.new_turn()
            self.finish_turn()

    def finish_turn(self):
        # A role without agents that comes after the last one to act stays open for fixed content.
        while acting := self.to_act():
            self.close_before(self.cast[acting[0]])
            self.used.add(acting[0])
            self.call(acting[0])

    def to_act(self):
        return [position for role in self.open for position in self.free(role)]

    def close_before(self, role):
        self.open = [other for other in self.open if ORDER.index(other) >= ORDER.index(role)]

    def say(self, text, producer=None):
        self.said.append(text)
        self.own.append((producer, text))

    def call(self, position):
        since = self.seen.get(position, 0)
        new = [text for producer, text in self.own[since:] if producer != position]
        self.seen[position] = len(self.own)
        self.calls.append(Called(self.turn, position, new))
        self.say(f"call {len(self.calls)}", producer=position)


class Recorder(scenario.AgentAdapter):
    def __init__(self, position, role, calls):
        self.position, self.role, self.calls = position, role, calls

    async def call(self, input):
        self.calls.append(Called(input.scenario_state.current_turn, self.position, texts(input.new_messages)))
        return f"call {len(self.calls)}"


def built(step):
    match step:
        case ("user" | "agent" as name, content):
            return getattr(scenario, name)("fixed" if content == "fixed" else None)
        case ("message", role):
            return scenario.message({"role": role, "content": "fixed", "tool_call_id": "c"})
        case ("judge",):
            return scenario.judge()
        case ("proceed", turns):
            return scenario.proceed(turns=turns)
    raise AssertionError(step)


@settings(max_examples=500)
@given(cast=casts, script=scripts)
def test_every_cast_and_script_is_played_as_the_specification_says(cast, script):
    oracle, refused = Oracle(cast), False
    try:
        oracle.play(script)
    except NoAgentForRoleError:
        refused = True

    calls: list[Called] = []
    agents = [Recorder(position, role, calls) for position, role in enumerate(cast)]
    last = []

    def notes(state):
        last.extend([state.current_turn, texts(state.messages)])
        return scenario.succeed()()

    run = scenario.arun("n", "d", agents, max_turns=1000, script=[*map(built, script), notes])
    try:
        result = asyncio.run(run)
    except NoAgentForRoleError:
        assert refused
    else:
        assert not refused
        assert last == [oracle.turn, oracle.said]
        assert texts(result.messages) == oracle.said
    assert calls == oracle.calls


@settings(max_examples=200)
@given(cast=casts, limit=st.integers(1, 5), judged_in=st.integers(0, 6))
def test_automatic_turns_end_with_the_verdict_or_at_the_limit(cast, limit, judged_in):
    """Exactly `max_turns` turns are played; `on_turn` comes between turns, `on_step` after every call."""
    calls: list[Called] = []
    turns, after_steps = [], []

    class Judge(Recorder):
        async def call(self, input):
            await super().call(input)
            over = input.scenario_state.current_turn == judged_in
            return scenario.ScenarioResult(success=True, messages=[]) if over else []

    agents = [
        (Judge if role is JUDGE else Recorder)(position, role, calls) for position, role in enumerate(cast)
    ]
    proceed = scenario.proceed(
        on_turn=lambda state: turns.append(state.current_turn),
        on_step=lambda state: after_steps.append(len(calls)),
    )
    result = asyncio.run(scenario.arun("n", "d", agents, max_turns=limit, script=[proceed]))
    judged = JUDGE in cast and judged_in < limit
    played = judged_in + 1 if judged else limit
    assert result.success == judged
    assert sorted({call.turn for call in calls}) == list(range(played))
    assert turns == list(range(1, played if judged else limit + 1))
    assert after_steps == list(range(1, len(calls) + 1))
    if not judged:
        assert f"maximum turns ({limit})" in result.reasoning
