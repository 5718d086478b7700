from dataclasses import replace

import pytest

from scenario._dashboard.exchanges import (
    decisive_exchange,
    exchanges_of,
    failing_exchange,
    withdrawn_exchanges,
)
from scenario._report.document import ReportDocument

TALK = tuple(
    {"role": role, "content": text}
    for role, text in (
        ("system", "hello"),
        ("user", "a1"),
        ("assistant", "r1"),
        ("user", "a2"),
        ("assistant", "r2"),
        ("user", "a3"),
    )
)
RUN = ReportDocument(status="broke", messages=TALK)


def numbered(report):
    return [(exchange.number, exchange.attack, exchange.response) for exchange in exchanges_of(report)]


def test_exchanges_begin_where_the_report_says():
    report = replace(RUN, exchange_positions={2: 1, 5: 5})
    assert numbered(report) == [(0, "hello", ""), (2, "a1", "r1\nr2"), (5, "a3", "")]


def test_without_positions_each_user_message_begins_one_and_withdrawn_numbers_are_left_out():
    report = replace(RUN, backtracks=({"turn": 1}, {"turn": 3}))
    assert [number for number, *_ in numbered(report)] == [0, 2, 4, 5]


@pytest.mark.parametrize("positions", [{}, {1: 0}, {3: 1, 1: 5}])
def test_no_message_is_lost(positions):
    exchanges = exchanges_of(replace(RUN, exchange_positions=positions))
    assert tuple(message for exchange in exchanges for message in exchange.messages) == TALK


def test_no_conversation_has_no_exchange():
    assert exchanges_of(replace(RUN, messages=())) == []
    assert decisive_exchange(replace(RUN, messages=())) is None


def test_the_failing_exchange_is_decisive():
    exchange, name = decisive_exchange(replace(RUN, failing_turn_index=1))
    assert (exchange.attack, exchange.response, name) == ("a1", "r1", "Failing exchange (1)")


def test_the_first_breach_stands_in_for_a_missing_analysis():
    assert failing_exchange(replace(RUN, first_breach_turn=2)) == 2
    assert failing_exchange(replace(RUN, first_breach_turn=2, status="held")) is None


@pytest.mark.parametrize("report", [replace(RUN, status="held"), replace(RUN, failing_turn_index=9)])
def test_else_the_last_complete_one_is(report):
    exchange, name = decisive_exchange(report)
    assert (exchange.attack, name) == ("a2", "Last complete exchange (2)")


def test_a_failing_exchange_that_was_taken_back_is_found():
    entry = {"turn": 4, "attack": "x", "refusal": "y", "messages": [{"role": "user", "content": "a4"}]}
    exchange, _ = decisive_exchange(replace(RUN, failing_turn_index=4, backtracks=(entry,)))
    assert (exchange.attack, exchange.is_withdrawn) == ("a4", True)


@pytest.mark.parametrize("messages", [None, [], "text", [1, None], {}])
def test_a_withdrawn_exchange_without_messages_has_attack_and_refusal(messages):
    entry = {"turn": 1, "attack": "x", "refusal": "y", "messages": messages}
    [exchange] = withdrawn_exchanges(replace(RUN, backtracks=(entry,)))
    assert (exchange.number, exchange.attack, exchange.response) == (1, "x", "y")


@pytest.mark.parametrize("turn", [None, "1", [1], {}, 2.5])
def test_an_odd_turn_does_no_harm(turn):
    assert exchanges_of(replace(RUN, backtracks=({"turn": turn},)))
