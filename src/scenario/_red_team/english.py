"""Tells English from other text by its small words."""

from __future__ import annotations

import re

_ENGLISH_WORDS = """
    about all am an and any anything are as at be been but by can cannot could did do does for from get
    give had has have he help her here his how i if in into is it its just know let like may more my need
    not of on one or our out please she should so some sorry sure tell than thank thanks that the their
    them then there these they this those to up us was we were what when where which who why will with
    won't would yes you your can't i'm don't isn't"""
# German, French, Spanish, Italian, Portuguese, Dutch
_OTHER_WORDS = """
    aber auch auf bei das dem den der die ein eine es für hat ich ihnen ihr ist kann leider mich mit mir
    nicht noch oder sie sind und von wie wir zu zum zur
    au aux avec ce cette dans de des du elle est et il je la le les leur mais ne nous on par pas peux
    pour que qui sur un une vous votre
    al como con del el ella en ese eso esta está estoy las lo los más no para pero por puede puedo se si
    sí su sus te tu una yo
    che gli ho mi mia non per posso sono
    ao com da das do dos em isso meu não nas nos o os ou seu uma você
    aan dat een het ik kan maar met niet om op te van voor zijn"""
_ENGLISH, _OTHER = frozenset(_ENGLISH_WORDS.split()), frozenset(_OTHER_WORDS.split())
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_LEAST_SHARE = 0.15
_FEW_WORDS = 4


def is_english(text: str) -> bool:
    """Whether a text seems to be mostly English; without any sign of another language a short one is."""
    words = _WORD.findall(text.lower())
    if not words:
        return text.isascii()
    letters = "".join(words)
    if sum(char > "\u024f" for char in letters) * 3 > len(letters):
        return False
    english, other = english_share(text), sum(word in _OTHER for word in words) / len(words)
    if len(words) <= _FEW_WORDS and letters.isascii() and other == 0:
        return True
    return english >= _LEAST_SHARE and english > other


def english_share(text: str) -> float:
    """Return the share of words, 0 to 1, that are small words of English."""
    words = _WORD.findall(text.lower())
    return sum(word in _ENGLISH for word in words) / len(words) if words else 0.0
