"""Where and how OpenAI's speech endpoints are reached."""

from __future__ import annotations

import os

from scenario.voice._secret import Secret
from scenario.voice._speech.http import key_of_provider


def openai_url(path: str) -> str:
    """Return the address of an endpoint; `OPENAI_BASE_URL` moves them all."""
    base = os.environ.get("OPENAI_BASE_URL") or "https://api.openai.com/v1"
    return f"{base.rstrip('/')}/{path}"


def openai_headers() -> dict[str, str]:
    """Return what authorises a request: `OPENAI_API_KEY`."""
    return {"Authorization": Secret(f"Bearer {key_of_provider('OpenAI', 'OPENAI_API_KEY')}")}
