"""An adapter without a transport: what the shared rooms need of one."""

from __future__ import annotations

from scenario.voice._clock import VirtualClock
from scenario.voice._line.ends import NoLine
from scenario.voice.adapters.base import VoiceAgentAdapter


class Notices(NoLine):
    """A line that keeps the notices."""

    def __init__(self) -> None:
        self.notices: list[tuple[str, object]] = []

    def notice(self, type, *, name=None, args=None, result=None, metadata=None) -> None:
        self.notices.append((type, metadata))


class VirtualLine(Notices):
    """The same in virtual time."""

    def __init__(self) -> None:
        super().__init__()
        self._clock = VirtualClock()

    @property
    def clock(self) -> VirtualClock:
        return self._clock


class BareAdapter(VoiceAgentAdapter):
    def __init__(self) -> None:
        self._scenario_line = Notices()

    async def connect(self) -> None: ...
    async def disconnect(self) -> None: ...
    async def send_audio(self, chunk) -> None: ...
    async def recv_audio(self, timeout):
        raise TimeoutError
