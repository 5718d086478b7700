"""The simulated user's words: the act of the agenda in the short lower-case style of a chat."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scenario._model.offline.agenda import Act, next_act
from scenario._model.offline.facts import read_description
from scenario._model.offline.prompt import block, text_of
from scenario._model.offline.words import normal

if TYPE_CHECKING:
    from scenario.types import ModelRequest

_PHRASES: dict[str, tuple[str, ...]] = {
    "affirm": ("yes please", "yes", "yep"),
    "confirm": ("yes, that's right", "yes, correct"),
    "deny": ("no", "nope"),
    "choose": ("either is fine for me", "i don't mind, whatever works"),
    "unknown": ("i don't know, sorry", "not sure, i don't have that", "no idea, sorry"),
    "give_up": ("ok, never mind then. bye",),
    "thank": ("great, thanks! that's all, bye",),
    "bye": ("thanks, bye", "bye", "ok bye", "cheers, bye"),
}
_INSIST = ("hmm, but {goal}", "that's not what i asked. {goal}")
_ANGRY = re.compile(r"\b(?:angry|furious|frustrated|annoyed|rude|upset|mad|irritated)\b")
_HURRIED = re.compile(r"\b(?:impatient|in a hurry|hurried|rushed|busy|stressed)\b")
_POLITE = re.compile(r"\b(?:polite|friendly|courteous|formal)\b")
_TERSE = re.compile(r"\b(?:terse|curt|brief|short|laconic|few words|monosyllabic)\b")


def speak(request: ModelRequest) -> str:
    """Return the user's next message for a user simulator's prompt."""
    system, turns = _conversation(request)
    description = block(system, "scenario")
    brief = read_description(system if description is None else description)
    persona = normal((block(system, "persona") or "")[:2000])
    mood = f"{persona} {normal((description or '')[:2000])}"
    act = next_act(brief, turns)
    last = next((text for by_agent, text in reversed(turns) if not by_agent), "")
    return _styled(_words(act), act, persona, mood, last)


def _conversation(request: ModelRequest) -> tuple[str, list[tuple[bool, str]]]:
    system: list[str] = []
    turns: list[tuple[bool, str]] = []
    for message in request.messages:
        text = text_of(message.get("content"))
        role = message.get("role")
        if role == "system":
            system.append(text)
        elif role in ("user", "assistant"):
            turns.append((role == "user", text))
    return "\n".join(system), turns


def _words(act: Act) -> str:
    match act.kind:
        case "goal":
            return act.text if act.count == 0 else f"ok thanks. {act.text}"
        case "inform":
            return act.text if not act.count else f"as i said, {act.text}"
        case "insist":
            return _INSIST[act.count % len(_INSIST)].format(goal=act.text)
        case "correct":
            return f"no, it's {act.text}"
        case "choose" if act.text:
            return f"{act.text} please"
        case "affirm" if act.text:
            return f"yes, {act.text}"
        case "deny" if act.text:
            return act.text if act.text.startswith("no") else f"no, {act.text}"
        case _:
            phrases = _PHRASES[act.kind]
            return phrases[act.count % len(phrases)]


def _styled(text: str, act: Act, persona: str, mood: str, last: str) -> str:
    if text == last:
        text = f"like i said, {text}"
    opening = act.kind == "goal" and act.count == 0
    if _TERSE.search(persona):
        return text
    if _ANGRY.search(mood) and act.kind in ("goal", "insist"):
        return f"{text}, this is really annoying"
    if _HURRIED.search(mood) and act.kind in ("goal", "insist"):
        return f"{text}, i'm in a hurry"
    if _POLITE.search(mood) and opening:
        return f"hello, {text} please"
    return f"hi, {text}" if opening and not last else text
