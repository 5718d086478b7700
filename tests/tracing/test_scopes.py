"""Filters by instrumentation scope (judge part, 9)."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from scenario._tracing import scenario_only, with_custom_scopes

from .span_helpers import built_span


@pytest.mark.parametrize("scope", ["langwatch", "scenario", "scenario.red_team", "scenario.voice.track"])
def test_the_frameworks_scopes_pass(scope):
    assert scenario_only(built_span("span", 1, scope=scope)) is True


@pytest.mark.parametrize("scope", ["app", "scenarios", "scenario_x", "langwatch.x", "Scenario", "", None])
def test_other_scopes_do_not_pass(scope):
    assert scenario_only(built_span("span", 1, scope=scope)) is False


def test_named_scopes_pass_besides_the_frameworks():
    span_filter = with_custom_scopes("my_app.agent", "openai")

    assert span_filter(built_span("span", 1, scope="my_app.agent"))
    assert span_filter(built_span("span", 1, scope="openai"))
    assert span_filter(built_span("span", 1, scope="scenario"))
    assert not span_filter(built_span("span", 1, scope="my_app.agent.tool"))
    assert not span_filter(built_span("span", 1, scope="my_app"))


def test_without_named_scopes_only_the_frameworks_pass():
    assert with_custom_scopes()(built_span("span", 1, scope="scenario"))
    assert not with_custom_scopes()(built_span("span", 1, scope="app"))


def test_the_older_property_gives_the_scope_when_the_newer_is_empty():
    span = SimpleNamespace(instrumentation_scope=None, instrumentation_info=SimpleNamespace(name="langwatch"))

    assert scenario_only(span)


def test_a_span_without_any_scope_is_of_scope_unknown():
    assert with_custom_scopes("unknown")(built_span("span", 1, scope=None))
