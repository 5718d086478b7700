"""What stands in for stdout need not be a file: a run prints what it can and goes on."""

from __future__ import annotations

import io

import pytest

import scenario


class Stand:
    """All that `print` needs."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text


def closed() -> io.StringIO:
    output = io.StringIO()
    output.close()
    return output


class Broken(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError


async def play() -> None:
    await scenario.arun("n", "d", script=[scenario.user("hi"), scenario.succeed()], verbose=True)


async def test_an_object_that_only_takes_text_gets_the_conversation(monkeypatch) -> None:
    output = Stand()
    monkeypatch.setattr("sys.stdout", output)
    await play()
    assert "User: hi\n" in output.text


@pytest.mark.parametrize("output", [None, closed(), Broken()], ids=["none", "closed", "broken pipe"])
async def test_where_nothing_can_be_printed_nothing_is_complained_of(output, monkeypatch, caplog) -> None:
    monkeypatch.setattr("sys.stdout", output)
    await play()
    assert caplog.text == ""
