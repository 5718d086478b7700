"""The verbs of criteria, by what has to be looked for."""

from __future__ import annotations

from functools import cache
from typing import Literal, get_args

Kind = Literal[
    "ask", "call", "act", "create", "say", "suggest", "promise", "reveal", "invent", "refuse", "social", "be"
]

_VERBS: dict[Kind, str] = {
    "ask": "ask request inquire enquire prompt clarify",
    "call": "call use invoke run execute query trigger",
    "create": "generate write create produce compose draft make",
    "act": """look search find fetch get track check retrieve book reserve schedule cancel verify submit send
        update file issue process add move transfer delete remove charge save refund buy order place open
        close reset register sell pay hand escalate connect forward authenticate solve fix switch speak store
        record log assign complete perform handle arrange block unblock lock unlock renew""",
    "say": """mention say state tell inform explain give provide include contain describe list show present
        name confirm note acknowledge remind warn report answer respond reply point discuss talk cite address
        express have admit""",
    "suggest": "suggest recommend advise propose offer encourage instruct direct promote try",
    "promise": "promise guarantee commit assure",
    "reveal": "reveal disclose share leak expose print output repeat help assist",
    "invent": "invent fabricate hallucinate assume guess",
    "refuse": "refuse decline reject deny resist",
    "social": "apologise apologize greet thank praise congratulate welcome empathise empathize blame insult",
    "be": "be is are was were stay remain keep sound maintain",
}

_IRREGULAR = {
    "told": "tell",
    "said": "say",
    "gave": "give",
    "given": "give",
    "wrote": "write",
    "written": "write",
    "sent": "send",
    "made": "make",
    "has": "have",
    "found": "find",
    "shown": "show",
}


def _forms(verb: str) -> list[str]:
    if verb.endswith("e"):
        return [verb, f"{verb}s", f"{verb}d", f"{verb[:-1]}ing"]
    if verb.endswith("y") and verb[-2] not in "aeo":
        return [verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"]
    third = f"{verb}es" if verb.endswith(("s", "sh", "ch", "x")) else f"{verb}s"
    double = verb + verb[-1]
    return [verb, third, f"{verb}ed", f"{verb}ing", f"{double}ing", f"{double}ed"]


@cache
def _table() -> dict[str, tuple[str, Kind]]:
    table: dict[str, tuple[str, Kind]] = {}
    for kind in get_args(Kind):
        for verb in _VERBS[kind].split():
            for form in [verb] if kind == "be" else _forms(verb):
                table.setdefault(form, (verb, kind))
    for form, verb in _IRREGULAR.items():
        table[form] = (verb, table[verb][1])
    return table


def verb_of(word: str) -> tuple[str, Kind] | None:
    """Return infinitive and kind of a known verb's form ("asks" is `("ask", "ask")`), else `None`."""
    return _table().get(word)
