"""An agent that is reached by telephone, over Twilio."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Literal

from scenario.types import AgentRole
from scenario.voice._secret import Secret, required_key
from scenario.voice.adapters._connection.urls import checked_url
from scenario.voice.adapters._twilio.numbers import checked_number, shortened
from scenario.voice.adapters._twilio.rest import API_URL
from scenario.voice.adapters.base import VoiceAgentAdapter
from scenario.voice.adapters.capabilities import AdapterCapabilities
from scenario.voice.errors import MissingVoiceDependencyError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scenario.voice._audio.chunk import AudioChunk
    from scenario.voice.adapters._twilio.calls import Mode
    from scenario.voice.adapters._twilio.connection import Connection
    from scenario.voice.adapters._twilio.media_stream import MediaStream

__all__ = ["TwilioAgentAdapter"]

_logger = logging.getLogger("scenario.voice")
_FORMATS = ["mulaw/8000"]


class TwilioAgentAdapter(VoiceAgentAdapter):
    """Talks to an agent by telephone: it calls the agent's number, or takes the agent's call.

    Twilio connects to a web server within this process, at `public_base_url`; `TwilioHarness` has a tunnel
    for that. After `connect()` the line is silent until `place_call()` or `wait_for_call()` has returned.

    Args:
        account_sid: of the Twilio account; default `TWILIO_ACCOUNT_SID`.
        auth_token: of the account, which signs what Twilio sends; default `TWILIO_AUTH_TOKEN`.
        phone_number: a number of the account, in E.164 form.
        public_base_url: where Twilio reaches our server, `https://`.
        allowed_callers: numbers whose calls are taken; `None` takes all, an empty list none.
        on_dtmf: is told each key that the other side presses.
        http_port: of our server; 0 takes a free one.
        role: whom the adapter plays.
        validate_signature: whether requests without a valid signature of Twilio are refused.
        http_host: address that our server listens on.
        api_key_sid: an API key for the REST interface instead of the auth token.
        api_key_secret: its secret.
        dtmf_mode: how keys are pressed: as tones in the media (`"inband"`) or by Twilio (`"rest"`), which
            interrupts the media for a moment.
        base_url: of the REST interface.

    Raises:
        ValueError: a number that is not in E.164 form, or an address that is none.
    """

    capabilities = AdapterCapabilities(
        dtmf=True, interruption=True, input_formats=_FORMATS, output_formats=_FORMATS
    )
    turn_end = "vad"
    paced = True
    continuous = True

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        phone_number: str,
        public_base_url: str | None = None,
        allowed_callers: Sequence[str] | None = None,
        on_dtmf: Callable[[str], object] | None = None,
        http_port: int = 8765,
        role: AgentRole = AgentRole.AGENT,
        validate_signature: bool = True,
        http_host: str = "127.0.0.1",
        api_key_sid: str | None = None,
        api_key_secret: str | None = None,
        dtmf_mode: Literal["inband", "rest"] = "inband",
        base_url: str = API_URL,
    ) -> None:
        if bool(api_key_sid) != bool(api_key_secret):
            raise ValueError("api_key_sid and api_key_secret belong together: give both or neither")
        if dtmf_mode not in ("inband", "rest"):
            raise ValueError(f"dtmf_mode must be 'inband' or 'rest', got {dtmf_mode!r}")
        self.account_sid = Secret(account_sid or "")
        self.auth_token = Secret(auth_token or "")
        self.api_key_sid = Secret(api_key_sid or "")
        self.api_key_secret = Secret(api_key_secret or "")
        self.phone_number = checked_number(phone_number, "phone_number")
        self.public_base_url = public_base_url and _checked(public_base_url, "public_base_url")
        self.allowed_callers = allowed_callers and [
            checked_number(number, "allowed_callers") for number in allowed_callers
        ]
        self.on_dtmf = on_dtmf
        self.http_host = http_host
        self.http_port = http_port
        self.role = role
        self.validate_signature = validate_signature
        self.dtmf_mode = dtmf_mode
        self.base_url = _checked(base_url, "base_url")
        self.live = asyncio.Event()
        """Set while a call is on the line."""
        self._connection: Connection | None = None
        if not validate_signature:
            _logger.warning(
                "TwilioAgentAdapter(validate_signature=False): whoever finds its address can pose as Twilio"
            )

    @property
    def bound_port(self) -> int | None:
        """The port that our server listens on; `None` when not connected."""
        return self._connection.server.port if self._connection is not None else None

    @property
    def mode(self) -> Mode:
        """`"answer"` after `wait_for_call()`, `"call"` after `place_call()`, before that `"idle"`."""
        return self._connection.calls.mode if self._connection is not None else "idle"

    async def connect(self) -> None:
        """Look the number up and start the server; no setting at Twilio is changed.

        Only what a run that was killed has left of the account's numbers is restored.

        Raises:
            RuntimeError: there is no `public_base_url`.
            ValueError: account or auth token are missing.
            VoiceTransportError: Twilio cannot be reached (fault `host`), does not accept the credentials
                (`credentials`), or the account has no such number (`number`).
            OSError: the port is in use.
            MissingVoiceDependencyError: the extra `twilio` is not installed.
        """
        if self._connection is not None:
            return
        if not self.public_base_url:
            raise RuntimeError(
                "TwilioAgentAdapter needs a public_base_url at which Twilio reaches its server; "
                "scenario.voice.testing.TwilioHarness opens a tunnel and sets it"
            )
        account_sid = required_key(self.account_sid, "account_sid", "TWILIO_ACCOUNT_SID")
        auth_token = required_key(self.auth_token, "auth_token", "TWILIO_AUTH_TOKEN")
        try:
            from scenario.voice.adapters._twilio.connection import Connection
        except ImportError as missing:
            raise MissingVoiceDependencyError(
                feature="TwilioAgentAdapter",
                package=(missing.name or "starlette").partition(".")[0],
                extra="twilio",
            ) from missing

        self.live = asyncio.Event()
        connection = Connection(
            self,
            public_base_url=self.public_base_url,
            account_sid=account_sid,
            auth_token=auth_token,
            user=self.api_key_sid or account_sid,
            password=self.api_key_secret or auth_token,
        )
        self._connection = connection
        try:
            await connection.open()
        except BaseException:
            await self.disconnect()
            raise

    async def disconnect(self) -> None:
        """Restore the number's settings, end a call that we have placed, and stop the server."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
            self.live.clear()

    async def wait_for_call(self, timeout: float = 120.0) -> None:
        """Have calls to `phone_number` come to us until `disconnect()`, and wait for one.

        Args:
            timeout: seconds to wait.

        Raises:
            TimeoutError: nobody called; the number's settings are restored.
            VoiceTransportError: Twilio refuses.
            RuntimeError: not connected, or `place_call()` was used before.
        """
        await self._connected().calls.wait(timeout)

    async def place_call(
        self,
        to: str,
        *,
        timeout: float = 120.0,
        attach_stream_to_self: bool = True,
        attach_callee: bool = False,
    ) -> None:
        """Call a number, and wait until the call is on the line. The call costs money until `disconnect()`.

        Args:
            to: any number that Twilio can reach, in E.164 form.
            timeout: seconds to wait.
            attach_stream_to_self: whether our leg of the call carries the media. Without it the call says a
                line and holds; the callee's side has its own media, and this adapter has none.
            attach_callee: whether the callee's leg carries the media instead: `to` must be a number of the
                same account, whose settings are changed until `disconnect()`.

        Raises:
            ValueError: `to` is no number in E.164 form.
            VoiceTransportError: the call failed, was busy, or was not answered, as the text says.
            TimeoutError: neither happened in time; the call is ended.
            RuntimeError: not connected, or `wait_for_call()` was used before.
        """
        checked_number(to, "to")
        attachment = "callee" if attach_callee else "self" if attach_stream_to_self else "elsewhere"
        await self._connected().calls.place(to, timeout, attachment)

    async def send_audio(self, chunk: AudioChunk) -> None:
        """Speak into the call, at the speed of speech."""
        await self._stream().play(chunk.data)

    async def end_user_turn(self) -> None:
        """Send what is left of the turn, and a mark, whose return tells that all of it has been heard."""
        await self._stream().end_turn()

    async def recv_audio(self, timeout: float) -> AudioChunk:
        """Return what comes next from the call."""
        return await self._stream().inbox.take(timeout)

    async def interrupt(self) -> bool:
        """Have Twilio drop what it has not played of our own audio; who speaks on the other side goes on.

        Returns:
            `False`: the other side was told nothing.
        """
        await self._stream().clear()
        return False

    async def send_dtmf(self, tones: str) -> None:
        """Press keys.

        Args:
            tones: `0-9 * # A-D`, `w` (a pause of 0.5 s) and `W` (1 s).

        Raises:
            ValueError: another character.
            RuntimeError: there is no call.
            VoiceTransportError: the call is over.
        """
        from scenario.voice._audio.dtmf import check_tones, dtmf_audio

        check_tones(tones)
        stream = self._stream()
        if self.dtmf_mode == "inband":
            await stream.play(dtmf_audio(tones))
            await stream.flush()
        else:
            stream.inbox.raise_if_failed()
            await self._connected().calls.press(tones)

    def __repr__(self) -> str:
        return (
            f"TwilioAgentAdapter(phone_number={shortened(self.phone_number)!r}, account_sid='***', "
            f"auth_token='***', public_base_url={self.public_base_url!r})"
        )

    def _connected(self) -> Connection:
        if self._connection is None:
            raise self.not_connected()
        return self._connection

    def _stream(self) -> MediaStream:
        stream = self._connected().stream
        if stream is None:
            raise RuntimeError(
                "TwilioAgentAdapter: there is no call on the line; place_call() calls a number, "
                "wait_for_call() takes a call"
            )
        return stream


def _checked(url: str, name: str) -> str:
    return checked_url(url, name=name, schemes=("https", "http"), plain_only_on_loopback=True)
