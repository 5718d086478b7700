"""Why a connection failed, said so that the user knows what to change: host, credentials, room, ...

`connect()` of every adapter raises what is made here: from an exception of a socket, TLS, HTTP or WebSocket
library, from an HTTP status, or from a WebSocket close code.
"""

from __future__ import annotations

import errno
import socket
import ssl
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from scenario._model.secrets import is_secret_name, redact
from scenario.voice._secret import Secret
from scenario.voice.errors import Fault, VoiceTransportError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_REASON_LENGTH = 200
_REFUSED = f"[Errno {errno.ECONNREFUSED}]"  # in the one text that asyncio makes of several addresses
_SHORTEST_SECRET = 6  # shorter values are no secrets, and would blank out ordinary words

STATUS_FAULTS: Mapping[int, Fault] = {401: "credentials", 403: "credentials", 404: "host", 407: "host"}
"""What an HTTP status means where an adapter does not know better; 429 and 5xx are the peer's own."""

CLOSE_FAULTS: Mapping[int, Fault] = {
    1002: "protocol",
    1003: "protocol",
    1007: "protocol",
    3000: "credentials",
    3003: "credentials",
}
"""The same for codes of WebSocket close frames (RFC 6455 section 7.4, and IANA's registry for 3000 on)."""

_STATUS_TEXTS = {
    401: "the peer does not accept the credentials",
    402: "the peer asks for payment",
    403: "the peer refuses access with these credentials",
    404: "there is nothing at this address, or what it names does not exist",
    407: "a proxy asks for credentials",
    429: "the peer has had too many requests",
}


class Diagnosis(NamedTuple):
    """What an exception says about a connection.

    Attributes:
        fault: which part is to blame.
        text: what happened.
        retryable: whether the same attempt may work in a moment.
    """

    fault: Fault
    text: str
    retryable: bool = False


class Refusal(NamedTuple):
    """An attempt that failed.

    Errors are returned and not raised where they are found, because they would carry the library's own
    exceptions along, whose texts may hold what the peer echoed.
    """

    error: VoiceTransportError
    retryable: bool = False


def diagnose(error: BaseException, *, tls: bool = False) -> Diagnosis | None:
    """Explain an exception of a socket, of TLS or of a library that wraps one; `None` if it is neither.

    Args:
        error: the exception.
        tls: whether TLS was to be spoken; hosts that do not speak it just hang up.
    """
    for item in _behind(error):
        if isinstance(item, socket.gaierror):
            return Diagnosis("host", "the host name cannot be resolved; check its spelling and the network")
        if isinstance(item, ssl.SSLCertVerificationError):
            return Diagnosis("host", f"the host's certificate is not trusted: {item.verify_message}")
        if isinstance(item, ssl.SSLError):
            return Diagnosis("host", f"no TLS with the host ({item.reason}); check scheme and port")
        if isinstance(item, ConnectionRefusedError) or _REFUSED in str(item):
            return Diagnosis("host", "nothing listens there: the connection was refused", retryable=True)
        if isinstance(item, ConnectionError):
            hint = "; check whether it speaks TLS on this port" if tls else ""
            return Diagnosis("host", f"the host broke off the connection before it was established{hint}")
        if isinstance(item, TimeoutError):
            return Diagnosis("host", "the host does not answer")
        if isinstance(item, OSError) and item.strerror:
            return Diagnosis("host", f"the host cannot be reached: {item.strerror}")
    return None


def is_retryable_status(status: int) -> bool:
    """Tell whether the same request may work in a moment."""
    return status == 429 or status >= 500


def status_error(
    status: int,
    body: str | bytes,
    *,
    adapter: str,
    host: str,
    faults: Mapping[int, Fault] | None = None,
    secrets: Iterable[str] = (),
) -> VoiceTransportError:
    """Return the error for an HTTP answer that refuses.

    Args:
        status: the status.
        body: the answer's body; its beginning becomes the reason, without `secrets`, which peers echo.
        adapter: class name of the adapter.
        host: the peer, without query and credentials.
        faults: what the adapter knows about a status, before `STATUS_FAULTS`.
        secrets: what must not be shown.
    """
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    known: Fault = STATUS_FAULTS.get(status, "peer" if is_retryable_status(status) else "protocol")
    fault: Fault = (faults or {}).get(status, known)
    why = _STATUS_TEXTS.get(status, "the peer has a failure" if status >= 500 else "the peer refuses")
    return VoiceTransportError(
        why, adapter=adapter, fault=fault, host=host, code=status, reason=reason_of(text, secrets)
    )


def close_error(
    code: int | None,
    reason: str,
    *,
    adapter: str,
    host: str,
    faults: Mapping[int, Fault] | None = None,
    secrets: Iterable[str] = (),
) -> VoiceTransportError:
    """Return the error for a WebSocket that was closed; `code` is `None` when it broke off without a word."""
    if code is None:
        return VoiceTransportError(
            "the connection was lost without a close frame",
            adapter=adapter,
            fault="peer",
            host=host,
            code=1006,
            reason=reason_of(reason, secrets),
        )
    fault = (faults or {}).get(code, CLOSE_FAULTS.get(code, "peer"))
    return VoiceTransportError(
        "the peer closed the connection",
        adapter=adapter,
        fault=fault,
        host=host,
        code=code,
        reason=reason_of(reason, secrets),
    )


def reason_of(text: str, secrets: Iterable[str]) -> str:
    """Return the beginning of a peer's words, on one line and without secrets."""
    line = redact(" ".join(text.split()), secrets)
    return line if len(line) <= _REASON_LENGTH else f"{line[:_REASON_LENGTH]}..."


def secrets_in(url: str, headers: Mapping[str, str]) -> set[str]:
    """Return what must not be shown: secret headers and their tokens, the URL's password and query values."""
    found: set[str] = set()
    for name, value in headers.items():
        if isinstance(value, Secret) or is_secret_name(name):
            found |= {str(value), value.rpartition(" ")[2]}
    parts = urlsplit(url)
    found |= {parts.password or "", *(value for _, value in parse_qsl(parts.query))}
    return {secret for secret in found if len(secret) >= _SHORTEST_SECRET}


def _behind(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception, and those that it wraps or that led to it."""
    found = [error]
    for item in found:
        yield item
        inner: tuple[BaseException, ...] = getattr(item, "exceptions", ())  # of an exception group
        behind = (*inner, item.__cause__, item.__context__)
        found += [other for other in behind if other is not None and other not in found]
