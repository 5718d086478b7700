"""A strategy that another package brings: built and installed for real, and used by its name."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def uv() -> str:
    """Return the installer with which this project sets itself up; its build backend needs no network."""
    known = [os.environ.get("UV"), shutil.which("uv"), str(ROOT / ".uv" / "bin" / "uv")]
    found = next((path for path in known if path and Path(path).exists()), None)
    assert found is not None, "uv was not found: put it on PATH, set UV to its path, or run `make install`"
    return found


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The folder into which the package was built and installed."""
    folder = tmp_path_factory.mktemp("site")
    package = shutil.copytree(HERE / "plugin_package", tmp_path_factory.mktemp("source") / "package")
    subprocess.run(
        [
            uv(), "pip", "install", "--offline", "--no-cache", "--no-deps", "--python", sys.executable,
            "--target", str(folder), str(package),
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def printed(installed, tmp_path_factory):
    """What a program printed that finds the package among the installed ones."""
    paths = os.pathsep.join([str(installed), str(ROOT / "src")])
    done = subprocess.run(
        [sys.executable, str(HERE / "plugin_program.py")],
        env={**os.environ, "PYTHONPATH": paths},
        cwd=tmp_path_factory.mktemp("elsewhere"),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_package_is_installed_and_not_part_of_this_project(installed):
    (info,) = installed.glob("patient_attacker-1.2.dist-info")

    assert "scenario.red_team_strategies" in (info / "entry_points.txt").read_text()
    assert (info / "WHEEL").read_text().splitlines()[1].startswith("Generator: uv")
    assert not [file for file in (ROOT / "src").rglob("*.py") if "patient_attacker" in file.read_text()]


def test_a_class_works_by_name(printed):
    assert printed["class"] == ["small talk", "objective", "objective", "objective"]


def test_a_function_that_makes_a_strategy_works_by_name(printed):
    assert printed["function"] == ["small talk", "small talk", "small talk", "objective"]


def test_a_campaign_takes_it_by_name(printed):
    assert (printed["name"], printed["strategy"]) == ("the_code-patient-1", "PatientStrategy")


def test_what_is_registered_and_no_strategy_is_refused(printed):
    assert printed["wrong"].startswith("TypeError: strategy must be an instance of RedTeamStrategy")
    assert "'not_a_strategy', which stands for <object object" in printed["wrong"]


def test_an_unknown_name_is_told_with_the_known_ones(printed):
    assert printed["missing"].startswith("ValueError: there is no red-team strategy 'missing'; known are ")
    for name in ("best_of_n", "crescendo", "patient", "patient_pair", "tap"):
        assert name in printed["missing"]
