"""Claims about how the agent speaks, in which language, and what a text that it writes is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scenario._model.offline.findings import Finding, absent, found, unclear
from scenario._model.offline.lexicon import DIETS, PROFANITY, word_list
from scenario._model.offline.look.concepts import sign_of
from scenario._model.offline.look.statements import category_hit
from scenario._model.offline.words import normal, stem, stems, terms, words

if TYPE_CHECKING:
    from scenario._model.offline.criteria import Claim
    from scenario._model.offline.evidence import Evidence

_POLITE = re.compile(
    r"\b(?:please|thanks|thank you|sorry|apologi\w+|happy to|glad|welcome|i understand|great|sure"
    r"|of course|perfect)\b"
)
_RUDE = re.compile(
    rf"\b(?:{'|'.join(PROFANITY.split())}|stupid|idiot|dumb|shut up|not my problem|your (?:own )?fault"
    rf"|you should have"
    r"|calm down|moron|whatever|deal with it|stop wasting)\b"
)
_TONE = re.compile(
    r"\b(?:polite|politely|courteous|calm|professional|respectful|friendly|kind|patient|civil)\b|^(?:rude|impolite"
    r"|unfriendly|disrespectful|aggressive|dismissive)\b"
)
_LANGUAGES = {
    "english": "the and you is to of your for it can are i with have this in we that not on",
    "french": "le la les des est vous je pas une pour dans que et un bonjour merci avec de au",
    "german": "der die das und ist nicht ich sie ein eine mit für auf zu den haben wir kann bitte",
    "spanish": "el la los las es que de y en un una por para con su usted está gracias puede",
    "italian": "il lo la gli che di è un una per con non sono grazie può del della si",
    "portuguese": "o a os as que de é um uma para com não você obrigado pode do da em",
    "dutch": "de het een en is van ik je niet dat op voor met kan u zijn bedankt",
}
_FENCE = re.compile(r"```(\w+)")
_PROGRAMMING = word_list(
    """
    python javascript typescript java rust go ruby php c sql bash kotlin swift
    """
)
_GENRES = {
    "recipe": re.compile(r"\bingredients?\b|\btbsp\b|\bsimmer\b|\bpreheat\b"),
    "email": re.compile(r"\bsubject:|\bdear\b|\bregards\b|\bbest wishes\b|^best,"),
    "letter": re.compile(r"\bdear\b|\bregards\b|\bsincerely\b"),
    "test": re.compile(r"\bassert\b|\bdef test_|\bit\(|\bexpect\("),
    "code": re.compile(r"```"),
    "function": re.compile(r"```|\bdef \w|\bfunction \w"),
    "script": re.compile(r"```"),
    "program": re.compile(r"```"),
}
_GENRE_FORMS = {stem(word): pattern for word, pattern in _GENRES.items()}
_DIET = re.compile(rf"\b({'|'.join(DIETS)})\b")
_IN_LANGUAGE = re.compile(rf"\b(?:in|to|into) ({'|'.join([*_LANGUAGES, *_PROGRAMMING])})\b")


def language_asked(claim: Claim) -> str | None:
    """Return the language that a claim names ("replies in French"), `None` for none."""
    match = _IN_LANGUAGE.search(claim.object)
    return match[1] if match else None


def in_language(language: str, evidence: Evidence) -> Finding:
    """Look whether all that the agent writes is in a language, spoken or of programs."""
    if language in _PROGRAMMING:
        fences = {fence.lower() for line in evidence.agent for fence in _FENCE.findall(line.text)}
        if not fences:
            return unclear("no code names its language")
        return (
            found("the code is marked so", [line.label for line in evidence.agent if "```" in line.text])
            if (fences == {language})
            else absent("the code is in another language")
        )
    votes = [(line.label, _language(line.text)) for line in evidence.agent]
    votes = [(label, spoken) for label, spoken in votes if spoken]
    if not votes:
        return unclear("too little text to know the language")
    hits = [label for label, spoken in votes if spoken == language]
    if len(hits) == len(votes):
        return found(f"the agent writes {language}", hits)
    return (
        absent(f"the agent does not write {language}", [label for label, _ in votes])
        if not hits
        else (unclear("the agent mixes languages", hits))
    )


def _language(text: str) -> str | None:
    spelled = words(normal(text[:5000]))
    if len(spelled) < 4:
        return None
    counts = {name: sum(word in common.split() for word in spelled) for name, common in _LANGUAGES.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] * 8 >= len(spelled) else None


def social(claim: Claim, evidence: Evidence) -> Finding:
    """Look for a social act: greeting, thanking, apologising, praising."""
    if claim.verb in ("blame", "insult"):
        return _rude(evidence)
    return sign_of(claim.verb, evidence) or unclear("the act is not known")


def _rude(evidence: Evidence) -> Finding:
    for sentence in evidence.said:
        if _RUDE.search(sentence.text):
            return found("rude words", [sentence.label], sentence.position)
    return absent("no rude words")


def being(claim: Claim, evidence: Evidence) -> Finding:
    """Look for a property: polite, short, in a language, fit for a diet."""
    text = claim.object.removeprefix("not ")
    if (diet := _DIET.search(text)) is not None:
        return _diet(diet[1], evidence)
    if (tone := _TONE.search(text)) is not None:
        rude = _rude(evidence)
        if tone[0].startswith(("rude", "impol", "unfr", "disr", "aggr", "dism")):
            return rude
        if rude.certainty == "found":
            return absent("the agent uses rude words", rude.labels)
        polite = [sentence.label for sentence in evidence.said if _POLITE.search(sentence.text)]
        return found("polite words and no rude one", polite) if polite else unclear("no sign either way")
    if re.search(r"\b(?:short|brief|concise)\b", text) and "than" not in text:
        longest = max((len(line.text.split()) for line in evidence.agent), default=0)
        if not longest or 60 < longest <= 150:
            return unclear("of middling length")
        return found("no message has over 60 words", ["#1"]) if longest <= 60 else absent("a message is long")
    return unclear("such a property cannot be decided by its words")


def _diet(diet: str, evidence: Evidence) -> Finding:
    hit = category_hit(evidence, DIETS[diet])
    if hit is not None:
        return absent(f"{hit[1]!r} is not {diet}", [hit[0].label])
    dishes = [line.label for line in evidence.agent if _GENRE_FORMS[stem("recipe")].search(normal(line.text))]
    if not dishes and diet not in evidence.text:
        return unclear("no dish is named")
    return found(f"nothing that is not {diet} is named", dishes or [evidence.agent[0].label])


def wrote(genre: str, evidence: Evidence) -> bool:
    """Say whether the agent wrote a text of that kind, by its form or by its name."""
    form = _GENRE_FORMS.get(stem(genre))
    named = stem(genre) in evidence.stems or any(stem(genre) in stems(line.text) for line in evidence.user)
    return named or (form is not None and form.search(evidence.text) is not None)


def written(claim: Claim, evidence: Evidence) -> Finding:
    """Look for a text that the agent was to write: a recipe, an e-mail, code."""
    wanted = list(dict.fromkeys(terms(claim.object)))
    if not wanted:
        return unclear("what should be written is not clear")
    for line in evidence.agent:
        text = normal(line.text)
        genre = next((_GENRE_FORMS[term] for term in wanted if term in _GENRE_FORMS), None)
        if genre is not None and genre.search(text):
            return found("the agent writes it", [line.label], 0)
        if genre is None and len(text.split()) >= 25 and set(wanted[:2]) <= set(terms(line.text)):
            return found("the agent writes it", [line.label], 0)
    return absent("no such text") if wanted[0] in _GENRE_FORMS else unclear("no text that is clearly it")
