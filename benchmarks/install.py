"""What an installation without extras takes: the wheel is built and installed into an empty environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Figures, Measurement, SkippedError

_ROOT = Path(__file__).resolve().parent.parent


def install() -> Figures:
    """Measure site-packages after the installation of the built wheel."""
    uv = shutil.which(os.environ.get("UV") or "uv")
    if uv is None:
        raise SkippedError("uv was not found; put it on PATH or set UV to its path")
    uv = str(Path(uv).resolve())
    with tempfile.TemporaryDirectory() as folder:
        python = f"{folder}/env/bin/python"
        _ask([uv, "build", "--quiet", "--wheel", "--out-dir", f"{folder}/dist", str(_ROOT)])
        _ask([uv, "venv", "--quiet", "--python", sys.executable, f"{folder}/env"])
        wheel = next(Path(folder, "dist").glob("*.whl"))
        _ask([uv, "pip", "install", "--quiet", "--python", python, str(wheel)])
        site_packages = next(Path(folder, "env", "lib").glob("python*/site-packages"))
        files = [path for path in site_packages.rglob("*") if path.is_file()]
        return {
            "site_packages_mb": sum(path.stat().st_size for path in files) / 1e6,
            "distributions": len(list(site_packages.glob("*.dist-info"))),
        }


def _ask(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        # Without a registry the very build fails, because its backend comes from there.
        raise SkippedError(f"'uv {command[1]}' failed, is the package registry there? {done.stderr[-300:]}")


MEASUREMENTS = {"install": Measurement(install, best_of=1)}
