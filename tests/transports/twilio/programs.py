"""Fake `cloudflared` programs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://fake-words-here.trycloudflare.com"
SAYS_URL = f"print('INF Requesting new quick Tunnel'); print('INF |  {URL}  |', file=sys.stderr)"

PROGRAMS = {
    "prints": f"{SAYS_URL}; time.sleep(60)",
    "hangs": "print('INF Requesting new quick Tunnel'); time.sleep(60)",
    "exits": "[print(f'ERR line {n}') for n in range(30)]; sys.exit(3)",
    "exits-later": f"{SAYS_URL}; time.sleep(0.5); print('ERR lost'); sys.exit(4)",
    "names-its-service": "print('ERR Post https://api.trycloudflare.com/tunnel: refused'); time.sleep(60)",
    "ignores-sigterm": f"signal.signal(signal.SIGTERM, signal.SIG_IGN); {SAYS_URL}; time.sleep(60)",
    "chatters": f"{SAYS_URL}\nwhile True: print('INF ' + 'x' * 10000); note('chatted')",
    "has-a-child": "if os.fork() == 0:\n"
    "    import socket; server = socket.create_server(('127.0.0.1', 0))\n"
    "    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "    note(f'child {server.getsockname()[1]}'); time.sleep(60)\n"
    f"{SAYS_URL}; time.sleep(60)",
}


def install(folder: Path, name: str) -> Path:
    """Install a fake; return the file into which it writes its arguments, and when it ends."""
    log = folder / "log"
    program = folder / "cloudflared"
    program.write_text(
        f"#!{sys.executable} -u\n"
        "import os, signal, sys, time\n"
        f"def note(text): open({str(log)!r}, 'a').write(text + '\\n')\n"
        "def ended(*_): note('SIGTERM'); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, ended)\n"
        "note(f'pid {os.getpid()}'); note(' '.join(sys.argv[1:]))\n"
        f"{PROGRAMS[name]}\n"
    )
    program.chmod(0o755)
    return log
