"""The README and the pages of `docs/` are true: their examples run and their links lead somewhere."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
from pathlib import Path

import pytest

from tests.documentation.capabilities import matrix, written

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ADAPTER = re.compile(r"^# \[adapter\]\n(.*?)^# \[/adapter\]$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in _LINK.findall(page.read_text()):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", [p for p in PAGES if _BLOCK.search(p.read_text())], ids=lambda p: p.name)
def test_the_examples_run(page, tmp_path):
    code = "\n".join(_BLOCK.findall(page.read_text()))
    file = tmp_path / "page.py"
    file.write_text(code)
    names: dict = {"__name__": "page"}
    exec(compile(ast.parse(code), str(file), "exec"), names)
    for name, value in list(names.items()):
        if name.startswith("test_"):
            for arguments in _cases(value):
                asyncio.run(value(*arguments)) if inspect.iscoroutinefunction(value) else value(*arguments)


def _cases(test):
    """Return the arguments of each case; a test may be parametrised over one argument."""
    marks = [mark for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
    return [(value,) for value in marks[0].args[1]] if marks else [()]


def test_every_page_is_named_in_the_readme():
    readme = (ROOT / "README.md").read_text()
    assert all(f"docs/{page.name}" in readme for page in (ROOT / "docs").glob("*.md"))


def test_every_transport_is_named_where_adapters_are_chosen():
    page = (ROOT / "docs" / "voice-adapters.md").read_text()
    assert all(f"transports/{other.name}" in page for other in (ROOT / "docs" / "transports").glob("*.md"))


def test_the_capability_matrix_is_what_the_adapters_say():
    assert written() == matrix(), "run: python -m tests.documentation.capabilities"


@pytest.mark.parametrize("example", sorted((ROOT / "examples").glob("test_*.py")), ids=lambda path: path.stem)
def test_adapters_stand_in_the_documentation_as_they_run(example):
    if adapter := _ADAPTER.search(example.read_text()):
        assert adapter[1].strip() in (ROOT / "docs" / "agents.md").read_text()
