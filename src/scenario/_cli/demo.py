"""`scenario demo`: the example scenarios with the best model at hand."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from scenario._cli.command import Command, CommandError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

_CONSENT_VARIABLE = "SCENARIO_DEMO_HOSTED"
_UNPLAYED = 1  # exit code: the scenarios did not end as they should


def _add_arguments(parser: ArgumentParser) -> None:
    model = parser.add_mutually_exclusive_group()
    model.add_argument(
        "--offline",
        action="store_const",
        dest="model",
        const="offline/players",
        help="use the rule-based model that needs no network (no measure of quality)",
    )
    model.add_argument(
        "--model",
        metavar="NAME",
        help="use this model, for example openai/gpt-5-mini (default: %(default)s, the best at hand)",
    )
    parser.set_defaults(model="auto")


def _run(arguments: Namespace) -> int:
    from scenario._demo import main
    from scenario.errors import ScenarioError

    if arguments.model == "auto":
        _ask_about_hosted_model()
    try:
        return main(arguments.model)
    except ScenarioError as error:  # of the model: the agents are the demo's own
        raise CommandError(str(error), exit_code=_UNPLAYED, hint="scenario demo --offline") from error


def _ask_about_hosted_model() -> None:
    """Ask before the demo spends somebody's money; without a terminal or a clear yes it does not."""
    from scenario._model.local.hosted import hosted_model

    hosted = hosted_model()
    if hosted is None or os.environ.get(_CONSENT_VARIABLE, "").strip():
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return
    # Here and not in the thread that chooses the model: Ctrl-C must reach the question.
    try:
        answer = input(f"Use {hosted.model} with the key in {hosted.variable}? It costs a little. [y/N] ")
    except EOFError:
        answer = ""
    if answer.strip().lower() in ("y", "yes"):
        os.environ[_CONSENT_VARIABLE] = "1"


DEMO = Command(
    name="demo",
    help="run the example scenarios with the best model at hand",
    add_arguments=_add_arguments,
    run=_run,
)
