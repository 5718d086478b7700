"""Where a Gemini Live session is opened, and what it is opened with.

Protocol: https://ai.google.dev/api/live
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from scenario.voice.adapters._connection.urls import Url, checked_url

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Activity: TypeAlias = Literal["manual", "auto"]
"""Who decides when the user's turn begins and ends: we, or the server's voice activity detection."""

BASE_URL = "wss://generativelanguage.googleapis.com"

_GENERATION = re.compile(r"gemini-(?:live-)?(\d+)")


def live_url(base_url: str, api_version: str) -> Url:
    """Return the address of the service.

    Args:
        base_url: `wss://` or `https://`; `ws://` and `http://` only on this machine.
        api_version: for example `v1`.

    Raises:
        ValueError: no such address, or one to which a key must not be sent.
    """
    if not re.fullmatch(r"v\d\w*", api_version):
        raise ValueError(f"api_version must be like 'v1' or 'v1beta', got {api_version!r}")
    schemes = ("wss", "ws", "https", "http")
    base = checked_url(base_url, name="base_url", schemes=schemes, plain_only_on_loopback=True)
    scheme, rest = base.split("://", 1)
    socket = {"http": "ws", "https": "wss"}.get(scheme.lower(), scheme.lower())
    service = f"google.ai.generativelanguage.{api_version}.GenerativeService.BidiGenerateContent"
    return Url(f"{socket}://{rest.rstrip('/')}/ws/{service}")


def setup_frame(
    *,
    model: str,
    voice: str,
    system_instruction: str,
    tools: Sequence[Mapping[str, Any]],
    activity: Activity,
    handle: str | None,
) -> dict[str, Any]:
    """Return the first frame of a connection.

    `sessionResumption` is always there: only who asks for it is told the handle with which a session goes on
    in another connection, and the server ends every connection after some minutes.

    Args:
        model: its name, with or without `models/`.
        voice: name of a prebuilt voice.
        system_instruction: the system prompt; empty is none.
        tools: in chat-completions form, or as Gemini has them.
        activity: who marks the user's turns.
        handle: of the session that goes on; `None` begins a new one.
    """
    setup: dict[str, Any] = {
        "model": model if "/" in model else f"models/{model}",
        "generationConfig": {
            "responseModalities": ["AUDIO"],
            "speechConfig": {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": voice}}},
        },
    }
    if system_instruction:
        setup["systemInstruction"] = {"parts": [{"text": system_instruction}]}
    if tools:
        setup["tools"] = _tools(tools)
    if activity == "manual":
        setup["realtimeInputConfig"] = {"automaticActivityDetection": {"disabled": True}}
    setup["sessionResumption"] = {} if handle is None else {"handle": handle}
    setup["inputAudioTranscription"] = {}
    setup["outputAudioTranscription"] = {}
    return {"setup": setup}


def takes_client_content(model: str) -> bool:
    """Tell whether a model answers `clientContent` in mid-session.

    From the third generation on it is for the history before the conversation only, and text is sent as
    realtime input (https://ai.google.dev/gemini-api/docs/live-guide, "Model comparison").
    """
    generation = _GENERATION.search(model)
    return generation is None or int(generation[1]) < 3


def _tools(tools: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Gather functions in chat-completions form in one tool; what is no such function stays as it is."""
    functions: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    for tool in tools:
        if "function" in tool:
            functions.append(_declaration(tool["function"]))
        else:
            others.append(dict(tool))
    return [*others, {"functionDeclarations": functions}] if functions else others


def _declaration(function: Mapping[str, Any]) -> dict[str, Any]:
    declaration = {key: function[key] for key in ("name", "description") if key in function}
    if parameters := function.get("parameters"):
        # `parameters` would take only a subset of JSON Schema; this field takes what users write.
        declaration["parametersJsonSchema"] = parameters
    return declaration
