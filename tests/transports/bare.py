"""An adapter without a transport: what the shared rooms need of one."""

from __future__ import annotations

from scenario.voice._line.ends import NoLine
from scenario.voice.adapters.base import VoiceAgentAdapter


class Notices(NoLine):
    """A line that keeps the notices."""

    def __init__(self) -> None:
        self.notices: list[tuple[str, object]] = []

    def notice(self, type, *, name=None, args=None, result=None, metadata=None) -> None:
        self.notices.append((type, metadata))


class BareAdapter(VoiceAgentAdapter):
    def __init__(self) -> None:
        self._line = Notices()

    async def connect(self) -> None: ...
    async def disconnect(self) -> None: ...
    async def send_audio(self, chunk) -> None: ...
    async def recv_audio(self, timeout):
        raise TimeoutError
