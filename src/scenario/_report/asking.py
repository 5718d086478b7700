"""One question to a model whose answer is a JSON object: data fenced, time bounded."""

from __future__ import annotations

import asyncio
import re
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scenario._model import complete
from scenario._red_team.contract import read_object
from scenario._red_team.fencing import fenced
from scenario.errors import ModelCallError, ModelResponseError

if TYPE_CHECKING:
    from scenario._model import ModelSettings

LIMIT = 60.0  # seconds, repeats included
_TAG = re.compile(r"<(?=\s*+/?\s*+(?:verdict|reports)\b)", re.IGNORECASE)


class Fence:
    """Puts data of one prompt into blocks that it can neither leave nor imitate.

    Attributes:
        token: marks the blocks of this prompt; nobody can guess it.
    """

    def __init__(self) -> None:
        self.token = secrets.token_hex(8)

    def __call__(self, name: str, text: str) -> str:
        """Return the text as a block of that name."""
        return fenced(name, _TAG.sub("&lt;", text), self.token)


async def ask_for_object(
    settings: ModelSettings, prompt: str, *, key: str, temperature: float
) -> dict[str, Any]:
    """Return the JSON object that a model answers with.

    Args:
        settings: the model; its limit of tokens is not used, because half an object is of no use.
        prompt: the question.
        key: a field that the object must have.
        temperature: of the call.

    Raises:
        ModelCallError: the call failed, or took longer than 60 s.
        ModelResponseError: the answer holds no such object.
    """
    request = replace(settings, temperature=temperature, max_tokens=None).request(
        [{"role": "user", "content": prompt}], response_format={"type": "json_object"}
    )
    try:
        async with asyncio.timeout(LIMIT):
            response = await complete(request)
    except TimeoutError as error:
        raise ModelCallError(
            f"{settings.model!r} gave no answer within {LIMIT:g} s",
            model=settings.model,
            status_code=None,
            retryable=True,
        ) from error
    found = read_object(response.text or "", key)
    if found is None:
        raise ModelResponseError(
            f"{settings.model!r} did not answer with a JSON object that has {key!r}",
            model=settings.model,
            finish_reason=response.finish_reason,
        )
    return found
