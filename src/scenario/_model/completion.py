"""`complete()`: one chat completion, whatever the provider."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from scenario._model.backends import backend_for
from scenario._model.failures import Failure, read_failure
from scenario._model.limits import CallLimits, backoff, limits_of
from scenario._model.loading import import_off_loop
from scenario._model.meter import current_meter
from scenario._model.names import provider_of
from scenario._model.refusals import refused_parameter, remember_refused, without, without_refused
from scenario._model.registry import registered_provider
from scenario._model.secrets import redact, redact_exception, secrets_of
from scenario._model.spans import call_span
from scenario.errors import ModelCallError, ModelResponseError, ScenarioError
from scenario.types import ModelResponse

if TYPE_CHECKING:
    from scenario._model.registry import ModelProvider
    from scenario.types import ModelRequest

logger = logging.getLogger("scenario.model")

_LONGEST_TEXT = 500


async def complete(request: ModelRequest) -> ModelResponse:
    """Send one request to its model and return the answer.

    Each attempt has a time-out (60 s, parameter `timeout`); rate limits, 5xx, lost connections and time-outs
    are tried again (twice, parameter `num_retries`) with growing pauses. A parameter that the model refuses
    is left out of the repeat and of later calls. Usage goes to the current `UsageMeter`, and a span
    surrounds the call.

    Raises:
        ModelCallError: the provider refused the call, broke off or did not answer in time.
        ModelResponseError: the answer holds no choice.
        MissingExtraError: the provider needs a package that is not installed.
        ValueError: `timeout` or `num_retries` is out of range.
    """
    limits = limits_of(request)
    answer = await backend_for(request)
    if provider_of(request.model) == "auto" and not registered_provider("auto"):
        # It chooses a model and calls `complete` with that one, which does all the rest.
        return await answer(request)
    await import_off_loop("opentelemetry.trace")
    with call_span(request) as span:
        response = await _persistently(answer, request, limits)
        span.answered(response)
    meter = current_meter()
    if meter is not None:
        meter.record(response.usage)
    return response


async def _persistently(answer: ModelProvider, request: ModelRequest, limits: CallLimits) -> ModelResponse:
    """Call `answer` until it answers, or fails in a way that another attempt will not mend."""
    refused: set[str] = set()
    failures = 0
    while True:
        sent = without(without_refused(request), refused)
        timer = asyncio.timeout(limits.timeout)
        try:
            async with timer:
                response = await answer(sent)
        except ScenarioError as error:
            if not (isinstance(error, ModelCallError) and error.retryable) or failures >= limits.num_retries:
                raise
            delay = backoff(failures + 1)
        except Exception as error:  # noqa: BLE001 - every SDK raises classes of its own
            parameter = refused_parameter(error, sent)
            if parameter is not None:
                refused.add(parameter)
                continue
            failure = read_failure(error)
            if not failure.retryable or failures >= limits.num_retries:
                late = limits.timeout if timer.expired() else None
                raise _call_error(request, failure, attempts=failures + 1, late=late) from failure.cause
            delay = backoff(failures + 1, failure.retry_after)
        else:
            if refused:
                remember_refused(request, refused)
            return _checked(response, request)
        failures += 1
        logger.info("%s: attempt %d failed, the next one comes in %.1f s", request.model, failures, delay)
        await asyncio.sleep(delay)


def _checked(response: Any, request: ModelRequest) -> ModelResponse:
    """Return what a provider answered; one that a user has registered may return anything."""
    if isinstance(response, ModelResponse):
        return response
    raise ModelResponseError(
        f"the provider of {request.model!r} must return a scenario.types.ModelResponse, got a "
        f"{type(response).__name__}: {response!r:.100}",
        model=request.model,
    )


def _call_error(
    request: ModelRequest, failure: Failure, *, attempts: int, late: float | None
) -> ModelCallError:
    secrets = secrets_of(request)
    redact_exception(failure.cause, secrets)
    text = f"no answer within {late:g} s" if late is not None else _shown(failure.cause, secrets)
    status = f"HTTP {failure.status_code}" if failure.status_code else type(failure.cause).__name__
    times = f" after {attempts} attempts" if attempts > 1 else ""
    hint = "; check the key of its provider" if failure.status_code in (401, 403) else ""
    return ModelCallError(
        f"the call of {request.model!r} failed{times} ({status}): {text}{hint}",
        model=request.model,
        status_code=failure.status_code,
        retryable=failure.retryable,
    )


def _shown(error: BaseException, secrets: set[str]) -> str:
    # Redacted before it is cut: half a key is still a secret.
    text = " ".join(redact(str(error), secrets).split()) or type(error).__name__
    return text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "..."
