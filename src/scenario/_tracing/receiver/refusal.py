"""Why a request is not taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from http import HTTPStatus


class RefusedError(Exception):
    """A request that is answered with an error.

    Attributes:
        status: the HTTP status of the answer.
        message: what was expected, for the sender.
    """

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
