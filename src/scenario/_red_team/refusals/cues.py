"""The wordings by which English refusals are known; all match text with contractions written out."""

from __future__ import annotations

import re


def _any(alternatives: str) -> str:
    """Return a pattern for any of the alternatives, which stand apart by slashes."""
    return f"(?:{'|'.join(part.strip() for part in alternatives.split('/'))})"


_WE = r"\b(?:i|we) (?:(?:really|still|simply|just|also|therefore|sadly|again|certainly|do|am|are) ){0,3}"
_ACT = _any(
    "do / share / help / provide / say / tell / give / disclose / discuss / assist / comply / reveal"
    "/ answer / repeat / show / offer / grant / talk / read / send / print / write / produce / confirm"
    "/ continue / approve / change / make / support"
)
_UNABLE = _any(
    f"can not / can neither / could not (?={_ACT}) / am not able / are not able / am unable / are unable"
    "/ will not be able / am not in a position / do not have (?:the )?permission / have no permission"
)
# What follows "I cannot" without being a refusal: idioms, perception, mishaps, and what nobody could know.
_NO_REFUSAL = _any(
    r"wait\b / thank / stress / emphasi[sz]e / believe / imagine / complain / help but / agree more"
    r"/ go wrong / be happier / recommend .{1,60} enough / praise / overstate"
    r"/ say (?:for sure|exactly|enough|how) / tell (?:if|whether|which|from|for sure) / see\b / find\b"
    r"/ locate / hear\b / recall / remember / recogni[sz]e / promise / guarantee / keep up / think of"
    r"/ make out / understand / log (?:in|on) / sign (?:in|up) / get (?:in|into|through|it|to)\b / reach\b"
    r"/ connect / afford / decide / figure / sleep / (?:open|use|access|read|reset|change) my\b"
)
_UNWILLING = _any(
    r"will not / will never / am not going / are not going / refuse\b / decline\b"
    r"/ must (?:\w+ )?(?:decline|refuse) / (?:will )?have to (?:decline|refuse|end)"
    r"/ would have to (?:decline|refuse|end) / am going to have to decline / am declining / need to decline"
)
# The same for "I will not" and "I am not going to".
_NO_UNWILLINGNESS = _any(
    r"lie\b / keep you / let you down / bother / be long / take long / hurt / charge / forget / waste your"
    r"/ pretend (?:it|that|this) / disappoint / be surprised / hold you / sugarcoat"
)
_FORBIDDEN = _any(
    r"(?:am|are) (?:not|neither) (?:allowed|permitted|authori[sz]ed|supposed|cleared)"
    r"/ (?:am|are) (?:prohibited|forbidden|barred|restricted) from / (?:must|may|should) not"
    r"/ (?:do|can) not (?:discuss|share|provide|disclose|reveal|give out|hand out|talk about|comment)"
)
_RULES = "(?:polic|guideline|rule|terms)\\w*"
_OURS = r"(?:our|my|the|company|house)(?: \w+){0,3}"

HARD = re.compile(
    _any(
        rf"{_WE}{_UNABLE}\b(?! {_NO_REFUSAL}) / {_WE}{_UNWILLING}(?! (?:to )?{_NO_UNWILLINGNESS})"
        rf"/ {_WE}{_FORBIDDEN}\b"
        # Without a subject, at the start: "Cannot do that." A question is about somebody else's trouble.
        rf"/ ^(?:sorry,? )?(?:can not|will not|(?:un|not )able to|not (?:allowed|going) to) {_ACT}\b[^?]*$"
        r"/ \bno can do\b / \brequest (?:is )?denied\b / \b(?:that|it|which) is a no\b"
        rf"/ \bagainst {_OURS} {_RULES} / \b(?:violates?|breach(?:es)?|breaks?) {_OURS} {_RULES}"
        rf"/ \b(?:{_RULES}|instructions) (?:do|does|will|would) not (?:allow|permit|let) (?:me|us|this"
        rf"|that|it)\b"
        rf"/ \b{_RULES} (?:prevent|prohibit|forbid|stop|keep)s? (?:me|us)\b"
        r"/ \b(?:that|this|it|topic|subject|request|matter) (?:is|are) (?:\w+ )?(?:off.limits"
        r"|not allowed|not permitted|prohibited|forbidden|out of bounds)\b"
        r"/ \b(?:outside|beyond)(?: of)? (?:what (?:i|we)|my (?:remit|scope|role)|(?:the|our) scope)\b"
        r"/ \bnot something (?:that )?(?:i|we)\b / \bnot possible for (?:me|us)\b"
    )
)

SOFT = re.compile(
    _any(
        r"\brather (?:not|focus|stay|keep|talk|you|than that)\b / \bprefer (?:not|to)\b"
        r"/ \b(?:not|more|less) comfortable\b / \buncomfortable\b / \bhesitant\b / \breluctant\b"
        r"/ \bnot sure (?:that )?(?:i|we) should\b"
        r"/ \bdo not (?:think|feel) (?:that|this|it|right|comfortable)\b / \b(?:best|better) not\b"
        r"/ \blet (?:us|me) (?:talk about|keep|get back|focus|stay|leave|return|steer|move on)"
        r"/ \b(?:could|can|shall|may|should) we (?:get back|go back|talk about|return|leave|move|stay)\b"
        r"/ \bhow about (?:a|an|some|we|another)\b / ^instead,? (?:i|we|let)\b"
        r"/ \b(?:can|could) (?:do|offer)(?: \w+)? instead\b / \bleave (?:that|this|it) aside\b"
        r"/ \bsensitive (?:subject|topic|matter)\b / \bconfidential\b / \bwish i could\b / \blove to help$"
        r"/ \bsuggest (?:speaking|talking|asking|contacting)\b / \bwould be better to ask\b"
        r"/ \ba question for (?:my|our|the)\b"
    )
)

# Clauses that give nothing: apologies, courtesy, offers of help with other things.
EMPTY = re.compile(
    r"\b"
    + _any(
        r"sorry / apologi[sz]e / my apologies / unfortunately / regret / i understand / i hear you"
        r"/ i appreciate / i get (?:why|it) / i see why / thank you for / thanks for / nice try"
        r"/ please understand / i know (?:that )?this is / anything else / something else / what else"
        r"/ let me know / can i help / may i (?:help|do|offer) / how (?:can|may) i help / happy to help"
        r"/ glad to help / would you like / feel free"
        r"/ please (?:contact|speak|talk|ask|reach|call|get in touch)"
        r"/ (?:i|we) can (?:only )?(?:help|assist|explain|tell you about|show you how|answer)"
    )
    + r"\b|^(?:no|hello|hi|hm+|well|look|let me be clear|as i said(?: before)?)\b[\s.,!]*$"
)
