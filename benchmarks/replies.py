"""What the models of the benchmarks answer."""

from __future__ import annotations

from typing import Any

USER_TEXT = "hi, my kettle came broken, order 4711. can i get my money back please?"
AGENT_TEXT = "I am sorry to hear that. I have looked up your order and can refund it to your card."


def decision(tools: dict[str, Any]) -> dict[str, Any]:
    """Return the tool call of a judge, as name and arguments.

    A judge that may go on goes on. When it may not, every criterion is met.

    Args:
        tools: the definitions that the judge may choose from, by name.
    """
    if "continue_test" in tools:
        return {"continue_test": {}}
    keys = tools["finish_test"]["function"]["parameters"]["properties"]["criteria"]["properties"]
    met = {"reasoning": "The agent did so.", "evidence": ["#2"], "status": "true"}
    verdict = {
        "criteria": dict.fromkeys(keys, met),
        "reasoning": "All criteria are met.",
        "verdict": "success",
    }
    return {"finish_test": verdict}
