"""core.md 1.10: what `verbose` prints."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario._console import ConsoleObserver
from scenario._console.safe_text import safe_text

from .runs import run_info, tool_call


def printed(
    capsys: pytest.CaptureFixture[str],
    message: dict[str, Any],
    *,
    verbose: bool | int = True,
    name: str = "refund",
) -> str:
    ConsoleObserver().message_added(run_info(verbose=verbose, name=name), message)
    return capsys.readouterr().out


@pytest.mark.parametrize("verbose", [False, 0])
def test_nothing_is_printed_without_verbose(capsys: pytest.CaptureFixture[str], verbose: bool | int) -> None:
    assert printed(capsys, {"role": "user", "content": "hi"}, verbose=verbose) == ""


@pytest.mark.parametrize(
    ("role", "label"),
    [("user", "User"), ("assistant", "Agent"), ("system", "System"), ("developer", "Developer")],
)
def test_each_role_has_its_label(capsys: pytest.CaptureFixture[str], role: str, label: str) -> None:
    assert printed(capsys, {"role": role, "content": "hi\nthere"}) == f"{label}: hi\nthere\n"


def test_level_two_puts_the_scenario_before_each_line(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, {"role": "user", "content": "hi\nthere"}, verbose=2)

    assert out == "[Scenario: refund] User: hi\n[Scenario: refund] there\n"


def test_tool_calls_are_pretty_printed_after_the_text(capsys: pytest.CaptureFixture[str]) -> None:
    calls = [tool_call("find", '{"city": "Köln"}'), tool_call("stop", "")]

    out = printed(capsys, {"role": "assistant", "content": "wait", "tool_calls": calls})

    assert out == 'Agent: wait\nToolCall(find): {\n  "city": "Köln"\n}\nToolCall(stop):\n'


def test_a_message_of_tool_calls_only_has_no_agent_line(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, {"role": "assistant", "content": None, "tool_calls": [tool_call("stop", "{}")]})

    assert out == "ToolCall(stop): {}\n"


@pytest.mark.parametrize("calls", [None, [], [{"id": "1"}]])
def test_odd_tool_calls_do_no_harm(capsys: pytest.CaptureFixture[str], calls: Any) -> None:
    assert printed(capsys, {"role": "assistant", "content": "x", "tool_calls": calls}).startswith(
        "Agent: x\n"
    )


def test_tool_results_are_cut_after_five_lines(capsys: pytest.CaptureFixture[str]) -> None:
    content = json.dumps({"a": 1, "b": 2, "c": 3, "d": 4})

    out = printed(capsys, {"role": "tool", "content": content})

    assert out == 'ToolResult: {\n  "a": 1,\n  "b": 2,\n  "c": 3,\n  "d": 4\n...\n'


def test_five_lines_are_not_cut(capsys: pytest.CaptureFixture[str]) -> None:
    assert "..." not in printed(capsys, {"role": "tool", "content": "[1, 2, 3]"})


def test_a_tool_result_that_is_no_json_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, {"role": "tool", "content": "sunny, {"}) == "ToolResult: sunny, {\n"


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        (["text:hi", "text:there"], "hi there"),
        (["text:hi", "input_audio:"], "🔊 hi"),
        (["audio:"], "🔊 (audio)"),
        (["text:look", "image_url:"], "look <image>"),
        (["video_url:"], "<video_url>"),
    ],
)
def test_parts_are_printed_by_kind(capsys: pytest.CaptureFixture[str], parts: list[str], shown: str) -> None:
    data = "x" * 500
    content = [
        {"type": kind, "text": text} if text else {"type": kind, kind: {"data": data, "url": data}}
        for kind, text in (part.split(":") for part in parts)
    ]

    assert printed(capsys, {"role": "user", "content": content}) == f"User: {shown}\n"


MEDIA = base64.b64encode(bytes(range(256)) * 4).decode()


@pytest.mark.parametrize(
    "message",
    [
        {"role": "user", "content": f"see {MEDIA}"},
        {"role": "user", "content": f"data:image/png;base64,{MEDIA[:40]}"},
        {"role": "tool", "content": json.dumps({"image": MEDIA})},
        {
            "role": "tool",
            "content": [{"type": "image_url", "image_url": {"url": f"data:image/png;base64,{MEDIA}"}}],
        },
        {"role": "assistant", "content": None, "tool_calls": [tool_call("draw", json.dumps({"png": MEDIA}))]},
        {"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": MEDIA}}]},
    ],
)
def test_base64_is_never_printed(capsys: pytest.CaptureFixture[str], message: dict[str, Any]) -> None:
    assert MEDIA[:20] not in printed(capsys, message)


HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\r\x08\x00\x7f"


@pytest.mark.parametrize(
    "message",
    [
        {"role": "user", "content": HOSTILE},
        {"role": HOSTILE, "content": "x"},
        {"role": "tool", "content": HOSTILE},
        {"role": "tool", "content": json.dumps(HOSTILE)},
        {"role": "assistant", "content": None, "tool_calls": [tool_call(HOSTILE, HOSTILE)]},
        {"role": "user", "content": [{"type": "text", "text": HOSTILE}, {"type": HOSTILE}]},
    ],
)
def test_no_message_can_steer_the_terminal(
    capsys: pytest.CaptureFixture[str], message: dict[str, Any]
) -> None:
    out = printed(capsys, message, verbose=2, name=HOSTILE)

    assert not [char for char in out if char != "\n" and not char.isprintable() and char != "\t"]


@given(st.text())
def test_safe_text_keeps_everything_but_controls(text: str) -> None:
    safe = safe_text(text)

    assert not set(safe) & {chr(code) for code in (*range(9), *range(11, 32), *range(127, 160))}
    assert [char for char in safe if char.isalnum()] == [char for char in text if char.isalnum()]


def test_one_message_is_one_write(monkeypatch: pytest.MonkeyPatch) -> None:
    writes: list[str] = []

    class Output:
        encoding = "utf-8"

        def write(self, text: str) -> None:
            writes.append(text)

        def flush(self) -> None: ...

        def isatty(self) -> bool:
            return False

    monkeypatch.setattr("sys.stdout", Output())
    message = {"role": "assistant", "content": "a\nb", "tool_calls": [tool_call("f", '{"a": 1}')]}
    ConsoleObserver().message_added(run_info(verbose=2), message)

    assert len(writes) == 1
    assert writes[0].count("\n") == 5


def test_text_that_the_output_cannot_encode_is_replaced(
    capfdbinary: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io
    import sys

    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    ConsoleObserver().message_added(run_info(), {"role": "user", "content": "Zürich \ud800"})

    assert raw.getvalue() == b"User: Z?rich ?\n"


def test_a_process_without_output_prints_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", None)

    ConsoleObserver().message_added(run_info(), {"role": "user", "content": "hi"})
