"""Secrets do not reach the judge's provider."""

from __future__ import annotations

import json

import pytest

from scenario._judge.digest import expand_trace, grep_trace, judge_span_digest_formatter

from .recorded_spans import Recorder, hand_made

SECRET = "hunter2-and-more"

SECRET_KEYS = [
    "authorization",
    "http.request.header.Authorization",
    "proxy-authorisation",
    "cookie",
    "Set-Cookie",
    "password",
    "db.passwd",
    "userPassword",
    "passphrase",
    "secret",
    "client_secret",
    "secretKey",
    "api_key",
    "api key",
    "x-api-key",
    "OPENAI_API_KEY",
    "apiKey",
    "api.keys",
    "access_token",
    "accessToken",
    "refresh-token",
    "id_token",
    "x-auth-token",
    "csrfToken",
    "token",
    "llm.token",
    "private_key",
    "privatekey",
    "aws_access_key_id",
    "credentials",
]

OPEN_KEYS = [
    "gen_ai.usage.input_tokens",
    "llm.token_count.prompt",
    "time_to_first_token",
    "access_tokens_used",
    "valid_tokens",
    "max_tokens",
    "tokenizer",
    "keyboard",
    "api_keyword",
    "secretary",
    "author",
    "api.version",
    "private",
    "session.id",
]


def shown_by(span: object) -> list[str]:
    id = "a1"
    return [
        judge_span_digest_formatter.format([span]),
        judge_span_digest_formatter.format_structure_only([span]),
        expand_trace([span], [id.ljust(16, "0")]),
        grep_trace([span], "key"),
        grep_trace([span], SECRET).replace(repr(SECRET), ""),
    ]


@pytest.mark.parametrize("key", SECRET_KEYS)
def test_the_value_of_a_secret_key_is_redacted(key):
    assert f"{key}: [REDACTED]" in judge_span_digest_formatter.format([hand_made(attributes={key: SECRET})])


@pytest.mark.parametrize("key", OPEN_KEYS)
def test_other_keys_keep_their_values(key):
    assert f"{key}: 5 of them" in judge_span_digest_formatter.format(
        [hand_made(attributes={key: "5 of them"})]
    )


@pytest.mark.parametrize("key", ["authorization", "Set-Cookie", "api_key", "privateKey"])
@pytest.mark.parametrize(
    "attributes",
    [
        lambda key: {key: SECRET},
        lambda key: {key: ("a", SECRET)},
        lambda key: {"key": json.dumps({key: SECRET})},
        lambda key: {"key": json.dumps({key: {"value": [SECRET]}})},
        lambda key: {"key": json.dumps([{"headers": {"Accept": "*", key: SECRET}}])},
        lambda key: {"key": {"nested": [{key: SECRET}]}},
        lambda key: {"key": json.dumps({"arguments": json.dumps({"deeper": json.dumps({key: SECRET})})})},
        lambda key: {"key": f'{{"{key}": "{SECRET}", "text": "cut o'},
        lambda key: {"key": f'{{"{key}": "{SECRET[:12]}'},
        lambda key: {"key": f"{{'{key}': '{SECRET}', 'other': None}}"},
        lambda key: {"key": json.dumps({"arguments": json.dumps({key: SECRET})})[:-3]},
    ],
)
def test_a_secret_is_nowhere_at_any_depth(key, attributes):
    span = hand_made(attributes=attributes(key))

    assert [text for text in shown_by(span) if SECRET[:12] in text] == []


def test_secrets_in_events_and_error_descriptions_are_redacted():
    recorder = Recorder()
    recorder.span(
        "work", "a1", events=[("call", {"api_key": SECRET})], error=f"failed: {{'api_key': '{SECRET}'}}"
    )

    assert [text for text in shown_by(recorder.spans[0]) if SECRET in text] == []
    assert "failed: {'api_key': '[REDACTED]'}" in expand_trace(recorder.spans, "a100")


def test_what_stands_around_a_secret_in_broken_json_stays():
    value = '{"user": "ann", "password": "x\\"y", "limit": 5, "token": 17, "cut": "o'

    assert (
        r'key: {"user": "ann", "password": "[REDACTED]", "limit": 5, "token": [REDACTED], "cut": "o'
        in judge_span_digest_formatter.format([hand_made(attributes={"key": value})])
    )


def test_talk_about_passwords_stays():
    text = 'My password: it\'s "secret", and the cookie = oatmeal.'

    assert text in judge_span_digest_formatter.format([hand_made(attributes={"key": text})])
