from __future__ import annotations

import subprocess
import sys

import pytest

import scenario._model as room

HEAVY = [
    "any_llm",
    "genai_prices",
    "httpx",
    "litellm",
    "numpy",
    "openai",
    "opentelemetry",
    "rich",
    "xllamacpp",
]


def test_every_public_name_can_be_imported_and_the_list_is_sorted() -> None:
    assert room.__all__ == sorted(room.__all__)
    assert all(getattr(room, name).__name__ == name for name in room.__all__)
    assert set(room.__all__) <= set(dir(room))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        room.nothing  # noqa: B018 - the access is what is tested


def test_importing_the_room_imports_no_sdk() -> None:
    code = (
        "import sys, scenario._model as room; [getattr(room, name) for name in room.__all__]; "
        "room.register_model_provider('acme', print); room.resolve_settings('A', model='gpt-5-mini'); "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_fake_call_imports_no_sdk_either() -> None:
    code = (
        "import asyncio, sys; from scenario._model import complete, fake_model; "
        "from scenario.types import ModelRequest\n"
        "with fake_model('fake', 'x'): asyncio.run(complete(ModelRequest('fake/m', [])))\n"
        "print([name for name in ('any_llm', 'litellm', 'openai', 'genai_prices') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
