"""Programs in processes of their own, where every warning is an error and asyncio checks itself."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]

PREAMBLE = """
import asyncio
import scenario
from tests.acceptance.acting import *
from tests.engine.agents import *
"""


_SLOW_STEP = re.compile(r"Executing <.* took \d+\.\d+ seconds$")


def start(
    code: str, *, environment: Mapping[str, str] | None = None, options: tuple[str, ...] = ("-W", "error")
) -> subprocess.Popen[str]:
    """Start a program that has the cast at hand and prints nothing unless `code` does."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("LANGWATCH_", "PYTEST_"))
    }
    return subprocess.Popen(
        [sys.executable, *options, "-c", PREAMBLE + textwrap.dedent(code)],
        cwd=ROOT,
        env=kept | {"PYTHONPATH": str(ROOT)} | dict(environment or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def output_of(
    code: str, *, environment: Mapping[str, str] | None = None, options: tuple[str, ...] = ("-W", "error")
) -> str:
    """Run a program to its end, which must be a good and silent one; return what it printed."""
    with start(code, environment=environment, options=options) as process:
        printed, complaints = process.communicate(timeout=60)
    # In its debug mode asyncio reports steps that a busy machine has made slow.
    complaints = "".join(line for line in complaints.splitlines(True) if not _SLOW_STEP.match(line))
    assert not complaints, complaints
    assert process.returncode == 0
    return printed
