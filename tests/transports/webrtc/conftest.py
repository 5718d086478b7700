"""A server of WebRTC agents on loopback."""

from __future__ import annotations

import pytest

from tests.transports.peers.webrtc import WebRTCServer


@pytest.fixture
async def server():
    async with WebRTCServer().serving() as server:
        yield server
