"""The default backend: `any-llm-sdk`, with the official SDK of each provider underneath."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from scenario._model.backends.answers import read_answer
from scenario._model.backends.sdks import sdk_of
from scenario._model.clients import held_client
from scenario._model.failures import original_of
from scenario._model.limits import DELIVERY_PARAMS
from scenario._model.names import any_llm_name, split_model
from scenario._model.narrowing import is_dict, is_sequence
from scenario._model.secrets import redact
from scenario.errors import ModelResponseError

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from any_llm import AnyLLM

    from scenario._model.backends.sdks import Sdk
    from scenario.types import ModelRequest, ModelResponse

_CLIENT_OPTIONS = frozenset(
    {"api_version", "azure_ad_token", "azure_ad_token_provider", "azure_endpoint"}
    | {"aws_access_key_id", "aws_secret_access_key", "aws_session_token", "profile_name", "region_name"}
    | {"credentials", "location", "organization", "project"}
    | {"default_headers", "default_query", "http_client", "http_options"}
)
"""Parameters that configure a provider's client; all others belong to the single call."""

_KEY_OF_OWN_CLIENT = "the key is in the client"


class _Client:
    """A held client of one provider."""

    def __init__(self, llm: AnyLLM, *, own: bool, options: Mapping[str, Any]) -> None:
        """Hold `llm`, which was made with `options`; only an `own` client is closed, not one of the user."""
        self.llm: Any = llm
        self._own = own
        self._options = options  # kept alive, because the client is found again by their identity

    async def aclose(self) -> None:
        client: Any = getattr(self.llm, "client", None)
        client = getattr(client, "aio", client)  # where Google's client keeps its asynchronous half
        # The SDKs agree on being context managers, not on the name of a method that closes.
        if self._own and hasattr(client, "__aexit__"):
            await client.__aexit__(None, None, None)


async def answer(request: ModelRequest) -> ModelResponse:
    """Answer one request; exceptions are the SDK's, converted to any-llm's classes."""
    provider = any_llm_name(request.model)
    sdk = await sdk_of(provider)
    params = {name: value for name, value in request.params.items() if name not in DELIVERY_PARAMS}
    users_client = params.pop("client", None)
    options = {name: params.pop(name) for name in _CLIENT_OPTIONS & params.keys()}
    key = (
        provider,
        request.api_base,
        request.api_key,
        os.environ.get(sdk.provider.ENV_API_KEY_NAME),
        os.environ.get(sdk.provider.ENV_API_BASE_NAME or ""),
        id(users_client),
        _hashable(options),
    )
    client = await held_client(key, lambda: _new_client(provider, sdk, request, users_client, options))
    arguments = _call_arguments(sdk, request, params)
    name = split_model(request.model)[1]
    try:
        completion: Any = await client.llm.acompletion(name, list(request.messages), **arguments)
    except Exception as error:
        cause = original_of(error)
        if not _is_about_the_answer(cause):
            raise
        hint = f"; check the api_base {redact(request.api_base)!r}" if request.api_base else ""
        text = f"{request.model!r} answered with something that is not a chat completion{hint}"
        raise ModelResponseError(text, model=request.model) from cause
    return read_answer(completion, request)


def _is_about_the_answer(error: Exception) -> bool:
    """Tell whether an SDK stumbled over an answer with status 200 that is no completion: a web page, say."""
    if isinstance(error, ValidationError):
        return error.title == "ChatCompletion"
    return isinstance(error, TypeError) and "not an async itera" in str(error)


def _new_client(
    provider: str, sdk: Sdk, request: ModelRequest, users_client: Any, options: Mapping[str, Any]
) -> _Client:
    from any_llm import AnyLLM

    arguments = dict(options)
    if sdk.new_http_client and users_client is None and "http_client" not in options:
        arguments["http_client"] = sdk.new_http_client()
    if sdk.provider.MAX_RETRIES_SUPPORT != "unsupported":
        arguments["max_retries"] = 0  # attempts are counted in one place only
    api_key = request.api_key or (_KEY_OF_OWN_CLIENT if users_client is not None else None)
    llm: Any = AnyLLM.create(
        provider, api_key=api_key, api_base=request.api_base, unified_exceptions=True, **arguments
    )
    if users_client is not None:
        llm.client = users_client  # the attribute in which any-llm's providers keep the SDK's client
    return _Client(llm, own=users_client is None and "http_client" not in options, options=options)


def _call_arguments(sdk: Sdk, request: ModelRequest, params: dict[str, Any]) -> dict[str, Any]:
    given = {
        "tools": [dict(tool) for tool in request.tools] or None,
        "tool_choice": request.tool_choice,
        "response_format": request.response_format,
        "temperature": request.temperature,
        "max_tokens": request.max_tokens,
    }
    arguments = {name: value for name, value in given.items() if value is not None} | params
    headers = arguments.pop("headers", None)
    if headers:
        arguments[sdk.headers] = {"headers": headers} if sdk.headers == "http_options" else headers
    if sdk.parameters is not None:
        unknown = {name: arguments.pop(name) for name in arguments.keys() - sdk.parameters}
        if unknown:
            arguments["extra_body"] = {**(request.params.get("extra_body") or {}), **unknown}
    return arguments


def _hashable(value: Any) -> Hashable:
    if is_dict(value):
        return tuple(sorted((name, _hashable(item)) for name, item in value.items()))
    if is_sequence(value):
        return tuple(_hashable(item) for item in value)
    return value if isinstance(value, (str, int, float, bool, type(None))) else id(value)
