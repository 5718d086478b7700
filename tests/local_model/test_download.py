"""The pinned model's download, against a real server that stands in for the hub."""

from __future__ import annotations

import hashlib
import sys
import time
from typing import TYPE_CHECKING

import pytest

from scenario._model.local import download
from scenario._model.local.download import FILE, pinned_model
from scenario.errors import MissingExtraError, ScenarioError

from .hub import Hub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    hub = Hub()
    monkeypatch.setenv("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    with hub.serve() as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        yield hub


def fetch(folder: Path) -> tuple[Path, list[str]]:
    lines: list[str] = []
    return pinned_model(lines.append, folder=folder), lines


def test_the_file_is_fetched_and_its_sha256_recorded(hub: Hub, tmp_path: Path):
    path, lines = fetch(tmp_path / "models")
    assert path.read_bytes() == hub.content
    record = (tmp_path / "models" / f"{FILE}.sha256").read_text()
    assert record.strip() == hashlib.sha256(hub.content).hexdigest()
    assert len(lines) == 1
    assert "Downloading the local model" in lines[0]


def test_it_is_fetched_only_once(hub: Hub, tmp_path: Path):
    fetch(tmp_path)
    hub.status = 500
    path, lines = fetch(tmp_path)
    assert (path.read_bytes(), lines, hub.downloads) == (hub.content, [], 1)


def test_a_file_that_changed_on_disk_is_fetched_again(hub: Hub, tmp_path: Path):
    path, _ = fetch(tmp_path)
    path.write_bytes(b"GGUF and something else")
    path, lines = fetch(tmp_path)
    assert path.read_bytes() == hub.content
    assert "has changed since its download" in lines[0]


def test_another_file_than_the_recorded_one_is_refused(hub: Hub, tmp_path: Path):
    path, _ = fetch(tmp_path)
    path.unlink()
    hub.content = hub.stated = b"GGUF of another day"
    with pytest.raises(ScenarioError, match="is stated in"):
        fetch(tmp_path)
    assert not path.exists()


def test_a_file_other_than_the_hub_states_is_refused(hub: Hub, tmp_path: Path):
    hub.content = b"y" * len(hub.content)
    with pytest.raises(ScenarioError, match="is stated by the hub"):
        fetch(tmp_path)
    assert not (tmp_path / FILE).exists()
    assert not (tmp_path / f"{FILE}.sha256").exists()


def test_a_transfer_that_always_breaks_off_is_given_up(hub: Hub, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(download, "STALL_SECONDS", 1.5)
    hub.sends = 100
    began = time.monotonic()
    with pytest.raises(ScenarioError, match="stood still"):
        fetch(tmp_path)
    assert time.monotonic() - began < 15
    assert not (tmp_path / FILE).exists()


def test_a_hub_that_does_not_answer_is_given_up(hub: Hub, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(download, "LOOK_UP_SECONDS", 1.0)
    hub.silent = True
    began = time.monotonic()
    with pytest.raises(ScenarioError):
        fetch(tmp_path)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("status", [401, 404, 503])
def test_a_refusal_is_an_error(hub: Hub, tmp_path: Path, status: int):
    hub.status = status
    with pytest.raises(ScenarioError, match=FILE):
        fetch(tmp_path)


def test_without_a_network_it_fails_at_once(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    began = time.monotonic()
    with pytest.raises(ScenarioError, match="could not be fetched"):
        fetch(tmp_path)
    assert time.monotonic() - began < 10


def test_offline_mode_of_the_hub_is_respected(hub: Hub, tmp_path: Path, monkeypatch):
    from huggingface_hub import constants
    from huggingface_hub.utils import close_session

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    close_session()
    with pytest.raises(ScenarioError, match="could not be fetched"):
        fetch(tmp_path)
    close_session()
    assert hub.downloads == 0


def test_a_disk_without_room_is_not_filled(hub: Hub, tmp_path: Path):
    hub.stated_size = 10**18
    with pytest.raises(ScenarioError, match="are free"):
        fetch(tmp_path)
    assert hub.downloads == 0


def test_a_folder_that_cannot_be_made_is_an_error(hub: Hub, tmp_path: Path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ScenarioError, match="could not be fetched or stored"):
        fetch(tmp_path / "file" / "models")


def test_without_the_package_the_extra_is_named(tmp_path: Path, monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(MissingExtraError, match=r"agent-scenario\[local\]"):
        fetch(tmp_path)
