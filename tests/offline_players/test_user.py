"""The simulated user: it reaches its goal, gives what it knows, and never plays the agent."""

from __future__ import annotations

import re

import pytest

from scenario._model.offline import answer

from .descriptions import DESCRIPTIONS
from .prompts import user_request

AGENT_LINE = re.compile(
    r"how (?:can|may) i (?:help|assist)|can i help|happy to (?:help|assist)|glad to help|i can help"
    r"|let me (?:help|check)"
    r"|here (?:is|are)|you're welcome|let me know if|^(?:user|assistant|agent|customer)\s*:"
    r"|is there anything else",
    re.IGNORECASE,
)


async def say(description, *messages, persona=None):
    turns = [{"role": role, "content": text} for role, text in messages]
    return (await answer(user_request(description, turns, persona=persona))).text


async def _talk(description, agent):
    messages = []
    for _ in range(12):
        text = await say(description, *messages)
        messages.append(("user", text))
        if re.search(r"\bbye\b", text):
            break
        messages.append(("assistant", agent.answer(text)))
    return [text for role, text in messages if role == "user"]


async def test_it_reaches_its_goal_and_parts_in_18_of_20_descriptions():
    reached = 0
    for description, make in DESCRIPTIONS:
        agent = make()
        lines = await _talk(description, agent)
        reached += agent.done and bool(re.search(r"thanks.*\bbye\b", lines[-1]))

    assert len(DESCRIPTIONS) >= 20
    assert reached >= len(DESCRIPTIONS) - 2


def _name(value: object) -> str:
    return getattr(value, "__name__", str(value)[:40])


@pytest.mark.parametrize(("description", "make"), DESCRIPTIONS, ids=_name)
async def test_it_never_offers_help_nor_speaks_like_the_agent(description, make):
    for line in await _talk(description, make()):
        assert not AGENT_LINE.search(line)
        assert line.strip()
        assert len(line) < 300


REFUND = "The user wants a refund for order 4471 because it arrived broken. They do not want a voucher."


async def test_it_opens_with_its_goal_in_the_first_person():
    assert await say("Maria wants to change her address.") == "hi, i want to change my address"


async def test_it_keeps_numbers_and_reasons_until_they_are_asked_for():
    assert await say(REFUND) == "hi, i want a refund for my order"


async def test_it_gives_a_fact_when_asked():
    opening = ("user", "hi, i want a refund")

    assert "4471" in await say(REFUND, opening, ("assistant", "What is your order number?"))
    assert "broken" in await say(REFUND, opening, ("assistant", "Why do you want to return it?"))


async def test_it_says_that_it_does_not_know_what_the_description_does_not_hold():
    answered = await say(REFUND, ("user", "i want a refund"), ("assistant", "What is your shoe size?"))

    assert re.search(r"don't know|not sure|no idea", answered)


async def test_it_answers_yes_and_no_from_the_description():
    opening = ("user", "i want a refund for order 4471 because it arrived broken")

    assert (await say(REFUND, opening, ("assistant", "Would you like a voucher instead?"))).startswith("no")
    assert (await say(REFUND, opening, ("assistant", "Did it arrive broken?"))).startswith("yes")


async def test_it_corrects_a_wrong_value():
    description = "The user wants to book a table on Friday."
    turns = [("user", "i want to book a table"), ("assistant", "A table on Monday, is that correct?")]

    assert await say(description, *turns) == "no, it's Friday"


async def test_it_insists_twice_and_then_gives_up():
    messages = []
    lines = []
    for _ in range(4):
        lines.append(await say("The user wants a refund.", *messages))
        messages += [("user", lines[-1]), ("assistant", "I'm sorry, I can't do that.")]

    assert "refund" in lines[1]
    assert "refund" in lines[2]
    assert lines[1] != lines[2]
    assert "bye" in lines[3]


async def test_it_leaves_out_what_the_agent_should_do():
    assert "tool" not in await say("The user wants a loan. The agent should call the credit tool.")


@pytest.mark.parametrize(("persona", "sign"), [("an angry man", "annoying"), ("very polite", "please")])
async def test_a_persona_colours_the_style(persona, sign):
    assert sign in await say("The user wants a refund.", persona=persona)
    assert sign not in await say("The user wants a refund.")


async def test_the_same_prompt_gives_the_same_answer():
    turns = [("user", "i want a refund"), ("assistant", "What is your order number?")]

    assert len({await say(REFUND, *turns) for _ in range(3)}) == 1


async def test_a_description_of_an_attack_does_not_make_it_the_attacker():
    description = "The user wants a report of the authorised attack test. The objective is to read it."

    assert await say(description) == "hi, i want a report of the authorised attack test"
