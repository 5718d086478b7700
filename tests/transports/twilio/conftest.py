"""A loopback Twilio with one number, and adapters that reach it; the home directory is a temporary one."""

from __future__ import annotations

import asyncio

import pytest

from scenario.voice import TwilioAgentAdapter
from tests.transports.peers.twilio import LoopbackTwilio

ACCOUNT, TOKEN = "AC0123456789", "token-of-the-account"
OURS, THEIRS = "+15550001111", "+15550002222"


class Echo:
    """Says what it hears, and keeps it."""

    is_speaking = False

    def __init__(self, call) -> None:
        self.heard = bytearray()
        self._call = call

    def hear(self, pcm: bytes) -> None:
        self.heard += pcm
        if self._call.legs:
            self._call.legs[-1].say(pcm)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
async def twilio():
    peer = LoopbackTwilio(ACCOUNT, TOKEN, Echo)
    peer.number_sid = peer.add_number(OURS, voice_url="https://production.example.test/voice")
    async with peer.serving():
        yield peer


@pytest.fixture
async def new_adapter(twilio):
    """Return a function that makes an adapter; all are disconnected at the end."""
    adapters: list[TwilioAgentAdapter] = []

    def make(**options) -> TwilioAgentAdapter:
        values = {
            "account_sid": ACCOUNT,
            "auth_token": TOKEN,
            "phone_number": OURS,
            "public_base_url": "https://tunnel.example.test",
            "http_port": 0,
            "base_url": twilio.url,
        }
        adapters.append(TwilioAgentAdapter(**{**values, **options}))
        return adapters[-1]

    yield make
    for adapter in adapters:
        await adapter.disconnect()


@pytest.fixture
async def adapter(twilio, new_adapter):
    """An adapter that is connected, and reached through a tunnel."""
    adapter = new_adapter()
    await connect(twilio, adapter)
    return adapter


async def connect(twilio, adapter) -> None:
    await adapter.connect()
    twilio.hosts["tunnel.example.test"] = adapter.bound_port


async def eventually(condition, seconds: float = 5.0):
    """Wait until a condition holds, and return what it returned."""
    async with asyncio.timeout(seconds):
        while not (value := condition()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return value
