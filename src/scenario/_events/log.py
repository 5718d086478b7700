"""Warnings about delivery: for those who listen to the logger `scenario`, never printed by themselves."""

from __future__ import annotations

import logging

logger = logging.getLogger("scenario")


def warn(message: str, *args: object, exc_info: bool = False) -> None:
    """Log a delivery problem at WARNING if any handler would take it.

    Without a handler, `logging` itself would print the line to stderr; delivery problems are no reason to
    write into the output of somebody's tests.
    """
    if logger.hasHandlers():
        logger.warning(message, *args, exc_info=exc_info, stacklevel=2)
