"""Phone numbers: which are valid, and how they are shown."""

from __future__ import annotations

import re

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SHOWN_DIGITS = 4


def checked_number(number: str, name: str) -> str:
    """Return `number` if it is one in E.164 form.

    Args:
        number: a plus sign, the country code, and the rest, digits only.
        name: the argument it was given as, for the error.

    Raises:
        ValueError: it is not; the text shows no more of it than logs do.
    """
    if not _E164.fullmatch(number):
        raise ValueError(
            f"{name} must be a phone number in E.164 form, such as '+15551234567' (a plus sign, 7 to 15 "
            f"digits, no spaces), got {shortened(number)!r}"
        )
    return number


def shortened(number: str) -> str:
    """Return a number as logs and `repr` show it: `***` and its last four digits, if it has that many."""
    digits = "".join(character for character in number if character.isdigit())
    return "***" + (digits[-_SHOWN_DIGITS:] if len(digits) >= _SHOWN_DIGITS else "")
