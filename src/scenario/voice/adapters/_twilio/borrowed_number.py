"""A number whose calls come to us for a while, and which gets its settings back whatever happens."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scenario.voice.adapters._twilio.rest import Webhook
from scenario.voice.adapters._twilio.restore_file import RestoreFile, fingerprint

if TYPE_CHECKING:
    from scenario.voice.adapters._twilio.rest import TwilioRest

_logger = logging.getLogger("scenario.voice")


class BorrowedNumber:
    """The settings of one number.

    Args:
        rest: of the number's account.
        account_sid: of the account.
        number_sid: of the number.
        url: where its calls shall go.
    """

    def __init__(self, rest: TwilioRest, *, account_sid: str, number_sid: str, url: str) -> None:
        self._rest = rest
        self._account_sid = account_sid
        self._number_sid = number_sid
        self._ours = Webhook(url, "POST", "")
        self._file = RestoreFile(number_sid)
        self._theirs: Webhook | None = None

    async def borrow(self) -> None:
        """Point the number's calls at us; when they already come to us, do nothing.

        Raises:
            RuntimeError: another process, or another adapter of this one, has borrowed it.
            VoiceTransportError: Twilio refuses.
        """
        if self._theirs is not None:
            return
        if not self._file.lock():
            raise RuntimeError(
                f"another run takes the calls of this number at the moment (it holds {self._file.path}); "
                "wait until it has ended, or use another number"
            )
        try:
            current = await self._rest.webhook(self._number_sid) or self._ours
            # After a run that was killed since we connected, or could not restore, the number has that run's.
            theirs = self._left_behind(current) or current
            if theirs == self._ours:
                self._file.delete()
                return
            self._file.write(theirs, ours=self._ours.url, account=self._account_sid)
            self._theirs = theirs  # from now on: whether or not Twilio says that it has done the next
        except BaseException:
            if self._file.read() is None:
                self._file.delete()
            self._file.release()
            raise
        await self._rest.set_webhook(self._number_sid, self._ours)

    async def give_back(self) -> None:
        """Restore the settings; when nothing is borrowed, do nothing.

        Raises:
            VoiceTransportError: it did not work; the file stays, and the next connection tries again.
        """
        theirs, self._theirs = self._theirs, None
        if theirs is None:
            return
        try:
            await self._rest.set_webhook(self._number_sid, theirs)
            self._file.delete()
        finally:
            self._file.release()

    def _left_behind(self, current: Webhook) -> Webhook | None:
        left = self._file.read()
        if left is None or left[1:] != (fingerprint(current.url), fingerprint(self._account_sid)):
            return None
        return left[0]


async def restore_leftovers(rest: TwilioRest, account_sid: str) -> None:
    """Restore what processes that were killed have left of this account's numbers."""
    for file in RestoreFile.existing():
        left = file.read()
        if (left is not None and left[2] != fingerprint(account_sid)) or not file.lock():
            continue
        try:
            if left is not None:
                await _restore(rest, file.number_sid, left[0], ours=left[1])
            file.delete()
        finally:
            file.release()


async def _restore(rest: TwilioRest, number_sid: str, theirs: Webhook, *, ours: str) -> None:
    current = await rest.webhook(number_sid)
    if current is None or fingerprint(current.url) != ours:
        _logger.info("Twilio number %s was changed by someone else: nothing is restored", number_sid)
        return
    await rest.set_webhook(number_sid, theirs)
    _logger.warning(
        "Twilio number %s still pointed at a run that was killed: its settings are restored", number_sid
    )
