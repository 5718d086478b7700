"""The agent under test of the voice examples: the phone desk of a hotel, put together from local parts.

It hears with PocketSphinx, thinks by a few rules, and speaks with Flite: no key and no network. Replace the
rules by a model (`llm="openai/gpt-5-mini"`) and the speech by a provider's, and it is an agent like many in
production.
"""

from __future__ import annotations

import re

import scenario
from scenario.types import ModelRequest, ModelResponse
from scenario.voice import LocalSTTProvider

GREETING = "Harbour Hotel, good morning. How can I help you?"
BREAKFAST = (
    "Breakfast is served from seven to ten on the terrace, and on Sundays from eight to eleven in the winter "
    "garden, where we also have live music, fresh waffles, and a long table for families with small children."
)


async def desk(request: ModelRequest) -> ModelResponse:
    """Answer a caller by rules, as a chat model would."""
    said = [message["content"] for message in request.messages if message["role"] == "user"]
    heard = said[-1].lower() if said else ""
    if not said:
        answer = GREETING
    elif re.search(r"breakfast|morning meal", heard):
        answer = BREAKFAST
    elif re.search(r"room|book|night|stay", heard):
        answer = "We have a quiet double room for two nights. Shall I book it for you?"
    elif re.search(r"yes|please|thank|okay|fine", heard):
        answer = "Of course. It is done. Is there anything else?"
    else:
        answer = "I am sorry, I did not understand. Could you say that again?"
    return ModelResponse(text=answer)


def hotel_agent() -> scenario.ComposableVoiceAgent:
    """Return the phone desk, ready for one call."""
    scenario.register_model_provider("hotel", desk)
    return scenario.ComposableVoiceAgent(stt=LocalSTTProvider(), llm="hotel/desk", tts="flite/slt")
