"""The `scenario` command line."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from importlib.metadata import version
from typing import TYPE_CHECKING, NoReturn

from scenario._cli.command import CommandError
from scenario._cli.demo import DEMO
from scenario._cli.redteam_report import REDTEAM_REPORT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario._cli.command import Command

__all__ = ["main"]

COMMANDS: tuple[Command, ...] = (DEMO, REDTEAM_REPORT)

_INTERRUPTED = 130  # 128 + SIGINT, as shells report it
_UNREAD = 141  # 128 + SIGPIPE


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code.

    Args:
        argv: the arguments after the program's name; `None` takes those of the process.

    Returns:
        0 on success, 2 for a usage error, 130 after Ctrl-C, 141 when nobody reads the output any more, else
        what the command says.
    """
    try:
        arguments = _parser().parse_args(argv)
    except CommandError as error:
        return _refused(error)
    except SystemExit:  # argparse ends --help and --version in this way
        return 0
    try:
        return arguments.run(arguments)
    except CommandError as error:
        return _refused(error)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # What is still in the buffer would be complained of at the interpreter's end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _UNREAD


def _refused(error: CommandError) -> int:
    hint = f"hint: {error.hint}\n" if error.hint else ""
    sys.stderr.write(f"error: {error}\n{hint}")
    return error.exit_code


class _Parser(ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise CommandError(message, hint=f"{self.prog} --help")


def _parser() -> ArgumentParser:
    parser = _Parser(prog="scenario", description="Test AI agents by talking to them.", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=version("agent-scenario"))
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        subparser = commands.add_parser(command.name, help=command.help, allow_abbrev=False)
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
