from __future__ import annotations

import json

import pytest

from scenario._model.failures import read_failure


class SdkError(Exception):
    def __init__(self, **attributes: object) -> None:
        super().__init__("sdk")
        self.__dict__.update(attributes)


class TransportError(Exception):
    """As httpx and its relatives name theirs."""


class UnsupportedProtocol(TransportError):
    pass


class Response:
    def __init__(self, status_code: int, **headers: str) -> None:
        self.status_code = status_code
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def caused_by(cause: BaseException) -> Exception:
    error = SdkError()
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (SdkError(status_code=429), 429),
        (SdkError(code=503), 503),
        (SdkError(status=500), 500),
        (SdkError(response=Response(404)), 404),
        (SdkError(original_exception=SdkError(status_code=400)), 400),
        (caused_by(SdkError(status_code=502)), 502),
        (SdkError(code="invalid_api_key"), None),
        (SdkError(status_code=200), None),
        (SdkError(status_code=True), None),
    ],
)
def test_the_status_is_found_where_the_sdks_keep_it(error: Exception, status: int | None) -> None:
    assert read_failure(error).status_code == status


@pytest.mark.parametrize(
    "error",
    [
        *(SdkError(status_code=status) for status in (408, 429, 500, 502, 503, 504, 529)),
        TimeoutError(),
        ConnectionResetError(),
        TransportError(),
        caused_by(TransportError()),
        json.JSONDecodeError("cut", "{", 1),
    ],
)
def test_passing_trouble_is_retryable(error: Exception) -> None:
    assert read_failure(error).retryable


@pytest.mark.parametrize(
    "error",
    [
        *(SdkError(status_code=status) for status in (400, 401, 403, 404, 409, 422)),
        UnsupportedProtocol(),
        ValueError("a bug"),
        caused_by(ValueError("a bug")),
    ],
)
def test_lasting_trouble_is_not(error: Exception) -> None:
    assert not read_failure(error).retryable


def test_the_exception_during_whose_handling_the_call_was_made_does_not_count() -> None:
    error = ValueError("a bug")
    error.__context__ = SdkError(status_code=503)
    assert not read_failure(error).retryable


def test_retry_after_is_found_in_the_headers_of_the_response() -> None:
    assert read_failure(SdkError(response=Response(429, retry_after="3"))).retry_after == 3.0
    assert read_failure(SdkError(response=Response(429, retry_after_ms="250"))).retry_after == 0.25
    assert read_failure(SdkError(litellm_response_headers={"retry-after": "4"})).retry_after == 4.0
    assert read_failure(SdkError(response=Response(429))).retry_after is None


def test_the_cause_is_the_sdks_own_exception() -> None:
    original = SdkError()
    assert read_failure(SdkError(original_exception=original)).cause is original
    assert read_failure(original).cause is original
