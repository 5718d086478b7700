"""Red-team runs with fake models, and the answers of an analysing model."""

from __future__ import annotations

import json
from contextlib import contextmanager

from scenario._model.fake import fake_model
from tests.red_team.campaigns import Cast, prompt_text

SUGGESTIONS = ["Keep codes out of the context.", "Check every answer.", "Stop after two refusals."]


def analysis(**fields):
    return json.dumps(
        {
            "failing_turn_index": 2,
            "failure_summary": "The agent gave the code away.",
            "suggestions": SUGGESTIONS,
            "severity": "high",
            "break_severity": "complete",
            "severity_rationale": "a code is a credential",
            "break_rationale": "exchange 2",
        }
        | fields
    )


class Models(Cast):
    """A cast that also analyses and merges; `analysis` and `fixes` are replies of a fake model."""

    def __init__(self, *, analysis=analysis(), fixes="{}", **parts):  # noqa: B008 - a constant text
        super().__init__(**parts)
        self.analyst, self.merger = analysis, fixes
        self.asked |= {"analysis": [], "fixes": []}

    def __call__(self, request):
        text = prompt_text(request)
        for sign, kind, reply in (
            ('"break_severity":', "analysis", self.analyst),
            ('"recommendations_rolled_up":', "fixes", self.merger),
        ):
            if sign in text:
                self.asked[kind].append(request)
                return reply
        return super().__call__(request)


@contextmanager
def playing(models):
    with fake_model("fake", models):
        yield models


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))
