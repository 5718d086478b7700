"""The backend for providers that any-llm does not know: `litellm`, of the extra of the same name."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from scenario._model.backends.answers import read_answer
from scenario._model.backends.service_loop import run_on_service_loop
from scenario._model.limits import DELIVERY_PARAMS, limits_of
from scenario._model.loading import load_once
from scenario._model.prices import load_price_list

if TYPE_CHECKING:
    from types import ModuleType

    from scenario.types import ModelRequest, ModelResponse

_PRICE_LIST_SWITCH = "LITELLM_LOCAL_MODEL_COST_MAP"


async def answer(request: ModelRequest) -> ModelResponse:
    """Answer one request; exceptions are litellm's."""
    litellm: Any = await load_once("litellm", _load)
    params = {name: value for name, value in request.params.items() if name not in DELIVERY_PARAMS}
    given = {
        "tools": [dict(tool) for tool in request.tools] or None,
        "tool_choice": request.tool_choice,
        "response_format": request.response_format,
        "temperature": request.temperature,
        "max_tokens": request.max_tokens,
        "api_base": request.api_base,
        "api_key": request.api_key,
        # The caller's time-out comes first; litellm's own, ten minutes by default, must not undercut it.
        "timeout": (limits_of(request).timeout or 86_400.0) + 60.0,
    }
    arguments = {name: value for name, value in given.items() if value is not None} | params
    call = litellm.acompletion(
        model=request.model, messages=list(request.messages), num_retries=0, max_retries=0, **arguments
    )
    # A client of the user belongs to the user's loop. Everything else runs on one loop, because litellm keeps
    # clients, connections and logging tasks for the whole process and leaves them open when a loop ends.
    completion = await (call if "client" in params else run_on_service_loop(call))
    return read_answer(completion, request)


def _load() -> ModuleType:
    load_price_list()
    # Without the switch, importing litellm fetches a price list from the network.
    before = os.environ.get(_PRICE_LIST_SWITCH)
    os.environ[_PRICE_LIST_SWITCH] = "True"
    try:
        import litellm
    finally:
        if before is None:
            del os.environ[_PRICE_LIST_SWITCH]
        else:
            os.environ[_PRICE_LIST_SWITCH] = before
    return litellm
