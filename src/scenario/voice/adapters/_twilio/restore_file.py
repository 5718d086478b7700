"""What a number's settings were, kept on disk so that they survive a kill of this process."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from scenario.voice.adapters._twilio.rest import Webhook

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCK_ATTEMPTS = 10


def restore_directory() -> Path:
    """Return the directory of the files: `~/.scenario/twilio-restore`."""
    return Path.home() / ".scenario" / "twilio-restore"


def fingerprint(text: str) -> str:
    """Return what stands for a text that must not be written down."""
    return hashlib.sha256(text.encode()).hexdigest()


class RestoreFile:
    """The file of one number: locked by the process that has changed the number's settings.

    The lock, which ends with the process, tells a leftover from a file in use. Windows has no such locks:
    there every file counts as a leftover.

    Args:
        number_sid: of the number.
    """

    def __init__(self, number_sid: str) -> None:
        self.number_sid = number_sid
        self.path = restore_directory() / f"{number_sid}.json"
        self._descriptor: int | None = None

    @classmethod
    def existing(cls) -> Iterator[RestoreFile]:
        """Yield the files that are there."""
        for path in sorted(restore_directory().glob("*.json")):
            yield cls(path.stem)

    def lock(self) -> bool:
        """Take the file, making it if need be; return `False` if another process, or adapter, has it."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for _ in range(_LOCK_ATTEMPTS):
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            if not _lock(descriptor):
                os.close(descriptor)
                return False
            if _is_same(descriptor, self.path):  # not deleted by its owner meanwhile
                self._descriptor = descriptor
                return True
            os.close(descriptor)
        return False

    def write(self, webhook: Webhook, *, ours: str, account: str) -> None:
        """Write what is to be restored; the file must be locked.

        Args:
            webhook: the settings.
            ours: the address that replaces theirs; only its fingerprint is written.
            account: the account's sid; only its fingerprint is written.
        """
        descriptor = self._held()
        facts = {"account": fingerprint(account), "ours": fingerprint(ours), **webhook._asdict()}
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, json.dumps(facts, indent=1).encode())

    def read(self) -> tuple[Webhook, str, str] | None:
        """Return the settings and the fingerprints of address and account; `None` if none were written."""
        try:
            facts: Any = json.loads(self.path.read_text("utf-8"))
            texts = [facts[name] for name in (*Webhook._fields, "ours", "account")]
        except (OSError, ValueError, KeyError, TypeError):
            # Killed before it was written, and hence before the settings were changed.
            return None
        if not all(isinstance(text, str) for text in texts):
            return None
        url, method, application, ours, account = cast("list[str]", texts)
        return Webhook(url, method, application), ours, account

    def delete(self) -> None:
        """Delete the file and give it up."""
        self.path.unlink(missing_ok=True)
        self.release()

    def release(self) -> None:
        """Give the file up, as it is."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def _held(self) -> int:
        if self._descriptor is None:
            raise RuntimeError("the restore file is not locked")
        return self._descriptor


def _lock(descriptor: int) -> bool:
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_same(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False
