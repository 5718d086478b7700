"""Reading the body of a request: plain or chunked, compressed or not, and never too much of it."""

from __future__ import annotations

import time
import zlib
from http import HTTPStatus
from typing import TYPE_CHECKING

from scenario._tracing.receiver.refusal import RefusedError

if TYPE_CHECKING:
    from email.message import Message
    from io import BufferedIOBase

_PIECE = 65_536
_LONGEST_LINE = 1_024  # of what frames chunks; trailers included
_GZIP = 31  # zlib's name for its largest window behind a gzip header


def read_body(stream: BufferedIOBase, headers: Message, *, limit: int, seconds: float) -> bytes:
    """Return the body of a request, decompressed.

    Args:
        stream: what follows the headers; reading from it may raise `TimeoutError`.
        headers: of the request.
        limit: bytes that it may have, before and after decompression.
        seconds: time for all of it.

    Raises:
        RefusedError: it is too large, too slow, incomplete, or encoded in a way that is not known.
    """
    encoding = headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        raise RefusedError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Content-Encoding is {encoding!r}, expected gzip or none"
        )
    incoming = _Incoming(stream, limit=limit, deadline=time.monotonic() + seconds)
    try:
        body = incoming.chunked() if _is_chunked(headers) else incoming.exactly(_content_length(headers))
    except TimeoutError:
        raise RefusedError(HTTPStatus.REQUEST_TIMEOUT, f"the body took over {seconds:g} s") from None
    return _gunzipped(body, limit) if encoding == "gzip" else body


class _Incoming:
    """The bytes of one body as they come."""

    def __init__(self, stream: BufferedIOBase, *, limit: int, deadline: float) -> None:
        self._stream = stream
        self._limit = limit
        self._deadline = deadline
        self._taken = 0

    def exactly(self, size: int) -> bytes:
        if self._taken + size > self._limit:
            raise too_large(self._limit)
        self._taken += size
        data = bytearray()
        while len(data) < size:
            piece = self._stream.read1(min(size - len(data), _PIECE))
            if not piece:
                raise RefusedError(HTTPStatus.BAD_REQUEST, "the body ended early")
            if time.monotonic() > self._deadline:
                raise TimeoutError
            data += piece
        return bytes(data)

    def chunked(self) -> bytes:
        pieces: list[bytes] = []
        while size := _hexadecimal(self._line().partition(b";")[0]):
            pieces.append(self.exactly(size))
            if self._line():
                raise RefusedError(HTTPStatus.BAD_REQUEST, "a chunk is longer than its size says")
        while self._line():  # trailers
            pass
        return b"".join(pieces)

    def _line(self) -> bytes:
        line = self._stream.readline(_LONGEST_LINE)
        self._taken += len(line)
        if not line.endswith(b"\n") or self._taken > self._limit:
            raise RefusedError(HTTPStatus.BAD_REQUEST, "the framing of the chunks is broken")
        if time.monotonic() > self._deadline:
            raise TimeoutError
        return line.strip()


def too_large(limit: int) -> RefusedError:
    """Return the refusal of a body over the limit."""
    return RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is larger than {limit} bytes")


def _is_chunked(headers: Message) -> bool:
    coding = headers.get("Transfer-Encoding", "").strip().lower()
    if coding not in ("", "chunked"):
        raise RefusedError(HTTPStatus.NOT_IMPLEMENTED, f"Transfer-Encoding {coding!r}, expected chunked")
    return bool(coding)


def _content_length(headers: Message) -> int:
    length = headers.get("Content-Length", "").strip()
    if not length:
        raise RefusedError(HTTPStatus.LENGTH_REQUIRED, "expected a Content-Length")
    if not (length.isascii() and length.isdigit() and len(length) < 20):
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"Content-Length {length!r} is no number of bytes")
    return int(length)


def _hexadecimal(digits: bytes) -> int:
    digits = digits.strip()
    if not digits or len(digits) > 16 or digits.strip(b"0123456789abcdefABCDEF"):
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"{digits!r} is no size of a chunk")
    return int(digits, 16)


def _gunzipped(data: bytes, limit: int) -> bytes:
    unpacker = zlib.decompressobj(_GZIP)
    try:
        body = unpacker.decompress(data, limit + 1)
    except zlib.error as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"the body is no gzip: {error}") from error
    if len(body) > limit:
        raise too_large(limit)
    if not unpacker.eof or unpacker.unused_data:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "the body is not one whole gzip stream")
    return body
