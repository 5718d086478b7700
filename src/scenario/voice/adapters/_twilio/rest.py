"""Twilio's REST interface, as far as calls need it.

Source: "Voice API" and "IncomingPhoneNumber resource" of Twilio's documentation (twilio.com/docs/voice/api).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import quote

from scenario.voice.adapters._connection.http import RestClient
from scenario.voice.adapters._connection.urls import host_of
from scenario.voice.adapters._twilio.numbers import shortened
from scenario.voice.errors import VoiceTransportError

if TYPE_CHECKING:
    import httpx

    from scenario.voice.adapters.base import VoiceAgentAdapter

API_URL = "https://api.twilio.com"
ENDED = ("completed", "busy", "failed", "no-answer", "canceled")
"""Statuses of calls that are over, or have never begun."""

_SID = re.compile(r"[A-Za-z0-9_-]{1,64}")  # they become parts of paths, of files too


class Webhook(NamedTuple):
    """What a number does with a call.

    Attributes:
        url: the address that is asked.
        method: of HTTP.
        application_sid: a TwiML application, which wins over the address if there is one.
    """

    url: str
    method: str
    application_sid: str


class TwilioRest:
    """The requests of one account.

    Args:
        adapter: whose requests they are.
        base_url: of the interface, without the version.
        account_sid: the account.
        user: of HTTP Basic: the account, or an API key.
        password: the auth token, or the key's secret.
    """

    def __init__(
        self, adapter: VoiceAgentAdapter, base_url: str, *, account_sid: str, user: str, password: str
    ) -> None:
        self._name = type(adapter).__name__
        self._host = host_of(base_url)
        self._client = RestClient(
            adapter,
            f"{base_url.rstrip('/')}/2010-04-01/Accounts/{quote(account_sid, safe='')}",
            auth=(user, password),
            faults={400: "number", 404: "credentials"},
            secrets=[account_sid],
        )

    async def number_sid(self, number: str) -> str:
        """Return the sid of a phone number of the account.

        Raises:
            VoiceTransportError: the account has no such number (fault `number`), or Twilio refuses.
        """
        answer = await self._client.request(
            "GET", "/IncomingPhoneNumbers.json", params={"PhoneNumber": number, "PageSize": 1}
        )
        found: Any = self._object(answer).get("incoming_phone_numbers")
        for entry in cast("list[dict[str, Any]]", found) if isinstance(found, list) else ():
            if entry.get("phone_number", number) == number:  # Twilio also finds parts of numbers
                return self._sid(entry)
        raise VoiceTransportError(
            f"the account has no phone number {shortened(number)}; buy it, or port it, in Twilio's console",
            adapter=self._name,
            fault="number",
            host=self._host,
        )

    async def webhook(self, number_sid: str) -> Webhook | None:
        """Return what a number does with calls; `None` if the account has no such number."""
        path = f"/IncomingPhoneNumbers/{number_sid}.json"
        answer = await self._client.request("GET", path, accept=[404])
        if answer.status_code == 404:
            return None
        found = self._object(answer)
        names = ("voice_url", "voice_method", "voice_application_sid")
        url, method, application = (str(found.get(name) or "") for name in names)
        return Webhook(url, method or "POST", application)

    async def set_webhook(self, number_sid: str, webhook: Webhook) -> None:
        """Change what a number does with calls."""
        form = {
            "VoiceUrl": webhook.url,
            "VoiceMethod": webhook.method,
            "VoiceApplicationSid": webhook.application_sid,
        }
        await self._client.request("POST", f"/IncomingPhoneNumbers/{number_sid}.json", data=form)

    async def create_call(self, *, to: str, caller: str, twiml: str) -> str:
        """Place a call and return its sid; never tried twice."""
        form = {"To": to, "From": caller, "Twiml": twiml}
        return self._sid(
            self._object(await self._client.request("POST", "/Calls.json", data=form, retry=False))
        )

    async def redirect_call(self, call_sid: str, twiml: str) -> None:
        """Give a call other instructions; not twice, as they may press keys."""
        path, body = f"/Calls/{call_sid}.json", {"Twiml": twiml}
        await self._client.request("POST", path, data=body, retry="unless_begun")

    async def end_call(self, call_sid: str) -> None:
        """Hang up; a call that is already over (400) is no error."""
        await self._client.request(
            "POST", f"/Calls/{call_sid}.json", data={"Status": "completed"}, accept=[400, 404]
        )

    async def call_status(self, call_sid: str) -> str:
        """Return how a call stands: `queued`, `ringing`, `in-progress`, or one of `ENDED`."""
        return str(self._object(await self._client.request("GET", f"/Calls/{call_sid}.json")).get("status"))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    def _object(self, answer: httpx.Response) -> dict[str, Any]:
        try:
            found = answer.json()
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise self._protocol_error("the answer is no JSON object")
        return found  # pyright: ignore[reportUnknownVariableType]  # JSON objects have text as keys

    def _sid(self, entry: dict[str, Any]) -> str:
        sid = str(entry.get("sid"))
        if "sid" not in entry or not _SID.fullmatch(sid):
            raise self._protocol_error("the answer has no usable sid")
        return sid

    def _protocol_error(self, text: str) -> VoiceTransportError:
        return VoiceTransportError(text, adapter=self._name, fault="protocol", host=self._host)
