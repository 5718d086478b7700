"""OpenAI, and every endpoint that speaks its protocol, through the official SDK alone.

Most calls go here, so this path is kept short. any-llm would call the same SDK, but imports those of other
providers too (0.7 s at the first call). And the SDK's typed methods walk all tools and messages at each call,
which is a quarter of its CPU; its documented `post` sends a body as it is.
"""

from __future__ import annotations

import inspect
import os
from typing import TYPE_CHECKING, Any

from scenario._model.backends.answers import read_answer
from scenario._model.backends.tls import tls_context
from scenario._model.clients import held_client
from scenario._model.limits import DELIVERY_PARAMS
from scenario._model.loading import load_once
from scenario._model.names import split_model
from scenario._model.prices import load_price_list
from scenario._model.secrets import redact
from scenario.errors import ModelResponseError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenario.types import ModelRequest, ModelResponse

_CLIENT_OPTIONS = ("default_headers", "default_query", "http_client", "organization", "project")
_PER_CLIENT = 64
"""Calls under way at once that share a client: each looks through all connections of its pool."""


class _Client:
    """A held client, and how many calls it has under way."""

    def __init__(self, sdk: Any, *, own: bool, options: Mapping[str, Any]) -> None:
        """Hold the SDK's client; only an `own` one is closed, not one that the user gave or shares."""
        self.sdk = sdk
        self.calls = 0
        self._own = own
        self._options = options  # kept alive, because the client is found again by their identity

    async def aclose(self) -> None:
        """Close the connections."""
        if self._own:
            await self.sdk.close()


async def answer(request: ModelRequest) -> ModelResponse:
    """Answer one request; exceptions are the SDK's."""
    await load_once("openai", _load)
    params = {name: value for name, value in request.params.items() if name not in DELIVERY_PARAMS}
    users_client = params.pop("client", None)
    options = {name: params.pop(name) for name in _CLIENT_OPTIONS if name in params}
    client = await _free_client(request, users_client, options)
    headers: dict[str, str] = {
        **(params.pop("headers", None) or {}),
        **(params.pop("extra_headers", None) or {}),
    }
    query: dict[str, Any] = params.pop("extra_query", None) or {}
    body = _body(request, params)
    client.calls += 1
    try:
        sent = client.sdk.post(
            "/chat/completions",
            cast_to=_chat_completion(),
            body=body,
            options={"headers": headers, "params": query} if headers or query else {},
        )
        if not inspect.isawaitable(sent):
            raise TypeError(f"the parameter 'client' must be an openai.AsyncOpenAI, got {users_client!r}")
        completion: Any = await sent
    finally:
        client.calls -= 1
    return _read(completion, request)


async def _free_client(request: ModelRequest, users_client: Any, options: dict[str, Any]) -> _Client:
    """Return a client with room for a call; a user's own one always has it."""
    key = (
        "openai",
        request.api_base,
        request.api_key,
        os.environ.get("OPENAI_API_KEY"),
        os.environ.get("OPENAI_BASE_URL"),
        id(users_client),
        tuple((name, id(value)) for name, value in options.items()),
    )
    number = 0
    while True:
        client = await held_client((*key, number), lambda: _new_client(request, users_client, options))
        if client.calls < _PER_CLIENT or users_client is not None or "http_client" in options:
            return client
        number += 1


def _new_client(request: ModelRequest, users_client: Any, options: dict[str, Any]) -> _Client:
    if users_client is not None:
        return _Client(users_client, own=False, options=options)
    import openai

    arguments = dict(options)
    if "http_client" not in options:
        # The attempt's own time-out holds; a second one underneath could only cut it short.
        arguments["http_client"] = openai.DefaultAsyncHttpxClient(verify=tls_context(), timeout=None)
    # Attempts are counted in one place only.
    sdk: Any = openai.AsyncOpenAI(
        api_key=request.api_key, base_url=request.api_base, max_retries=0, timeout=None, **arguments
    )
    # The SDK reads the platform once per client, in a thread of the event loop's executor, which would stay
    # with the loop: one more thread for every run that has a loop of its own.
    if hasattr(sdk, "_platform"):
        sdk._platform = _platform()  # noqa: SLF001  # see above; the SDK only asks whether it is set
    return _Client(sdk, own="http_client" not in options, options=options)


def _body(request: ModelRequest, params: dict[str, Any]) -> dict[str, Any]:
    limit = "max_completion_tokens" if request.api_base is None else "max_tokens"
    given = {
        "tools": [dict(tool) for tool in request.tools] or None,
        "tool_choice": request.tool_choice,
        "response_format": request.response_format,
        "temperature": request.temperature,
        limit: request.max_tokens,
    }
    further: dict[str, Any] = params.pop("extra_body", None) or {}
    return {
        "model": split_model(request.model)[1],
        "messages": list(request.messages),
        **{name: value for name, value in given.items() if value is not None},
        **params,
        **further,
    }


def _read(completion: Any, request: ModelRequest) -> ModelResponse:
    try:
        if hasattr(completion, "choices"):
            return read_answer(completion, request)
        cause = None
    except (AttributeError, TypeError) as error:
        cause = error
    # Status 200, and not what it should be: a web page, say.
    raise ModelResponseError(
        f"{request.model!r} answered with something that is not a chat completion; check the api_base "
        f"(it is {redact(str(request.api_base))!r})",
        model=request.model,
    ) from cause


def _load() -> None:
    import openai

    load_price_list()  # each answer needs it
    # The first client imports more modules; that belongs into this thread, too.
    openai.DefaultAsyncHttpxClient(verify=tls_context())
    _platform()
    _chat_completion()


def _chat_completion() -> Any:
    from openai.types.chat import ChatCompletion

    return ChatCompletion


def _platform() -> Any:
    from openai._base_client import get_platform

    return get_platform()
