"""What the token says, as LiveKit's own verifier reads it."""

from __future__ import annotations

import jwt
import pytest
from livekit.api import TokenVerifier

from scenario.voice.adapters._livekit.token import room_token

_SECRET = "a secret of at least 32 characters"


def read(token: str, secret: str = _SECRET):
    return TokenVerifier("key", secret).verify(token)


def make(**options):
    return room_token("key", _SECRET, room="support", identity="caller", **options)


def test_it_lets_the_caller_speak_listen_and_send_data_in_one_room():
    claims = read(make())
    assert claims.identity == "caller"
    assert (claims.video.room_join, claims.video.room) == (True, "support")
    assert (claims.video.can_publish, claims.video.can_subscribe, claims.video.can_publish_data) == (
        True,
    ) * 3


def test_it_grants_nothing_else():
    grants = jwt.decode(make(), options={"verify_signature": False})["video"]
    assert grants == {
        "roomJoin": True, "room": "support", "canPublish": True, "canSubscribe": True, "canPublishData": True,
    }  # fmt: skip


def test_it_is_good_for_an_hour():
    claims = jwt.decode(make(), options={"verify_signature": False})
    assert claims["exp"] - claims["nbf"] == 3600
    assert claims["iss"] == "key"


def test_it_is_signed_with_the_secret():
    with pytest.raises(jwt.InvalidSignatureError):
        read(make(), "another secret of over 32 characters")


def test_it_sends_the_named_agent_into_the_room_with_the_metadata():
    claims = read(make(agent_name="receptionist", metadata='{"caller": 7}'))
    (dispatch,) = claims.room_config.agents
    assert (dispatch.agent_name, dispatch.metadata) == ("receptionist", '{"caller": 7}')
    assert claims.metadata == '{"caller": 7}'


def test_without_a_name_nobody_is_sent():
    assert read(make()).room_config is None


def test_it_is_not_shown():
    assert repr(make()) == "'***'"
