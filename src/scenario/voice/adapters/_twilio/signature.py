"""Whether a request was signed by Twilio.

Source: "Webhooks security" of Twilio's documentation (twilio.com/docs/usage/webhooks/webhooks-security):
base64 of the HMAC over the URL as it is configured at Twilio, followed by each form field's name and value,
sorted.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

HEADER = "X-Twilio-Signature"
SETTINGS_HEADER = "X-Twilio-Webhooks-Signature-Settings"

_HASHES = {"HMAC_SHA1": hashlib.sha1, "HMAC_SHA256": hashlib.sha256}
_DEFAULT_PORTS = {"https": 443, "wss": 443, "http": 80, "ws": 80}


def is_signed(
    urls: Iterable[str],
    fields: Iterable[tuple[str, str]],
    signature: str,
    *,
    token: str,
    settings: str = "",
) -> bool:
    """Tell whether a request has the signature that Twilio would give it.

    Args:
        urls: the request's URL as Twilio may have it; each is tried with and without its port.
        fields: name and value of each form field.
        signature: value of `X-Twilio-Signature`.
        token: the account's auth token.
        settings: value of `X-Twilio-Webhooks-Signature-Settings`, which may select SHA-256.
    """
    algorithm = _HASHES.get(_algorithm(settings).upper())
    if algorithm is None or not signature:
        return False
    rest = "".join(name + value for name, value in sorted(set(fields)))
    given = signature.encode("utf-8", "surrogateescape")
    matches = False
    for url in {form for known in urls for form in _with_and_without_port(known)}:
        signed = hmac.new(token.encode(), (url + rest).encode("utf-8", "surrogateescape"), algorithm)
        # All forms are compared, so that the time says nothing either.
        matches |= hmac.compare_digest(base64.b64encode(signed.digest()), given)
    return matches


def _algorithm(settings: str) -> str:
    for setting in settings.split(","):
        name, _, value = setting.partition("=")
        if name.strip() == "algorithm" and value.strip():
            return value.strip()
    return "HMAC_SHA1"


def _with_and_without_port(url: str) -> set[str]:
    """Return the forms of a URL that Twilio may have signed: it is not consistent about ports."""
    parts = urlsplit(url)
    if parts.port is None:
        explicit = f"{parts.netloc}:{_DEFAULT_PORTS.get(parts.scheme, 80)}"
        return {parts.geturl(), parts._replace(netloc=explicit).geturl()}
    bare = parts.netloc.removesuffix(f":{parts.port}")
    return {parts.geturl(), parts._replace(netloc=bare).geturl()}
