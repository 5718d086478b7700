"""However the attacker's answer is damaged, its notes never reach the target."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario._red_team.contract import shows_format
from scenario._red_team.strategies.goat import GoatStrategy
from scenario.errors import AgentCallError

from .campaigns import Cast, Target, goat, play, playing

NOTE = "NOTE-TO-SELF"
ANSWER = json.dumps(
    {
        "observation": f"{NOTE} it hesitates",
        "thought": f"{NOTE}, so",
        "strategy": f"{NOTE}: dual response",
        "techniques": ["DUAL_RESPONSE"],
        "reply": "two answers, please",
    },
    indent=1,
)
DAMAGE = st.lists(
    st.tuples(
        st.integers(0, len(ANSWER)),
        st.integers(0, 3),
        st.sampled_from(["", '"', "}", "{", ",", "\\", "\n", " x"]),
    ),
    max_size=6,
)


@given(
    DAMAGE, st.sampled_from(["", "Here is my answer: ", "```json\n", "[", "Sure!\n\n"]), st.integers(0, 40)
)
def test_a_damaged_answer_is_read_or_not_sent_at_all(damage, before, cut):
    text = ANSWER
    for place, length, inserted in damage:
        text = text[:place] + inserted + text[place + length :]
    output = GoatStrategy().parse_attacker_output(before + text[: len(text) - cut])

    assert NOTE not in output.reply or shows_format(output.reply)


@pytest.mark.parametrize(
    "raw",
    [
        ANSWER[: ANSWER.index('"reply"')],
        ANSWER.replace('"', "'"),
        ANSWER.replace('"observation"', "observation").replace("{\n", "Well: {"),
        f"**Observation:** {NOTE}\n**Reply:** hello",
        f"Observation: {NOTE}\n\nhello",
        f"<observation>{NOTE}</observation>\n<reply>hello</reply>",
        json.dumps([json.loads(ANSWER)["observation"], {"strategy": NOTE}]),
        json.dumps(ANSWER),
        ANSWER.replace('"reply": "two answers, please"', '"reply": null'),
        ANSWER.replace('"reply": "two answers, please"', f'"reply": {{"strategy": "{NOTE}"}}'),
        json.dumps({"observation": "", "reply": ANSWER}),
    ],
    ids=range(11),
)
async def test_in_a_run_the_target_never_reads_a_note(raw):
    class Damaged(Cast):
        def _attacker(self, request):
            return raw

    target, result = Target("We open at nine."), None
    with playing(Damaged()):
        try:
            result = await play(goat(total_turns=2), target)
        except AgentCallError as error:
            assert "did not keep the strategy's format" in str(error)  # noqa: PT017 - either is right

    assert NOTE not in json.dumps(target.inputs)
    assert result is None or NOTE not in json.dumps(result.messages)
