"""When the judge hears a conversation, and what it hears."""

from __future__ import annotations

import base64
import io
import wave
from itertools import pairwise

import pytest

from scenario._judge.audio_models import takes_audio
from scenario.errors import ModelCallError

from ..judge.judge_case import MET, judge_with, on_request

HEARING = {"model": "fake/gpt-4o-audio-preview"}


def wav(seconds=0.5, rate=24_000):
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"\0\0" * int(seconds * rate))
    return base64.b64encode(buffer.getvalue()).decode()


def spoken(text=None, data=None, kind="input_audio", role="assistant", format="wav"):
    words = [{"type": "text", "text": text}] if text else []
    sound = {"data": wav() if data is None else data}
    if format:
        sound["format"] = format
    return {"role": role, "content": [*words, {"type": kind, kind: sound}]}


async def prompts_of(messages, replies=(MET,), **settings):
    with judge_with(list(replies), **{**HEARING, **settings}) as (judge, model):
        await judge.call(on_request(messages=messages))
    return model.prompts


def heard(prompt):
    """The numbers and recordings of message 1."""
    parts = prompt[1]["content"]
    assert isinstance(parts, list)
    return [
        (before["text"], part["input_audio"])
        for before, part in pairwise(parts)
        if part["type"] == "input_audio"
    ]


@pytest.mark.parametrize(
    ("explicit", "has_audio", "model", "included"),
    [
        (None, True, "openai/gpt-4o-audio-preview", True),
        (None, True, "openai/gpt-4o", False),
        (None, False, "openai/gpt-4o-audio-preview", False),
        (True, True, "openai/gpt-4o", True),
        (True, False, "openai/gpt-4o-audio-preview", False),
        (False, True, "openai/gpt-4o-audio-preview", False),
    ],
)
def test_effective_include_audio(explicit, has_audio, model, included):
    with judge_with([], model=model, include_audio=explicit) as (judge, _):
        assert judge.effective_include_audio(has_audio) is included


@pytest.mark.parametrize(
    ("model", "takes"),
    [
        ("gpt-4o-audio-preview", True),
        ("openai/gpt-4o-mini-audio-preview", True),
        ("gpt-audio-mini", True),
        ("gemini/gemini-1.5-pro", True),
        ("vertex_ai/gemini-2.0-flash", True),
        ("openrouter/google/gemini-2.5-flash", True),
        ("gemini/gemini-3-pro-preview", True),
        ("gpt-4o", False),
        ("openai/gpt-4o-mini", False),
        ("gpt-4o-2024-11-20", False),
        ("gemini/gemini-2.5-flash-image", False),
        ("gemini/gemini-2.5-pro-preview-tts", False),
        ("anthropic/claude-sonnet-4", False),
        ("my-gpt-4o-audio", False),
        ("unknown/model", False),
    ],
)
def test_which_models_take_audio(model, takes):
    assert takes_audio(model) is takes


async def test_recordings_follow_the_evidence_each_behind_its_number():
    messages = [spoken("hello", role="user"), {"role": "assistant", "content": "hi"}, spoken(data=wav(1))]
    ((_, user),) = await prompts_of(messages)
    parts = user["content"]

    assert "<transcript" in parts[0]["text"]
    assert heard([None, user]) == [
        ("#1", {"data": wav(), "format": "wav"}),
        ("#3", {"data": wav(1), "format": "wav"}),
    ]
    assert "END OF EVIDENCE" in parts[-1]["text"]
    assert parts[-1]["text"].endswith("call finish_test.")


async def test_words_that_are_known_stand_in_the_transcript_as_well():
    ((_, user),) = await prompts_of([spoken("my parcel is lost")])

    assert "my parcel is lost" in user["content"][0]["text"]
    assert "[AUDIO: wav," in user["content"][0]["text"]


async def test_parts_of_type_audio_count_and_the_format_defaults_to_wav():
    (prompt,) = await prompts_of([spoken(kind="audio", format=None)])

    assert heard(prompt) == [("#1", {"data": wav(), "format": "wav"})]


@pytest.mark.parametrize(
    "content",
    [
        [{"type": "input_audio"}],
        [{"type": "input_audio", "input_audio": {"data": ""}}],
        [{"type": "input_audio", "input_audio": {"data": 7}}],
        [{"type": "audio", "audio": "no object"}, None, "text"],
    ],
)
async def test_audio_without_data_is_not_attached(content):
    ((_, user),) = await prompts_of([{"role": "user", "content": content}])

    assert isinstance(user["content"], str)


async def test_a_model_that_takes_no_audio_gets_text():
    ((_, user),) = await prompts_of([spoken("hello")], model="fake/judge")

    assert isinstance(user["content"], str)
    assert "hello" in user["content"]


async def test_of_more_than_15_minutes_the_newest_are_heard(monkeypatch):
    monkeypatch.setattr("scenario._judge.window.context_window", lambda _: 1_000_000)
    five_minutes = wav(299, rate=400)
    (prompt,) = await prompts_of([spoken(f"part {n}", five_minutes) for n in range(1, 6)])

    assert [number for number, _ in heard(prompt)] == ["#3", "#4", "#5"]
    assert "part 1" in prompt[1]["content"][0]["text"]


async def test_of_more_than_20_mb_the_newest_are_heard(monkeypatch):
    monkeypatch.setattr("scenario._judge.window.context_window", lambda _: 1_000_000)
    nine_megabytes = wav(34, rate=100_000)
    (prompt,) = await prompts_of([spoken(data=nine_megabytes) for _ in range(3)])

    assert [number for number, _ in heard(prompt)] == ["#2", "#3"]


async def test_recordings_fit_into_a_small_window():
    minute = wav(60, rate=400)
    (prompt,) = await prompts_of([spoken(data=minute) for _ in range(10)])

    assert 1 <= len(heard(prompt)) <= 4


@pytest.mark.parametrize("status", [400, 404, 415, 422, None])
async def test_a_refused_recording_is_followed_by_one_repeat_in_text(status, caplog):
    refusal = ModelCallError("no audio, please", model="fake/x", status_code=status)
    first, second = await prompts_of([spoken("hello")], [refusal, MET])

    assert len(heard(first)) == 1
    assert isinstance(second[1]["content"], str)
    assert "hello" in second[1]["content"]
    assert "does not take the recordings" in caplog.text


@pytest.mark.parametrize("refusal", [(401, False), (403, False), (429, True), (500, True)])
async def test_other_failures_are_not_repeated(refusal):
    status, retryable = refusal
    error = ModelCallError("no", model="fake/x", status_code=status, retryable=retryable)
    with pytest.raises(ModelCallError):
        await prompts_of([spoken("hello")], [error, MET], num_retries=0)


async def test_a_refusal_without_recordings_is_not_repeated():
    with pytest.raises(ModelCallError):
        await prompts_of([{"role": "user", "content": "hi"}], [ModelCallError("no", model="fake/x"), MET])


async def test_the_second_refusal_is_raised():
    refusals = [ModelCallError("no", model="fake/x", status_code=400)] * 2
    with pytest.raises(ModelCallError):
        await prompts_of([spoken("hello")], refusals)
