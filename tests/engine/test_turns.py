"""Whose turn it is: core 2.1."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scenario._engine.turns import TurnBoard
from scenario.types import AgentRole

USER, AGENT, JUDGE = AgentRole.USER, AgentRole.AGENT, AgentRole.JUDGE


def test_a_turn_has_the_order_user_agent_judge():
    board = TurnBoard([JUDGE, AGENT, USER])
    assert [board.take_automatic() for _ in range(4)] == [2, 1, 0, None]


def test_several_agents_of_one_role_act_in_list_order():
    board = TurnBoard([AGENT, USER, AGENT])
    assert [board.take_automatic() for _ in range(4)] == [1, 0, 2, None]


def test_agent_user_agent_uses_turns_0_1_1():
    board = TurnBoard([USER, AGENT, JUDGE])
    turns = []
    for role in (AGENT, USER, AGENT):
        board.take_scripted(role)
        turns.append(board.current_turn)
    assert turns == [0, 1, 1]


def test_two_scripted_steps_of_one_agent_use_two_turns():
    board = TurnBoard([AGENT])
    board.take_scripted(AGENT)
    board.take_scripted(AGENT)
    assert board.current_turn == 1


def test_two_agents_of_one_role_share_a_turn():
    board = TurnBoard([AGENT, AGENT])
    assert [board.take_scripted(AGENT), board.take_scripted(AGENT)] == [0, 1]
    assert board.current_turn == 0


def test_fixed_content_of_a_role_without_agents_takes_an_imaginary_slot():
    board = TurnBoard([AGENT])
    assert board.take_scripted(USER) is None
    assert board.current_turn == 0
    assert board.take_scripted(USER) is None
    assert board.current_turn == 1


def test_a_judge_never_opens_a_turn_and_acts_again_without_a_free_slot():
    board = TurnBoard([USER, AGENT, JUDGE])
    assert [board.take_judge(), board.take_judge(), board.take_judge()] == [2, 2, 2]
    assert board.current_turn == 0


def test_a_judge_step_closes_user_and_agent_for_the_turn():
    board = TurnBoard([USER, AGENT, JUDGE])
    board.take_judge()
    assert board.turn_is_over()
    assert board.take_automatic() is None


def test_the_turn_is_over_when_no_agent_can_act_any_more():
    board = TurnBoard([USER, AGENT])
    assert not board.turn_is_over()
    board.take_scripted(AGENT)
    assert board.turn_is_over()


def test_opening_a_turn_restores_roles_and_slots():
    board = TurnBoard([USER, AGENT, JUDGE])
    board.take_judge()
    board.open_turn()
    assert [board.take_automatic() for _ in range(3)] == [0, 1, 2]


@given(
    roles=st.lists(st.sampled_from(list(AgentRole)), max_size=6),
    steps=st.lists(st.sampled_from([USER, AGENT, None]), max_size=40),
)
def test_no_position_acts_twice_in_a_turn_and_the_turn_number_never_falls(roles, steps):
    board = TurnBoard(roles)
    acted: dict[int, list[int]] = {}
    turn = 0
    for role in steps:
        position = board.take_automatic() if role is None else board.take_scripted(role)
        assert board.current_turn >= turn
        turn = board.current_turn
        if position is not None:
            acted.setdefault(turn, []).append(position)
            assert role is None or roles[position] is role
    for positions in acted.values():
        assert len(positions) == len(set(positions))
