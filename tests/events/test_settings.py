from __future__ import annotations

import logging
import sys
from types import SimpleNamespace

import pytest

from scenario._events.settings import drain_timeout, media_policy
from scenario._events.target import find_key, find_target
from scenario.config import LangWatchSettings


def test_a_run_waits_ten_seconds_by_default():
    assert drain_timeout() == 10.0


@pytest.mark.parametrize(("value", "seconds"), [("2.5", 2.5), ("0", 0.0), ("", 10.0)])
def test_the_wait_can_be_set(value: str, seconds: float, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SCENARIO_EVENT_DRAIN_TIMEOUT", value)
    assert drain_timeout() == seconds


@pytest.mark.parametrize("value", ["soon", "-1", "nan", "inf"])
def test_a_malformed_wait_is_reported_once(
    value: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setenv("SCENARIO_EVENT_DRAIN_TIMEOUT", value)
    with caplog.at_level(logging.WARNING, logger="scenario"):
        assert [drain_timeout(), drain_timeout()] == [10.0, 10.0]
    (record,) = caplog.records
    assert "SCENARIO_EVENT_DRAIN_TIMEOUT" in record.getMessage()
    assert repr(value) in record.getMessage()


def test_the_media_policy_can_be_set(monkeypatch: pytest.MonkeyPatch):
    assert media_policy() == "final"
    monkeypatch.setenv("SCENARIO_EVENT_MEDIA", "Always")
    assert media_policy() == "always"


def test_an_unknown_media_policy_is_reported_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setenv("SCENARIO_EVENT_MEDIA", "sometimes")
    assert [media_policy(), media_policy()] == ["final", "final"]
    assert len(caplog.records) == 1


def test_the_key_comes_from_the_settings():
    assert find_key(LangWatchSettings(api_key=" key\n")) == "key"


def test_the_key_of_an_imported_sdk_is_used(monkeypatch: pytest.MonkeyPatch):
    client = SimpleNamespace(Client=type("Client", (), {"_api_key": "sdk-key"}))
    monkeypatch.setitem(sys.modules, "langwatch.client", client)
    assert find_key(LangWatchSettings()) == "sdk-key"
    assert find_key(LangWatchSettings(api_key="own")) == "own"


@pytest.mark.parametrize(
    "module", [SimpleNamespace(), SimpleNamespace(Client=SimpleNamespace(_api_key=None))]
)
def test_an_sdk_that_was_not_set_up_has_no_key(module: object, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "langwatch.client", module)
    assert find_key(LangWatchSettings()) == ""


def test_the_sdk_is_never_imported():
    assert find_key(LangWatchSettings()) == ""
    assert not any(name.startswith("langwatch") for name in sys.modules)


@pytest.mark.parametrize(
    ("endpoint", "url"),
    [
        ("http://h:1", "http://h:1/api/scenario-events"),
        ("http://h:1///", "http://h:1/api/scenario-events"),
        ("https://h/base/", "https://h/base/api/scenario-events"),
        ("", "https://app.langwatch.ai/api/scenario-events"),
        ("  ", "https://app.langwatch.ai/api/scenario-events"),
    ],
)
def test_events_go_below_the_endpoint(endpoint: str, url: str):
    target = find_target(LangWatchSettings(endpoint=endpoint), "key")
    assert target is not None
    assert target.url == url


@pytest.mark.parametrize(
    "endpoint",
    [
        "nonsense",
        "ftp://h",
        "http://",
        "http://h:port",
        "http://h:99999",
        "http://[",
        "http://u:pw@h",
        "http://h?q",
    ],
)
def test_an_unusable_endpoint_is_reported_once_without_its_secrets(
    endpoint: str, caplog: pytest.LogCaptureFixture
):
    settings = LangWatchSettings(endpoint=endpoint)
    with caplog.at_level(logging.WARNING, logger="scenario"):
        assert find_target(settings, "key") is None
        assert find_target(settings, "key") is None
    (record,) = caplog.records
    assert "LANGWATCH_ENDPOINT" in record.getMessage()
    assert "pw" not in record.getMessage()


@pytest.mark.parametrize("key", ["ke\ny", "kéy", "two words"])
def test_a_key_that_no_header_can_hold_is_reported_without_showing_it(
    key: str, caplog: pytest.LogCaptureFixture
):
    assert find_target(LangWatchSettings(), key) is None
    assert "LANGWATCH_API_KEY" in caplog.text
    assert key not in caplog.text


def test_a_target_does_not_show_its_key():
    target = find_target(LangWatchSettings(), "secret-key")
    assert target is not None
    assert "secret-key" not in repr(target)
    assert target.redact("it was secret-key") == "it was ***"
