"""A room imports only from rooms on lower floors (docs/architecture.md)."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import scenario

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(scenario.__file__).parent
FLOORS = [
    {
        "types",
        "config",
        "errors",
        "_observer",
        "_ids",
        "_spelling",
        "_logging",
        "_media",
        "_tokens",
        "_off_loop",
        "_retry_after",
        "_untrusted",
    },
    {"_model", "_events", "_tracing", "_console", "voice"},
    {"agent_adapter", "script", "_voice_steps", "scenario_state", "_cache"},
    {
        "user_simulator_agent",
        "_user_simulator",
        "judge_agent",
        "_judge",
        "red_team_agent",
        "_red_team",
        "voice.adapters",
        "voice.testing",
    },
    {"scenario_executor", "_engine", "campaign", "_campaign"},
    {
        "cli",
        "_cli",
        "pytest_plugin",
        "_pytest",
        "_reporter",
        "_demo",
        "tracing",
        "report",
        "_report",
        "_dashboard",
    },
]
# A public module and the private package behind it are one room.
ROOMS = {
    "_user_simulator": "user_simulator_agent",
    "_judge": "judge_agent",
    "_red_team": "red_team_agent",
    "_engine": "scenario_executor",
    "_report": "report",
    "_voice_steps": "script",
    "voice.testing": "voice.adapters",
    "campaign": "scenario_executor",
    "_campaign": "scenario_executor",
}
# The ground is one room: its values refer to each other. The surfaces share the reporters and the demo.
# Speech goes over the clients that models are called with.
BESIDE = {("voice", "_model")}
SHARED = FLOORS[0] | {"_reporter", "_report", "_dashboard", "_demo", "_cli", "_pytest"}


STOREYS = {"voice": {"adapters", "testing"}}
"""Packages whose sub-packages stand on a floor of their own."""


def room_of(parts: Sequence[str]) -> str:
    """Return the room of a module, given the parts of its name after `scenario`."""
    room = parts[0]
    return f"{room}.{parts[1]}" if len(parts) > 1 and parts[1] in STOREYS.get(room, ()) else room


def floor_of(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS, 1) if room in rooms)


def modules() -> list[Path]:
    return sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")


def imports(path: Path) -> set[str]:
    """Return the rooms that a module imports when it runs, leaving out lazy re-exports."""
    found: set[str] = set()

    def visit(node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                for other in child.orelse:
                    visit(other)
                continue
            if isinstance(child, ast.FunctionDef) and child.name == "__getattr__":
                continue
            if isinstance(child, ast.ImportFrom) and (child.module or "").startswith("scenario."):
                found.add(room_of(child.module.split(".")[1:]))
            elif isinstance(child, ast.ImportFrom) and child.module == "scenario":
                found.update(alias.name for alias in child.names)
            elif isinstance(child, ast.Import):
                names = [alias.name.split(".") for alias in child.names]
                found.update(room_of(parts[1:]) for parts in names if parts[0] == "scenario" and parts[1:])
            visit(child)

    visit(ast.parse(path.read_text()))
    return found


def test_every_room_stands_on_a_floor():
    rooms = {room_of(path.relative_to(ROOT).with_suffix("").parts) for path in modules()}
    assert rooms == set().union(*FLOORS)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_from_lower_floors_only(path):
    room = room_of(path.relative_to(ROOT).with_suffix("").parts)
    for other in imports(path) - {room}:
        same_room = ROOMS.get(room, room) == ROOMS.get(other, other)
        shared = other in SHARED and floor_of(other) == floor_of(room)
        beside = (room, other) in BESIDE
        assert same_room or shared or beside or floor_of(other) < floor_of(room), f"{room} imports {other}"


def test_files_stay_small():
    lengths = sorted(len(path.read_text().splitlines()) for path in modules())
    assert lengths[-1] < 500
    assert lengths[len(lengths) // 2] < 200
