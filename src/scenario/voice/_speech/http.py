"""How speech providers are called over HTTP: one client per event loop, time-out, retries, safe errors."""

from __future__ import annotations

import asyncio
import logging
import os
import re
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from scenario._model.backends.tls import tls_context
from scenario._model.clients import held_client
from scenario._model.secrets import redact
from scenario.voice._secret import Secret

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    import httpx

_logger = logging.getLogger("scenario")

TIMEOUT = 60.0  # seconds for one attempt
RETRIES = 2
FIRST_DELAY = 0.5  # seconds; doubled for each further attempt
_LONGEST_DELAY = 10.0
_LONGEST_BODY = 300

_MISSING_MODEL = re.compile(
    r"model_not_found|model.{0,80}(not (exist|found|available)|deprecated)", re.IGNORECASE | re.DOTALL
)


_keys: ContextVar[Mapping[str, Secret]] = ContextVar("scenario_voice_keys", default=MappingProxyType({}))


def key_of_provider(provider: str, variable: str) -> Secret:
    """Return the API key that stands in an environment variable.

    Raises:
        ValueError: it is not set.
    """
    if value := _keys.get().get(variable) or os.environ.get(variable):
        return Secret(value)
    raise ValueError(f"{provider} needs a key: set {variable}")


@contextmanager
def using_key(variable: str, key: str | None) -> Generator[None]:
    """Have `key` stand for an environment variable within the block; `None` changes nothing."""
    token = _keys.set({**_keys.get(), variable: Secret(key)} if key else _keys.get())
    try:
        yield
    finally:
        _keys.reset(token)


async def post(
    url: str,
    *,
    provider: str,
    headers: Mapping[str, str],
    model: str = "",
    variable: str = "",
    **body: Any,
) -> httpx.Response:
    """Send a request until it succeeds, at most three times.

    Time-outs are not tried again; busy and failing servers and broken connections are, after a pause.

    Args:
        url: where to.
        provider: whom errors name.
        headers: with the key; never shown.
        model: the model that is asked for, and
        variable: the environment variable that names another one, for the error when there is no such model.
        body: `json=`, or `data=` and `files=`, as httpx takes them.

    Raises:
        RuntimeError: it did not succeed. The text has the status only, the log at DEBUG the answer.
    """
    import httpx

    client = await held_client("voice.speech", _new_client)
    for attempt in range(RETRIES + 1):
        last = attempt == RETRIES
        delay = FIRST_DELAY * 2**attempt
        try:
            async with asyncio.timeout(TIMEOUT):
                response = await client.post(url, headers=dict(headers), **body)
        except (TimeoutError, httpx.ReadTimeout, httpx.WriteTimeout) as error:
            raise RuntimeError(f"{provider} did not answer within {TIMEOUT:g} s") from error
        except httpx.TransportError as error:
            if last:
                raise RuntimeError(f"{provider} cannot be reached: {type(error).__name__}") from error
        else:
            if response.is_success:
                return response
            _log(response, provider, headers)
            if last or not (response.status_code == 429 or response.status_code >= 500):
                raise RuntimeError(_problem(response, provider, model, variable))
            delay = max(delay, _retry_after(response))
        await asyncio.sleep(delay)
    raise AssertionError("the last attempt returns or raises")


def field_of(response: httpx.Response, name: str, provider: str) -> str:
    """Return a text of a JSON answer.

    Raises:
        RuntimeError: the answer has none.
    """
    try:
        value = response.json()[name]
    except (ValueError, KeyError, TypeError):
        value = None
    if isinstance(value, str):
        return value
    raise RuntimeError(f"{provider} answered without the text {name!r}")


def _new_client() -> httpx.AsyncClient:
    import httpx

    return httpx.AsyncClient(timeout=TIMEOUT, verify=tls_context())


def _problem(response: httpx.Response, provider: str, model: str, variable: str) -> str:
    text = f"{provider}: HTTP {response.status_code}"
    if response.status_code in (400, 403, 404) and variable and _MISSING_MODEL.search(response.text):
        return f"{text}: the model {model!r} was not found; set {variable} to one that your account has"
    return text


def _retry_after(response: httpx.Response) -> float:
    try:
        return min(float(response.headers.get("retry-after", "0")), _LONGEST_DELAY)
    except ValueError:  # a date
        return 0.0


def _log(response: httpx.Response, provider: str, headers: Mapping[str, str]) -> None:
    if not _logger.isEnabledFor(logging.DEBUG):
        return
    secrets = [value.removeprefix("Bearer ") for value in headers.values() if isinstance(value, Secret)]
    answer = redact(response.text, secrets)[:_LONGEST_BODY]
    _logger.debug("%s answered HTTP %d: %s", provider, response.status_code, answer)
