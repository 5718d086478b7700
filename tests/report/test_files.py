import json
import multiprocessing
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from scenario._report import files
from scenario._report.files import replace, write_new
from scenario._report.naming import safe_name, strategy_label


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("refund", "refund"), ("a b/c", "a_b_c"), ("__x__", "x"), ("ü", "run"), ("", "run"), ("../..", "run"),
        ("a-b_c9", "a-b_c9"), ("a_ _b", "a___b"), ("x" * 500, "x" * 100),
    ],
)  # fmt: skip
def test_a_name_becomes_safe(name, safe):
    assert safe_name(name) == safe


@pytest.mark.parametrize(
    ("class_name", "label"),
    [
        ("CrescendoStrategy", "crescendo"), ("GoatStrategy", "goat"), ("BestOfNStrategy", "bestofn"),
        ("Mine", "mine"), ("Strategy", "unknown"),
    ],
)  # fmt: skip
def test_a_strategy_is_called_by_its_class(class_name, label):
    assert strategy_label(class_name) == label


def test_an_equal_name_gets_a_number(tmp_path):
    paths = [write_new(tmp_path, "1_t_goat", str(n).encode()) for n in range(3)]
    assert [path.name for path in paths] == ["1_t_goat.json", "1_t_goat_2.json", "1_t_goat_3.json"]
    assert [path.read_text() for path in paths] == ["0", "1", "2"]


def write_many(folder, process, count):
    for number in range(count):
        write_new(Path(folder), "1_t_goat", json.dumps([process, number]).encode())


def test_processes_and_threads_at_once_overwrite_nothing(tmp_path):
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=write_many, args=(str(tmp_path), n, 25)) for n in range(2)]
    threads = [threading.Thread(target=write_many, args=(tmp_path, n, 25)) for n in (2, 3)]
    for worker in (*processes, *threads):
        worker.start()
    for worker in (*processes, *threads):
        worker.join(60)
    written = sorted(json.loads(path.read_text()) for path in tmp_path.iterdir())
    assert written == [[process, number] for process in range(4) for number in range(25)]


def test_a_reader_never_sees_a_part_of_a_file(tmp_path):
    states = [json.dumps({"state": "x" * 300_000, "n": n}).encode() for n in range(2)]
    path = write_new(tmp_path, "t", states[0])
    done = threading.Event()

    def rewrite():
        for number in range(200):
            replace(path, states[number % 2])
        done.set()

    writer = threading.Thread(target=rewrite)
    writer.start()
    while not done.is_set():
        assert path.read_bytes() in states
    writer.join()
    assert [other.name for other in tmp_path.iterdir()] == ["t.json"]


def test_where_files_cannot_be_linked_the_name_is_taken_first(tmp_path, monkeypatch):
    def no_links(*_):
        raise PermissionError("this file system has no links")

    monkeypatch.setattr(os, "link", no_links)
    paths = [write_new(tmp_path, "t", str(n).encode()) for n in range(2)]
    assert [(path.name, path.read_text()) for path in paths] == [("t.json", "0"), ("t_2.json", "1")]
    assert paths[0].stat().st_mode & 0o777 == 0o600


FULL = f"""
import resource, signal, sys
sys.path.insert(0, {str(Path(files.__file__).parents[2])!r})
from pathlib import Path
from scenario._report.files import replace, write_new

folder = Path(sys.argv[1])
first = write_new(folder, "t", b"small")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
for write in (lambda: write_new(folder, "u", b"x" * 5000), lambda: replace(first, b"x" * 5000)):
    try:
        write()
    except OSError as error:
        print("refused", error.errno)
"""


def test_a_full_disk_leaves_nothing_behind(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines() == ["refused 27"] * 2
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("t.json", "small")]
