"""Programs that stand for a player on PATH."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PLAYS = "open(out, 'wb').write(sys.stdin.buffer.read())"
TAKES_NOTHING = "time.sleep(60)"
FAILS = "sys.exit('no device')"
STAYS = "signal.signal(signal.SIGTERM, signal.SIG_IGN); ready(); time.sleep(60)"
CHATTERS = "sys.stderr.write('underrun! ' * 300_000); " + PLAYS
_START = """
import os, signal, sys, time
def ready():
    with open(me + ".new", "w") as file:
        file.write("\\n".join([str(os.getpid()), *sys.argv[1:]]))
    os.replace(me + ".new", me + ".pid")
"""


def install(folder: Path, name: str, body: str) -> Path:
    """Put a program into a folder, and return the file to which it plays; its id goes to `<name>.pid`."""
    heard, program = folder / f"{name}.heard", folder / name
    if body is not STAYS:
        body = f"ready()\n{body}"
    program.write_text(
        f"#!{sys.executable} -I\nout, me = {str(heard)!r}, {str(program)!r}\n{_START}\n{body}\n"
    )
    program.chmod(0o755)
    return heard


def started(folder: Path, name: str) -> tuple[int, list[str]]:
    """Wait until a program runs, and return its id and arguments."""
    file = folder / f"{name}.pid"
    deadline = time.monotonic() + 20
    while not file.exists():
        assert time.monotonic() < deadline, f"{name} was never started"
        time.sleep(0.01)
    pid, *arguments = file.read_text().split("\n")
    return int(pid), arguments
