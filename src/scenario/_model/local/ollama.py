"""An Ollama server on this machine, and which of its models suits a conversation."""

from __future__ import annotations

import os
import re
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError

from scenario._model.local.deadline import within

TIMEOUT_SECONDS = 1.0
"""How long the server may take to say what it has."""

_LARGEST = 15e9  # Parameters; a larger model is taken only when there is nothing else: it may be very slow.
_NO_CHAT = re.compile(r"embed|bge|minilm|rerank|guard|ocr|[-:](base|text)\b", re.IGNORECASE)
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMB])", re.IGNORECASE)
_UNITS = {"K": 1e3, "M": 1e6, "B": 1e9}


class _Details(BaseModel):
    families: list[str] | None = None
    parameter_size: str = ""


class _Model(BaseModel):
    name: str
    details: _Details = Field(default_factory=_Details)

    @property
    def chats(self) -> bool:
        families = self.details.families or ()
        return not _NO_CHAT.search(self.name) and not any("bert" in family for family in families)

    @property
    def parameters(self) -> float:
        match = _SIZE.match(self.details.parameter_size)
        return float(match[1]) * _UNITS[match[2].upper()] if match else 0.0


class _Tags(BaseModel):
    models: list[_Model]


def ollama_address() -> str:
    """Return the server's address: `OLLAMA_HOST` as Ollama reads it, else `http://127.0.0.1:11434`.

    Raises:
        ValueError: the variable is no address.
    """
    given = os.environ.get("OLLAMA_HOST", "").strip()
    parts = urlsplit(given if "://" in given else f"http://{given}")
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme if "://" in given else "", 11434)
    host = parts.hostname or "127.0.0.1"
    # A server bound to all addresses is reached on loopback.
    host = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - nothing is bound here
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def ollama_model() -> str | None:
    """Return the name of an installed model for chat; `None` if no server answers or it has none. Blocks."""
    import httpx

    def installed() -> Any:
        with httpx.Client(trust_env=False, timeout=TIMEOUT_SECONDS) as client:
            return client.get(f"{ollama_address()}/api/tags").raise_for_status().json()

    try:
        return chat_model(within(2 * TIMEOUT_SECONDS, installed, name="scenario-ollama"))
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, TimeoutError):
        return None


def chat_model(tags: Any) -> str | None:
    """Return the best model for chat in an answer of `/api/tags`: the largest of a bearable size."""
    try:
        models = [model for model in _Tags.model_validate(tags).models if model.chats]
    except ValidationError:
        return None
    bearable = [model for model in models if model.parameters <= _LARGEST]
    if bearable:
        return max(bearable, key=lambda model: model.parameters).name
    return min(models, key=lambda model: model.parameters).name if models else None
