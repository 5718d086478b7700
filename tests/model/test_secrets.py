from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario._model.secrets import redact, redact_exception, secrets_of
from scenario.types import ModelRequest


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Incorrect API key provided: sk-proj-abc_DEF123456.", "Incorrect API key provided: ***"),
        ("sent Authorization: Bearer abc.def", "sent Authorization: Bearer ***"),
        ("{'x-api-key': '0123456789'}", "{'x-api-key': '***'}"),
        ("https://me:word@host/v1", "https://***@host/v1"),
        ("GET /v1?key=0123456789&alt=x", "GET /v1?key=***&alt=x"),
        ("AIzaSyD-0123456789", "***"),
    ],
)
def test_what_looks_like_a_key_is_removed(text: str, shown: str) -> None:
    assert redact(text) == shown


@pytest.mark.parametrize(
    "text", ["the task_force was risk-free", "invalid authorization header", "max_tokens: 12345", "sk-12", ""]
)
def test_ordinary_words_stay(text: str) -> None:
    assert redact(text) == text


@given(secret=st.text("abcdefgh0123456789-_", min_size=6, max_size=40), before=st.text(), after=st.text())
def test_a_known_secret_never_survives(secret: str, before: str, after: str) -> None:
    assert secret not in redact(before + secret + after, [secret])


@given(st.text())
def test_any_text_can_be_redacted(text: str) -> None:
    assert isinstance(redact(text), str)


def test_the_secrets_of_a_request_are_its_key_its_headers_and_those_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SOME_API_KEY", "from-environment")
    request = ModelRequest(
        "openai/x",
        [],
        api_key="from-argument",
        params={
            "headers": {"Authorization": "Bearer from-header", "x-team": "not-secret"},
            "aws_secret": "from-extra",
        },
    )
    found = secrets_of(request)
    assert {"from-environment", "from-argument", "from-header", "from-extra"} <= found
    assert "not-secret" not in found


def test_an_exceptions_text_is_redacted_in_place() -> None:
    error = ValueError("key is hunter22", 5)
    error.message = "key is hunter22"  # type: ignore[attr-defined] - as SDK exceptions have
    redact_exception(error, ["hunter22"])
    assert error.args == ("key is ***", 5)
    assert error.message == "key is ***"  # type: ignore[attr-defined]
