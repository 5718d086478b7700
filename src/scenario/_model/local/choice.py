"""What `auto` stands for in this process: the best model at hand."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from importlib.util import find_spec
from typing import TYPE_CHECKING

from scenario._model.local.deadline import start
from scenario._model.local.download import pinned_model
from scenario._model.local.files import model_file
from scenario._model.local.gguf import context_length
from scenario._model.local.hosted import hosted_model
from scenario._model.local.ollama import ollama_address, ollama_model
from scenario.errors import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from scenario._model.local.hosted import HostedModel

logger = logging.getLogger("scenario")

_lock = threading.Lock()
_choice: Future[str] | None = None


async def resolve_auto(
    *, say: Callable[[str], None] | None = None, confirm: Callable[[str], bool] | None = None
) -> str:
    """Return the model string that `auto` stands for: the first of these that is there.

    A hosted model whose key is in the environment (only with `SCENARIO_DEMO_HOSTED=1` or when `confirm`
    agrees), a model of an Ollama server, the file named by `SCENARIO_LOCAL_MODEL`, the pinned model
    (downloaded once; needs the extra `local`), `offline/players`.

    The choice is made once per process, in a thread of its own. Later calls, from any event loop, get the
    same.

    Args:
        say: told in one line what was chosen, and what was tried in vain; so is logger `scenario` at INFO.
        confirm: asked one question before a hosted model is taken. Both are called in another thread.

    Raises:
        BaseException: what `say` or `confirm` raised; the next call then chooses anew.
    """
    return await asyncio.wrap_future(_started(say, confirm))


def forget_choice() -> None:
    """Have the next call of `resolve_auto` choose anew."""
    global _choice
    with _lock:
        _choice = None


def _started(say: Callable[[str], None] | None, confirm: Callable[[str], bool] | None) -> Future[str]:
    global _choice

    def announce(line: str) -> None:
        logger.info(line)
        if say:
            say(line)

    with _lock:
        if _choice is None or (_choice.done() and _choice.exception()):
            _choice = start(lambda: _choose(announce, confirm), name="scenario-auto")
        return _choice


def _choose(announce: Callable[[str], None], confirm: Callable[[str], bool] | None) -> str:
    hosted = hosted_model()
    if hosted and _is_confirmed(hosted, confirm):
        model, source = hosted.model, f"with the key in {hosted.variable}"
    elif name := ollama_model():
        model, source = f"ollama/{name}", f"from the Ollama server at {ollama_address()}"
    elif path := _local_file(announce):
        model, source = f"local/{path}", "on this machine"
    else:
        model, source = "offline/players", "made of rules, to try things out: no measure of quality"
    announce(f"The model 'auto' is {model} ({source}).")
    return model


def _is_confirmed(hosted: HostedModel, confirm: Callable[[str], bool] | None) -> bool:
    setting = os.environ.get("SCENARIO_DEMO_HOSTED", "").strip()
    if setting:
        return setting == "1"
    if confirm is None:
        return False
    return confirm(f"Use {hosted.model} with the key in {hosted.variable}? It costs money.")


def _local_file(announce: Callable[[str], None]) -> Path | None:
    if find_spec("xllamacpp") is None:
        announce("A model on this machine needs: pip install 'agent-scenario[local]'")
        return None
    try:
        return _named_file(announce) or pinned_model(announce)
    except ScenarioError as error:
        announce(f"There is no model on this machine: {error}")
        return None


def _named_file(announce: Callable[[str], None]) -> Path | None:
    name = os.environ.get("SCENARIO_LOCAL_MODEL", "").strip()
    if not name:
        return None
    try:
        path = model_file(name)
        context_length(path)
    except (ScenarioError, ValueError, OSError) as error:
        announce(f"SCENARIO_LOCAL_MODEL={name!r} is not used: {error}")
        return None
    return path
