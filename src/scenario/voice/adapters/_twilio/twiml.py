"""The documents that tell Twilio what to do with a call.

Source: "TwiML for Programmable Voice" of Twilio's documentation (twilio.com/docs/voice/twiml).
"""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

HOLD_SECONDS = 120

REJECT = '<?xml version="1.0" encoding="UTF-8"?><Response><Reject/></Response>'


def connect_stream(url: str, token: str, *, digits: str = "") -> str:
    """Return the document that connects a call's media with us.

    Args:
        url: of our WebSocket. Twilio does not send a query, hence the parameter.
        token: what the stream has to show.
        digits: keys that are pressed first.
    """
    play = f"<Play digits={quoteattr(digits)}/>" if digits else ""
    parameter = f'<Parameter name="token" value={quoteattr(token)}/>'
    return _document(f"{play}<Connect><Stream url={quoteattr(url)}>{parameter}</Stream></Connect>")


def speak_and_hold() -> str:
    """Return the document of a leg that carries no media of ours: it says a line and stays."""
    return _document(f'<Say>This is a test call.</Say><Pause length="{HOLD_SECONDS}"/>')


def _document(verbs: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{verbs}</Response>'
