"""The model behind simulator and judge, over real HTTP: what is sent, what goes wrong, what it costs."""

from __future__ import annotations

import json
import logging

import pytest

import scenario
from scenario._model import limits, refusals
from scenario.errors import AgentCallError, ModelCallError, ModelResponseError
from tests.engine.agents import agent, texts
from tests.peers.openai_server import OpenAIServer, Reply

from .acting import plays

SECRET = "sk-test-0123456789abcdef"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Retries without pauses, and no refusals remembered from other tests."""
    monkeypatch.setattr(limits, "_FIRST_DELAY", 0.0)
    monkeypatch.setattr(refusals, "_refused", {})


def simulator(server, **more):
    return scenario.UserSimulatorAgent(
        model="openai/gpt-4.1-mini", api_base=server.base_url, api_key=SECRET, **more
    )


def examiner(server, *criteria, **more):
    return scenario.JudgeAgent(
        criteria=list(criteria), model="openai/gpt-4.1-mini", api_base=server.base_url, api_key=SECRET, **more
    )


async def one_user_turn(server, **more):
    return await scenario.arun(
        "n",
        "A user wants a refund.",
        [simulator(server, **more)],
        script=[scenario.user(), scenario.succeed()],
    )


async def test_a_simulator_is_shown_the_conversation_from_its_side_and_nothing_internal():
    async with OpenAIServer("thanks") as server:
        call = {"id": "c1", "type": "function", "function": {"name": "lookup", "arguments": "{}"}}
        script = [
            scenario.user("where is it?"),
            scenario.agent({"role": "assistant", "content": "I look.", "tool_calls": [call]}),
            scenario.message({"role": "tool", "tool_call_id": "c1", "content": "secret stock"}),
            scenario.user(),
            scenario.succeed(),
        ]
        result = await scenario.arun("n", "A user misses a parcel.", [simulator(server)], script=script)
        (request,) = server.requests
    assert result.messages[-1] | {"trace_id": None} == {"role": "user", "content": "thanks", "trace_id": None}
    sent = request.body["messages"]
    assert [message["role"] for message in sent] == ["system", "user", "assistant", "user"]
    assert sent[2:] == [
        {"role": "assistant", "content": "where is it?"},
        {"role": "user", "content": "I look."},
    ]
    assert "A user misses a parcel." in sent[0]["content"]
    assert {"tools", "tool_choice"} & set(request.body) == set()
    assert "trace_id" not in json.dumps(request.body)
    assert "secret stock" not in json.dumps(request.body)


@pytest.mark.parametrize("blank", [Reply(""), Reply("  \n"), Reply(None)], ids=["empty", "blank", "none"])
async def test_a_blank_answer_is_asked_for_once_more(blank):
    async with OpenAIServer([blank, "here I am"]) as server:
        result = await one_user_turn(server)
        assert texts(result.messages) == ["here I am"]
        assert len(server.requests) == 2


async def test_two_blank_answers_are_the_agents_error_with_class_model_and_reason():
    async with OpenAIServer(Reply("", finish_reason="content_filter")) as server:
        with pytest.raises(AgentCallError, match="UserSimulatorAgent") as caught:
            await one_user_turn(server)
        assert len(server.requests) == 2
    cause = caught.value.__cause__
    assert isinstance(cause, ModelResponseError)
    assert (cause.model, cause.finish_reason) == ("openai/gpt-4.1-mini", "content_filter")


@pytest.mark.parametrize("trouble", [Reply(status=429), Reply(status=503), Reply(fault="reset")])
async def test_passing_trouble_is_tried_again_twice(trouble):
    async with OpenAIServer([trouble, trouble, "at last"]) as server:
        assert texts((await one_user_turn(server)).messages) == ["at last"]
        assert len(server.requests) == 3


async def test_lasting_trouble_is_the_agents_error():
    async with OpenAIServer(Reply(status=500)) as server:
        with pytest.raises(AgentCallError) as caught:
            await one_user_turn(server)
        assert len(server.requests) == 3
    assert isinstance(caught.value.__cause__, ModelCallError)
    assert caught.value.__cause__.retryable


@pytest.mark.parametrize("status", [400, 401, 403, 404])
async def test_a_refusal_is_raised_at_once(status):
    async with OpenAIServer(Reply(status=status)) as server:
        with pytest.raises(AgentCallError) as caught:
            await one_user_turn(server)
        assert len(server.requests) == 1
    assert caught.value.__cause__.status_code == status


async def test_a_refused_parameter_is_left_out_once_for_all_and_said_once(caplog):
    caplog.set_level(logging.INFO)
    async with OpenAIServer(["one", "two"], refuses=["temperature"]) as server:
        script = [scenario.user(), scenario.agent("ok"), scenario.user(), scenario.succeed()]
        agents = [simulator(server, temperature=0.3)]
        result = await scenario.arun("n", "d", agents, script=script)
        assert texts(result.messages) == ["one", "ok", "two"]
        assert ["temperature" in request.body for request in server.requests] == [True, False, False]
    said = [record for record in caplog.records if "temperature" in record.getMessage()]
    assert len(said) == 1


async def test_time_outs_and_retries_can_be_set_as_extras():
    async with OpenAIServer(Reply(fault="hang")) as server:
        with pytest.raises(AgentCallError, match=r"no answer within 0\.2 s"):
            await one_user_turn(server, timeout=0.2, num_retries=0)
        assert len(server.requests) == 1
        assert {"timeout", "num_retries"} & set(server.requests[0].body) == set()


@pytest.mark.parametrize(
    "reply",
    [Reply(status=401, message=f"bad key {SECRET}"), Reply(status=500, message=f"upstream said {SECRET}")],
)
async def test_a_key_is_in_no_error_no_log_no_event_and_no_output(reply, caplog, capsys, endings):
    caplog.set_level(logging.DEBUG)
    async with OpenAIServer(reply) as server:
        executor = scenario.scenario_executor.ScenarioExecutor(
            "n", "d", [simulator(server)], [scenario.user()], verbose=2
        )
        seen = []
        executor.events.subscribe(seen.append)
        with pytest.raises(AgentCallError) as caught:
            await executor.run()
    everything = [str(caught.value), repr(caught.value.__cause__), caplog.text, *capsys.readouterr()]
    everything += [json.dumps(event.to_dict()) for event in seen]
    everything += [repr(outcome) for outcome in endings.outcomes]
    assert not [text for text in everything if SECRET in text]
    assert server.requests[0].headers["authorization"] == f"Bearer {SECRET}"


async def test_usage_and_cost_are_known_by_role_and_unknown_prices_are_none():
    def model(request):
        return plays(request.body.get("tools", ()), "and then?")

    async with OpenAIServer(model) as server:
        agents = [simulator(server), agent("ok"), examiner(server, "The agent answers")]
        result = await scenario.run("n", "d", agents, max_turns=2)
        usage = result.usage
        assert {role: part.calls for role, part in usage.by_role.items()} == {"User": 2, "Judge": 2}
        assert (usage.total.calls, usage.total.input_tokens) == (4, 80)
        assert (usage.total.cached_input_tokens, usage.total.output_tokens) == (16, 20)
        assert usage.total.cost_usd > 0

        unknown = scenario.UserSimulatorAgent(
            model="openai/no-such-model-x", api_base=server.base_url, api_key=SECRET
        )
        result = await scenario.run("n", "d", [unknown], script=[scenario.user(), scenario.succeed()])
        assert result.usage.total.cost_usd is None


async def test_every_criterion_reaches_the_judge_unchanged_and_duplicates_keep_their_own_verdicts():
    criteria = ["The agent is polite", "The agent is polite", "Der Agent hört zu", "x" * 300]

    def model(request):
        function = next(
            t["function"] for t in request.body["tools"] if t["function"]["name"] == "finish_test"
        )
        keys = list(function["parameters"]["properties"]["criteria"]["properties"])
        statuses = ["true", "false", "true", "inconclusive"]
        given = {
            key: {"reasoning": "r", "evidence": [], "status": status}
            for key, status in reversed(list(zip(keys, statuses, strict=True)))
        }
        return {"finish_test": {"criteria": given, "reasoning": "mixed", "verdict": "failure"}}

    async with OpenAIServer(model) as server:
        script = [scenario.user("hi"), scenario.agent("hello"), scenario.judge()]
        result = await scenario.arun("n", "d", [examiner(server, *criteria)], script=script)
        sent = json.dumps(server.requests[0].body, ensure_ascii=False)
    assert all(criterion in sent for criterion in criteria)
    assert not result.success
    assert [verdict.status for verdict in result.criteria] == ["true", "false", "true", "inconclusive"]
    assert result.passed_criteria == [criteria[0], criteria[2]]
    assert result.failed_criteria == [criteria[1], criteria[3]]
    assert result.inconclusive_criteria == [criteria[3]]


async def test_the_judge_must_decide_in_the_last_turn_and_only_then():
    def model(request):
        return plays(request.body.get("tools", ()), "and then?")

    async with OpenAIServer(model) as server:
        result = await scenario.arun(
            "n", "d", [simulator(server), agent("ok"), examiner(server, "c")], max_turns=4
        )
        judged = [request.body for request in server.requests if "tools" in request.body]
    assert result.success
    forced = [isinstance(body["tool_choice"], dict) for body in judged]
    assert forced == [False, False, False, True]


async def test_before_min_turns_the_judge_is_not_asked():
    def model(request):
        return plays(request.body.get("tools", ()), "and then?")

    async with OpenAIServer(model) as server:
        agents = [simulator(server), agent("ok"), examiner(server, "c")]
        await scenario.arun("n", "d", agents, max_turns=4, min_turns=3)
        asked = sum("tools" in request.body for request in server.requests)
    assert asked == 2


async def test_a_key_and_an_address_go_to_their_own_provider_only(monkeypatch):
    async with OpenAIServer("hi") as configured, OpenAIServer("hi") as other:
        scenario.configure(
            default_model=scenario.config.ModelConfig(
                model="mistral/large", api_base=configured.base_url, api_key="the-other-providers-key"
            )
        )
        agents = [
            scenario.UserSimulatorAgent(model="openai/gpt-4.1-mini", api_base=other.base_url, api_key=SECRET)
        ]
        await scenario.arun("n", "d", agents, script=[scenario.user(), scenario.succeed()])
        assert configured.requests == []
        assert "the-other-providers-key" not in json.dumps(dict(other.requests[0].headers))
