"""Our requests are those that Twilio's own client makes."""

from __future__ import annotations

import asyncio

from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from scenario.voice import TwilioAgentAdapter
from scenario.voice.adapters._twilio.rest import TwilioRest, Webhook
from tests.transports.twilio.conftest import ACCOUNT, OURS, THEIRS, TOKEN

DOCUMENT = '<Response><Pause length="60"/></Response>'


class LoopbackHttpClient(TwilioHttpClient):
    """Sends to loopback what is meant for Twilio."""

    def __init__(self, url: str) -> None:
        super().__init__(pool_connections=False)
        self._url = url

    def request(self, method, url, *args, **kwargs):
        return super().request(method, url.replace("https://api.twilio.com", self._url), *args, **kwargs)


def official(url: str, number_sid: str) -> None:
    """Do everything that an adapter does, with the official client."""
    client = Client(ACCOUNT, TOKEN, http_client=LoopbackHttpClient(url))
    client.incoming_phone_numbers.list(phone_number=OURS, limit=1)
    client.incoming_phone_numbers(number_sid).fetch()
    client.incoming_phone_numbers(number_sid).update(
        voice_url="https://x.test/", voice_method="POST", voice_application_sid=""
    )
    call = client.calls.create(to=THEIRS, from_=OURS, twiml=DOCUMENT)
    client.calls(call.sid).update(twiml=DOCUMENT)
    client.calls(call.sid).fetch()
    client.calls(call.sid).update(status="completed")


async def ours(url: str, number_sid: str) -> None:
    adapter = TwilioAgentAdapter(account_sid=ACCOUNT, auth_token=TOKEN, phone_number=OURS, base_url=url)
    rest = TwilioRest(adapter, url, account_sid=ACCOUNT, user=ACCOUNT, password=TOKEN)
    assert await rest.number_sid(OURS) == number_sid
    await rest.webhook(number_sid)
    await rest.set_webhook(number_sid, Webhook("https://x.test/", "POST", ""))
    call_sid = await rest.create_call(to=THEIRS, caller=OURS, twiml=DOCUMENT)
    await rest.redirect_call(call_sid, DOCUMENT)
    assert await rest.call_status(call_sid) == "in-progress"
    await rest.end_call(call_sid)
    await rest.close()


async def test_all_requests_are_equal_to_those_of_the_official_client(twilio):
    await ours(twilio.url, twilio.number_sid)
    made, twilio.requests, twilio.calls = twilio.requests, [], []
    await asyncio.to_thread(official, twilio.url, twilio.number_sid)
    assert made == twilio.requests
    assert len(made) == 7


async def test_a_call_that_is_over_can_be_ended_again(twilio):
    adapter = TwilioAgentAdapter(account_sid=ACCOUNT, auth_token=TOKEN, phone_number=OURS)
    rest = TwilioRest(adapter, twilio.url, account_sid=ACCOUNT, user=ACCOUNT, password=TOKEN)
    call_sid = await rest.create_call(to=THEIRS, caller=OURS, twiml=DOCUMENT)
    await rest.end_call(call_sid)
    await rest.end_call(call_sid)
    assert twilio.calls[0].status == "completed"
    await rest.close()
