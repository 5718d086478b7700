"""Small rule-based agents for the simulated user to talk to; each knows when it has done its job."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MONTH = r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
DATE = (
    rf"\b\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{MONTH}\b|\b{MONTH} \d{{1,2}}\b"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\btomorrow\b"
)
TIME = r"\b\d{1,2}(?::\d\d)? ?(?:am|pm)\b|\b\d{1,2}:\d\d\b|\bnoon\b"
NUMBER = r"\b(?:\d+|one|two|three|four|five|six)\b"
EMAIL = r"[\w.]+@[\w.]+\w"
CITY = r"\b(?:Berlin|Lisbon|Paris|Oslo|Rome|Madrid|Boston|Chicago)\b"


@dataclass
class SlotAgent:
    """Asks for one missing slot after the other, confirms if told to, then does its job and says so."""

    slots: dict[str, tuple[str, str]]  # name -> (question, pattern of the answer)
    result: str
    confirm: str | None = None
    refusals: int = 0
    done: bool = False
    found: dict[str, str] = field(default_factory=dict)
    asked: str | None = None
    confirming: bool = False

    def answer(self, text: str) -> str:
        if self.done:
            return "You're welcome. Goodbye!"
        if self.refusals:
            self.refusals -= 1
            return "I'm sorry, but I can't do that right now."
        for name, (_, pattern) in self.slots.items():
            if name not in self.found and self.asked in (name, None):
                match = re.search(pattern, text, re.IGNORECASE)
                if match:
                    self.found[name] = match[0]
        for name, (question, _) in self.slots.items():
            if name not in self.found:
                self.asked = name
                return question
        if self.confirm and not self.confirming:
            self.confirming = True
            return self.confirm.format(**self.found)
        if self.confirming and not re.search(r"\b(?:yes|yep|correct|right|please)\b", text):
            return self.confirm.format(**self.found)
        self.done = True
        return self.result.format(**self.found)


@dataclass
class TellAgent:
    """Answers a question for information once it knows what it needs."""

    needs: str
    question: str
    facts: dict[str, str]
    done: bool = False
    told: set[str] = field(default_factory=set)

    def answer(self, text: str) -> str:
        match = re.search(self.needs, text, re.IGNORECASE) if self.needs else True
        for word, fact in self.facts.items():
            if re.search(word, text, re.IGNORECASE) and (match or self.told):
                self.told.add(word)
                self.done = len(self.told) == len(self.facts)
                return fact
        if re.search(r"\b(?:bye|thanks)\b", text):
            return "Have a nice day!"
        return self.question


def weather():
    facts = {"weather|paris|oslo": "Tomorrow it will rain in the city, 14 degrees at most."}
    return TellAgent(CITY, "Which city are you in?", facts)


def weather_then_umbrella():
    facts = {
        "weather": "It will rain in Boston tomorrow, with 12 degrees.",
        "umbrella": "Yes, take an umbrella with you, the rain lasts all day.",
    }
    return TellAgent("", "What would you like to know?", facts)


def recipes():
    recipe = (
        "Here is a chickpea curry.\nIngredients:\n- chickpeas\n- coconut milk\n- onion\n"
        "Steps:\n1. Fry.\n2. Simmer."
    )
    return SlotAgent(
        {"diet": ("Do you eat meat, or are you vegetarian?", r"vegetarian|no meat|don't eat meat")}, recipe
    )


def refund():
    return SlotAgent(
        {
            "order": ("Could you please give me your order number?", r"\b\d{4,}\b"),
            "reason": ("Why would you like to return it?", r"broken|damaged|small|late|wrong|never"),
        },
        "I have refunded order {order}. The money arrives in five days. Is there anything else I can "
        "help you with?",
    )


def stubborn_refund():
    agent = refund()
    agent.refusals = 1
    return agent


def flights():
    return SlotAgent(
        {
            "origin": ("Where are you flying from?", CITY),
            "date": ("On what date would you like to travel?", DATE),
            "people": ("How many passengers?", NUMBER),
        },
        "Your flight is booked. The confirmation code is QX7P2L.",
        confirm="I found a flight from {origin} on {date} for 189 EUR. Shall I book it?",
    )


def appointments():
    return SlotAgent(
        {
            "day": ("Which day suits you?", DATE),
            "part": ("Would you prefer the morning or the afternoon?", "morning|afternoon"),
            "name": ("What is your name?", r"[A-Z]\w+"),
        },
        "Done! Your appointment on {day} in the {part} is confirmed.",
    )


def password_reset():
    return SlotAgent(
        {"email": ("What's the e-mail address of your account?", EMAIL)},
        "I have sent a reset link to {email}. Anything else?",
    )


def restaurant():
    return SlotAgent(
        {
            "people": ("For how many people?", NUMBER),
            "day": ("For which day?", DATE),
            "time": ("What time would you like to come?", TIME),
        },
        "Your table for {people} is reserved for {day} at {time}.",
        confirm="A table for {people} on {day} at {time}, is that correct?",
    )


def claims():
    return SlotAgent(
        {
            "policy": ("Please tell me your policy number.", r"\b[A-Z]-?\d{3,}\b"),
            "date": ("When did it happen?", DATE),
            "police": ("Did you report it to the police?", r"\b(?:yes|no)\b"),
        },
        "Your claim has been filed. An adjuster will contact you soon.",
    )


def contracts():
    return SlotAgent(
        {
            "number": ("Could you tell me your customer number?", r"\b\d{5,}\b"),
            "offer": ("Before we cancel: would you like a 20% discount instead?", r"\bno\b"),
        },
        "Your contract is cancelled as of the end of the month.",
    )


def shop():
    return SlotAgent(
        {
            "size": ("What size do you need?", r"\b\d{2}\b"),
            "colour": ("Which colour would you like?", r"\b(?:blue|black|red|green|white)\b"),
        },
        "Here are two pairs of {colour} shoes in size {size}: Swift 3 and AeroRun.",
    )


def hours():
    return TellAgent(
        "",
        "Hello! How can I help you today?",
        {"open|hours|close": "We are open from 9 am to 6 pm, Monday to Friday."},
    )


def address_change():
    return SlotAgent(
        {"both": ("I need your customer number and your e-mail address.", r"\b\d{5,}\b.*@|@.*\b\d{5,}\b")},
        "Your address has been updated.",
    )


def internet():
    return SlotAgent(
        {
            "since": ("Since when do you have this problem?", DATE),
            "restart": ("Have you restarted the router already?", r"\b(?:yes|no|not)\b"),
        },
        "I have booked a technician for Thursday between 8 and 12.",
    )
