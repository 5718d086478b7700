"""Data in the red team's prompts: fenced by a token and escaped, as for the judge."""

from __future__ import annotations

import re

from scenario._untrusted import fence as judge_fence

_TAG = re.compile(
    r"<(?=\s*+/?\s*+(?:response|attack_written|attack_sent|earlier|objective|plan|scenario)\b)", re.IGNORECASE
)


def prompt_token(purpose: str, thread_id: str) -> str:
    """Return a token for blocks of data: one per run and kind of prompt, and never the judge's."""
    return judge_fence.run_token(f"red team {purpose}: {thread_id}")


def fenced(name: str, text: str, token: str) -> str:
    """Return untrusted text as a block that it can neither leave nor imitate."""
    return judge_fence.fence(name, judge_fence.escape(_TAG.sub("&lt;", text)), token)
