"""`offline/players` as a model: a request in, an answer with its usage out."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from scenario._model.offline.analyst import aggregate, analyse
from scenario._model.offline.attacker import attack, plan
from scenario._model.offline.judge import judge
from scenario._model.offline.prompt import text_of
from scenario._model.offline.roles import Role, role_of
from scenario._model.offline.scorer import score
from scenario._model.offline.user import speak
from scenario.types import ModelResponse, ToolCall, Usage

if TYPE_CHECKING:
    from scenario.types import ModelRequest

_LARGE = 100_000  # bytes of a prompt from which reading it is left to a thread


async def answer(request: ModelRequest) -> ModelResponse:
    """Answer a request as the part that its prompt asks for; the same request gives the same answer.

    Args:
        request: any chat completion request; prompts of no known form are answered as the simulated user.

    Returns:
        Text, or for a judge's prompt one call of `finish_test` or `continue_test`; tokens are estimated as
        a quarter of the bytes.
    """
    size = _size(request)
    play = asyncio.to_thread(_play, request) if size > _LARGE else None
    reply = _play(request) if play is None else await play
    calls = (reply,) if isinstance(reply, ToolCall) else ()
    text = None if isinstance(reply, ToolCall) else _clean(reply)
    written = (text or "") + "".join(call.name + call.arguments for call in calls)
    return ModelResponse(
        text=text,
        tool_calls=calls,
        finish_reason="tool_calls" if calls else "stop",
        usage=Usage(
            calls=1, input_tokens=_tokens(size), output_tokens=_tokens(len(written.encode(errors="replace")))
        ),
        model=request.model,
    )


def _play(request: ModelRequest) -> str | ToolCall:
    match role_of(request):
        case Role.JUDGE:
            return judge(request)
        case Role.SCORER:
            return score(request)
        case Role.ANALYST:
            return analyse(request)
        case Role.AGGREGATOR:
            return aggregate(request)
        case Role.PLANNER:
            return plan(request)
        case Role.ATTACKER:
            return attack(request)
        case Role.USER:
            return speak(request)


def _size(request: ModelRequest) -> int:
    texts = sum(len(text_of(m.get("content")).encode(errors="replace")) for m in request.messages)
    return texts + (len(json.dumps(list(request.tools), default=_plain).encode()) if request.tools else 0)


def _clean(text: str) -> str:
    # A prompt may hold half of a surrogate pair; an answer that quotes it could not be sent on.
    return text.encode(errors="replace").decode()


def _plain(value: Any) -> str:
    return type(value).__name__


def _tokens(size: int) -> int:
    return -(-size // 4)
