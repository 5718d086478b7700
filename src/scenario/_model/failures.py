"""What went wrong in a model call, read from the exception of whatever SDK raised it."""

from __future__ import annotations

from dataclasses import dataclass
from json import JSONDecodeError
from typing import TYPE_CHECKING, Any

from scenario._retry_after import parse_retry_after

if TYPE_CHECKING:
    from collections.abc import Iterator

_RETRYABLE_STATUS = frozenset({408, 425, 429})
# The SDKs share no base class and are not imported here, so their transport errors are known by name.
_CONNECTION_ERRORS = frozenset(
    {
        "TransportError",
        "APIConnectionError",
        "ClientConnectionError",
        "ConnectionError",
        "EndpointConnectionError",
    }
)
_NOT_WORTH_A_RETRY = frozenset({"UnsupportedProtocol", "LocalProtocolError", "InvalidURL"})


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed attempt.

    Attributes:
        status_code: HTTP status of the answer, if there was one.
        retryable: whether the same request may work later.
        retry_after: seconds after which the provider asks to come back.
        cause: the SDK's own exception.
    """

    status_code: int | None
    retryable: bool
    retry_after: float | None
    cause: BaseException


def read_failure(error: Exception) -> Failure:
    """Describe the exception that ended an attempt."""
    chain = list(_chain(error))
    status = next((found for item in chain if (found := status_of(item)) is not None), None)
    return Failure(
        status_code=status,
        retryable=_is_retryable(chain, status),
        retry_after=next((found for item in chain if (found := _retry_after(item)) is not None), None),
        cause=original_of(error),
    )


def original_of(error: Exception) -> Exception:
    """Return the SDK's own exception where any-llm has wrapped it."""
    original: object = getattr(error, "original_exception", None)
    return original if isinstance(original, Exception) else error


def status_of(error: BaseException) -> int | None:
    """Return the HTTP status that an exception carries, if it carries one of an error."""
    for holder in (error, getattr(error, "response", None)):
        for name in ("status_code", "status", "code"):
            value: object = getattr(holder, name, None)
            if type(value) is int and 400 <= value < 600:
                return value
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    item: BaseException | None = error
    while item is not None and id(item) not in seen:
        seen.add(id(item))
        yield item
        item = getattr(item, "original_exception", None) or item.__cause__


def _is_retryable(chain: list[BaseException], status: int | None) -> bool:
    if status is not None:
        return status >= 500 or status in _RETRYABLE_STATUS
    names = {base.__name__ for item in chain for base in type(item).__mro__}
    if names & _NOT_WORTH_A_RETRY:
        return False
    # A body that is no JSON was cut or garbled on its way, like a lost connection.
    lost = (TimeoutError, ConnectionError, JSONDecodeError)
    return bool(names & _CONNECTION_ERRORS) or any(isinstance(item, lost) for item in chain)


def _retry_after(error: BaseException) -> float | None:
    # litellm keeps the provider's headers beside a response object without any.
    holders: tuple[Any, ...] = (
        getattr(error, "litellm_response_headers", None),
        getattr(getattr(error, "response", None), "headers", None),
    )
    for headers in holders:
        if headers is not None:
            seconds = parse_retry_after(headers.get("retry-after"), headers.get("retry-after-ms"))
            if seconds is not None:
                return seconds
    return None
