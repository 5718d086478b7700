"""The dialogue with the judge's model: one call, and corrective ones after a malformed reply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario._judge.call_span import note_on_call_span
from scenario._judge.reply import Finish, Malformed, read_reply
from scenario._judge.tools import FORCE_FINISH, verdict_tools
from scenario._judge.verdict import read_verdict
from scenario._model import complete

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario._judge.case import Case
    from scenario._judge.verdict import Verdict
    from scenario._model import ModelSettings
    from scenario.types import Message, ModelResponse

_CORRECTIVE_CALLS = 2
_LONGEST_QUOTE = 8_000  # characters of a malformed reply shown to its author


class UnreadableReplyError(Exception):
    """The model gave no readable reply; `defect` says what was wrong with the last one."""

    def __init__(self, defect: str) -> None:
        self.defect = defect
        super().__init__(f"the judge's last reply {defect}")


async def ask_for_verdict(settings: ModelSettings, prompt: Sequence[Message], case: Case) -> Verdict | None:
    """Return the model's verdict, or `None` when it lets the conversation go on.

    Args:
        settings: the judge's model.
        prompt: the messages to start with.
        case: what is to be decided.

    Raises:
        UnreadableReplyError: the reply was malformed, and so were those to the corrective calls.
        ModelCallError: the provider refused the call or could not be reached.
        ModelResponseError: the provider answered with nothing.
    """
    messages = prompt
    tools = verdict_tools(case.criteria, forced=case.forced)
    tool_choice = FORCE_FINISH if case.forced else "required"
    retries = 0
    while True:
        note_on_call_span("scenario.judge.retries", retries)
        response = await complete(settings.request(messages, tools=tools, tool_choice=tool_choice))
        reply = read_reply(response, forced=case.forced)
        if isinstance(reply, Finish):
            return read_verdict(reply, case.criteria)
        if not isinstance(reply, Malformed):
            return None
        if retries == _CORRECTIVE_CALLS:
            raise UnreadableReplyError(reply.defect)
        retries += 1
        messages = [
            *messages,
            {"role": "assistant", "content": _quoted(response)},
            {"role": "user", "content": _correction(reply.defect, forced=case.forced)},
        ]


def _correction(defect: str, *, forced: bool) -> str:
    wanted = "finish_test" if forced else "finish_test or continue_test"
    return f"Your reply {defect}. It does not count. Call {wanted} with arguments that match its schema."


def _quoted(response: ModelResponse) -> str:
    calls = [f"[tool_call: {call.name}({call.arguments})]" for call in response.tool_calls]
    text = "\n".join(part for part in (response.text, *calls) if part)
    return text[:_LONGEST_QUOTE] or "(an empty reply)"
