"""`scenario redteam-report`: the reports of a batch of red-team runs as a page, served or in a file."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser
from argparse import ArgumentTypeError
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from scenario._cli.batch_folder import Wanted, batch_folder
from scenario._cli.command import Command, CommandError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from scenario._dashboard.dashboard import Dashboard

_PORT_VARIABLE = "SCENARIO_REDTEAM_PORT"
_DEFAULT_PORT = 8501
_UNAVAILABLE = 4  # exit code: the page cannot be written or served


def _add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--dir",
        metavar="PATH",
        help="folder with batches of reports, or one batch (default: $SCENARIO_REDTEAM_REPORT_DIR, else "
        "./redteam-reports)",
    )
    parser.add_argument("--batch", metavar="NAME", help="name of the batch folder; wins over --latest")
    parser.add_argument(
        "--latest", metavar="N", type=_position, help="the N-th newest batch (default: 1, the newest)"
    )
    parser.add_argument(
        "--port", metavar="N", type=_port, help=f"default: ${_PORT_VARIABLE}, else {_DEFAULT_PORT}"
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    parser.add_argument("--html", metavar="FILE", help="write the page to FILE instead of serving it")


def _run(arguments: Namespace) -> int:
    port = arguments.port or _port_of_environment()
    folder = batch_folder(Wanted(arguments.dir, arguments.batch, arguments.latest))
    from scenario._dashboard.dashboard import Dashboard

    dashboard = Dashboard(folder.resolve())
    if arguments.html is not None:
        _write(dashboard, Path(arguments.html).expanduser())
        _say(f"Reports: {folder}", f"Page: {arguments.html}")
        return 0
    _serve(dashboard, folder, port, browser=not arguments.no_browser)
    return 0


def _write(dashboard: Dashboard, path: Path) -> None:
    from scenario._report.files import replace

    page = dashboard.page().encode()
    try:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            path.write_bytes(page)  # a device, /dev/stdout: its name must stay
        else:
            replace(path, page)
    except (OSError, ValueError) as error:
        raise CommandError(f"cannot write {str(path)!r}: {_reason(error)}", exit_code=_UNAVAILABLE) from error


def _serve(dashboard: Dashboard, folder: Path, port: int, *, browser: bool) -> None:
    from scenario._dashboard.server import DashboardServer

    try:
        server = DashboardServer(dashboard, port)
    except OSError as error:
        raise CommandError(
            f"cannot serve on port {port}: {_reason(error)}",
            exit_code=_UNAVAILABLE,
            hint="choose another one with --port, or write a file with --html FILE",
        ) from error
    with server:
        _say(f"Reports: {folder}", server.url)
        if browser and _somebody_is_looking():
            # A browser in the terminal would keep the server from starting.
            threading.Thread(target=_open, args=(server.url,), daemon=True).start()
        server.serve_forever()


def _reason(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _open(url: str) -> None:
    with suppress(OSError, webbrowser.Error):  # the address stands in the terminal
        webbrowser.open(url)


def _somebody_is_looking() -> bool:
    return not os.environ.get("CI") and sys.stdout.isatty()


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def _port(text: str) -> int:
    return _number(text, "a port", 1, 65_535)


def _position(text: str) -> int:
    return _number(text, "a number of a batch", 1, None)


def _number(text: str, what: str, low: int, high: int | None) -> int:
    expected = f"expected {what} from {low}" + ("" if high is None else f" to {high}")
    if not (text.isascii() and text.isdigit() and len(text) < 10 and low <= int(text) <= (high or int(text))):
        raise ArgumentTypeError(f"{expected}, got {text!r}")
    return int(text)


def _port_of_environment() -> int:
    value = os.environ.get(_PORT_VARIABLE, "").strip()
    try:
        return _port(value) if value else _DEFAULT_PORT
    except ArgumentTypeError as error:
        raise CommandError(f"{_PORT_VARIABLE}: {error}", hint="put it right, or unset it") from error


REDTEAM_REPORT = Command(
    name="redteam-report",
    help="open the reports of red-team runs in a browser, or write them to a page",
    add_arguments=_add_arguments,
    run=_run,
)
