import re
import threading
from pathlib import Path

import pytest

from scenario._report import batch
from scenario.report import current_batch_dir, save_redteam_report, set_batch_dir
from tests.red_team.campaigns import crescendo


@pytest.fixture(autouse=True)
def no_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(batch, "_folders", batch._Folders())
    monkeypatch.chdir(tmp_path)


def save(**settings):
    return save_redteam_report(red_team=crescendo(), test_name="t", error="x", analyze=False, **settings)


def test_before_the_first_report_there_is_none():
    assert current_batch_dir() is None


def test_a_folder_is_set_and_created(tmp_path):
    assert set_batch_dir("a/b") == tmp_path / "a" / "b" == current_batch_dir()
    assert (tmp_path / "a" / "b").is_dir()
    assert save().parent == tmp_path / "a" / "b"


def test_without_one_all_reports_of_the_process_share_a_new_folder(tmp_path, monkeypatch):
    first = save()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert save().parent == first.parent == current_batch_dir()
    assert first.parent.parent == tmp_path / "redteam-reports"
    assert re.fullmatch(r"\d{8}_\d{6}", first.parent.name)


def test_a_folder_of_the_call_wins_and_changes_nothing(tmp_path):
    set_batch_dir(tmp_path / "a")
    assert save(out_dir=tmp_path / "b").parent == tmp_path / "b"
    assert current_batch_dir() == tmp_path / "a"


def test_threads_that_save_first_at_once_share_the_folder():
    found = set()
    threads = [threading.Thread(target=lambda: found.add(batch.batch_dir())) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 1


def test_a_session_has_a_folder_of_its_own_and_gives_back_what_was():
    end = batch.begin_session(Path("/outer"))
    assert batch.batch_dir() == Path("/outer")
    end_inner = batch.begin_session(Path("/inner"))
    assert current_batch_dir() is None
    assert batch.batch_dir() == Path("/inner")
    end_inner()
    assert current_batch_dir() == Path("/outer")
    end()
    assert current_batch_dir() is None


def test_a_session_keeps_the_folder_that_its_conftest_set(tmp_path):
    set_batch_dir(tmp_path)
    end = batch.begin_session(Path("/session"))
    assert batch.batch_dir() == tmp_path
    end()
