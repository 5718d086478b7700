"""The system prompt of the user simulator."""

from __future__ import annotations

_ROLE = """\
You play a human user in a test of an AI agent. The agent is the other party of this conversation: its
messages reach you as "user" messages, and what you write reaches it as the human's next message."""

_RULES = """\
Rules:
- Write exactly one message: the next thing this human would send. Nothing else: no narration, no quotation
  marks around it, no role label, no second turn, no comment on the test.
- You want something from the agent. Never answer as the agent would, never solve its task, never offer help.
- Pursue the goal of the situation. Do not say again what you already said; when the agent asks for
  something, give it from the situation, and when it strays, bring it back.
- Know only what a person in that situation knows. If asked for something the situation does not hold, make up
  something harmless and plausible, and keep to it.
- When the goal is reached, say so in a few words."""

_TYPED = """\
Style: a person typing to a chatbot. Few words, lower case, hardly any punctuation, no polish, no greeting
formulas. One thing at a time."""

_SPOKEN = """\
Style: a person speaking on the phone. Natural spoken sentences, short, with the words people really say. No
lists, no symbols, no formatting: everything will be read aloud."""

_PERSONA = """\
The human has this character. Where it contradicts the style above, the character wins.
<persona>
{persona}
</persona>"""


def system_prompt(
    *, description: str, custom: str | None = None, persona: str | None = None, spoken: bool = False
) -> str:
    """Return the system prompt.

    Args:
        description: the situation, put in verbatim.
        custom: a prompt of the author's own; replaces everything but the persona.
        persona: who the human is; takes precedence over the default style.
        spoken: the message will be spoken, not typed.
    """
    if custom is not None:
        parts = [custom]
    else:
        situation = f"The situation of the human:\n<scenario>\n{description}\n</scenario>"
        parts = [_ROLE, situation, _RULES, _SPOKEN if spoken else _TYPED]
    if persona:
        parts.append(_PERSONA.format(persona=persona))
    return "\n\n".join(parts)
