"""The pinned model: fetched once from the Hugging Face hub, its SHA-256 recorded and checked ever after."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenario._model.local.deadline import start, within
from scenario.errors import MissingExtraError, ScenarioError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

REPOSITORY = "Qwen/Qwen2.5-1.5B-Instruct-GGUF"
FILE = "qwen2.5-1.5b-instruct-q4_k_m.gguf"

LOOK_UP_SECONDS = 5.0
"""How long the hub may take to say what the file is; without a network it never does."""

STALL_SECONDS = 10.0
"""How long a download may go without a further byte."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


def pinned_model(say: Callable[[str], None], *, folder: Path | None = None) -> Path:
    """Return the file of the pinned model, downloading it if it is not there. Blocks.

    Args:
        say: told before a download begins.
        folder: where the file is kept; default `~/.scenario/models`.

    Raises:
        MissingExtraError: `huggingface_hub` is not installed.
        ScenarioError: the file could not be downloaded or stored, or is not the one that was recorded.
    """
    folder = folder or Path.home() / ".scenario" / "models"
    path, record = folder / FILE, folder / f"{FILE}.sha256"
    try:
        recorded = record.read_text(encoding="ascii").strip() if record.is_file() else None
        if recorded and path.is_file():
            if _digest(path) == recorded:
                return path
            say(f"{str(path)!r} has changed since its download: it is fetched again.")
            path.unlink()
        published = _download(folder, say)
        found = _digest(path)
        _check(path, found, published, "by the hub")
        _check(path, found, recorded, f"in {str(record)!r}")
        record.write_text(found + "\n", encoding="ascii")
    except ScenarioError:
        raise
    except Exception as error:  # The hub's client raises classes of several packages, for one and the same.
        raise ScenarioError(f"{FILE} could not be fetched or stored in {str(folder)!r}: {error!r}") from error
    return path


def _check(path: Path, found: str, expected: str | None, source: str) -> None:
    if expected and found != expected:
        path.unlink()
        raise ScenarioError(f"{path.name} has the SHA-256 {found}, but {expected} is stated {source}.")


def _download(folder: Path, say: Callable[[str], None]) -> str | None:
    """Fetch the file into `folder` and return its SHA-256 as the hub states it."""
    try:
        hub: Any = import_module("huggingface_hub")
    except ImportError as error:
        raise MissingExtraError(
            feature=f"Downloading {FILE}", package="huggingface_hub", extra="local"
        ) from error
    # Read here, because the hub's client reads the variable only when it is imported.
    endpoint = os.environ.get("HF_ENDPOINT") or None
    url = hub.hf_hub_url(REPOSITORY, FILE, endpoint=endpoint)

    def look_up() -> Any:
        return hub.get_hf_file_metadata(url, timeout=LOOK_UP_SECONDS, token=False, endpoint=endpoint)

    try:
        known = within(LOOK_UP_SECONDS, look_up, name="scenario-look-up")
    except TimeoutError as error:
        raise ScenarioError(f"No answer from {url} within {LOOK_UP_SECONDS:g} s: no network?") from error
    folder.mkdir(parents=True, exist_ok=True)
    size, free = known.size or 0, shutil.disk_usage(folder).free
    if size > free:
        raise ScenarioError(f"{FILE} needs {size:,} bytes in {str(folder)!r}, where {free:,} are free.")
    say(f"Downloading the local model {FILE} ({size / 1e9:.1f} GB, only once) to {str(folder)!r}.")
    progress = _Progress()
    download = start(
        lambda: hub.hf_hub_download(
            REPOSITORY,
            FILE,
            local_dir=folder,
            endpoint=endpoint,
            token=False,
            tqdm_class=_bar_that_reports_to(progress),
        ),
        name="scenario-download",
    )
    progress.wait_for(download)
    return known.etag if _SHA256.fullmatch(known.etag or "") else None


class _Progress:
    """How far a download got. The hub's client tries again without end when each attempt yields a little."""

    def __init__(self) -> None:
        self._position = 0
        self._furthest = 0
        self._given_up = False

    def advance(self, count: float) -> None:
        """Take note of further bytes; of fewer, when the client starts over."""
        if self._given_up:
            raise ScenarioError(f"The download of {FILE} was given up.")
        self._position += int(count)
        self._furthest = max(self._furthest, self._position)

    def wait_for(self, download: Future[Any]) -> None:
        """Wait until the download is done, or stands still."""
        before = -1
        while before < self._furthest:
            before = self._furthest
            try:
                download.result(timeout=STALL_SECONDS)
            except TimeoutError:
                if download.done():
                    raise
            else:
                return
        self._given_up = True
        raise ScenarioError(f"The download of {FILE} stood still for {STALL_SECONDS:g} s.")


def _bar_that_reports_to(progress: _Progress) -> type:
    tqdm: Any = import_module("huggingface_hub.utils").tqdm

    class Bar(tqdm):
        def update(self, n: float | None = 1) -> bool | None:
            progress.advance(n or 0)
            return tqdm.update(self, n)

    return Bar


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
