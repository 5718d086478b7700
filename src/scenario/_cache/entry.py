"""One stored result: a line that says what follows, then the result as JSON or as a pickle."""

from __future__ import annotations

import hashlib
import json
import pickle
from dataclasses import dataclass
from typing import Any, Literal

FORMAT_VERSION = 1

_MAGIC = b"scenario-cache"


class UnstorableError(Exception):
    """A result cannot be stored: it is a generator, a stream, or cannot be pickled."""


class CorruptEntryError(Exception):
    """What was stored cannot be read back, or was written by another version."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A result in its stored form.

    Attributes:
        codec: how `payload` is read. A pickle runs code: only what this user wrote may be read.
        payload: the encoded result, and nothing of the call that brought it.
    """

    codec: Literal["json", "pickle"]
    payload: bytes

    @classmethod
    def of(cls, result: object) -> Entry:
        """Encode `result`.

        Raises:
            UnstorableError: it can be neither written as JSON nor pickled and read back.
        """
        return _as_json(result) or _as_pickle(result)

    def result(self) -> Any:
        """Return a fresh copy of the result.

        Raises:
            CorruptEntryError: the payload cannot be read.
        """
        try:
            return json.loads(self.payload) if self.codec == "json" else pickle.loads(self.payload)  # noqa: S301 - ours
        except Exception as error:  # unpickling raises whatever the code of the classes raises
            raise CorruptEntryError(f"{type(error).__name__}: {error}") from error

    def to_bytes(self) -> bytes:
        """Return the entry as it stands in a file."""
        return b"%b\n%b" % (_header(self.codec, self.payload), self.payload)

    @classmethod
    def from_bytes(cls, data: bytes) -> Entry:
        """Return the entry that a file holds.

        Raises:
            CorruptEntryError: `data` is damaged, or of another version of the format.
        """
        header, _, payload = data.partition(b"\n")
        for codec in ("json", "pickle"):
            if header == _header(codec, payload):
                return cls(codec, payload)
        raise CorruptEntryError("damaged, or written by another version")


def _header(codec: str, payload: bytes) -> bytes:
    return b"%b %d %b %b" % (
        _MAGIC,
        FORMAT_VERSION,
        codec.encode(),
        hashlib.sha256(payload).hexdigest().encode(),
    )


def _as_json(result: object) -> Entry | None:
    try:
        if not _is_plain(result):
            return None
        text = json.dumps(result)
        # Halves of surrogate pairs that stand side by side would come back as one character.
        return Entry("json", text.encode()) if json.loads(text) == result else None
    except (RecursionError, ValueError):  # it contains itself, or an integer of 4300 digits
        return None


def _is_plain(value: Any) -> bool:
    """Tell whether JSON keeps the exact types of `value`."""
    kind = value.__class__
    if kind is list:
        return all(map(_is_plain, value))
    if kind is dict:
        return all(type(key) is str and _is_plain(item) for key, item in value.items())
    return value is None or kind in (bool, float, int, str)


def _as_pickle(result: object) -> Entry:
    try:
        entry = Entry("pickle", pickle.dumps(result, protocol=5))
        entry.result()
    except Exception as error:  # pickling runs the code of the classes, which raises whatever it likes
        raise UnstorableError(f"a {type(result).__name__} cannot be stored ({error})") from error
    return entry
