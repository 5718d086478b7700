"""What a command of the command line is, and how it refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Command:
    """A sub-command.

    Attributes:
        name: what is typed.
        help: one line for `--help`.
        add_arguments: declares its flags.
        run: does it, and returns the exit code.
    """

    name: str
    help: str
    add_arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int]


class CommandError(Exception):
    """A command cannot do what was asked.

    Attributes:
        exit_code: of the process; 2 is a usage error.
        hint: the remedy, if there is one.
    """

    def __init__(self, message: str, *, exit_code: int = 2, hint: str = "") -> None:
        self.exit_code = exit_code
        self.hint = hint
        super().__init__(message)
