"""`scenario redteam-report`: which batch, which page, which exit code."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
import webbrowser

import pytest

from scenario import cli
from scenario._cli.redteam_report import _somebody_is_looking
from scenario._dashboard.server import DashboardServer
from scenario.cli import main

NAMES = ("20260101_000000", "20260202_000000", "20260303_000000")


@pytest.fixture(autouse=True)
def empty_place(tmp_path, monkeypatch):
    """A working folder without reports, and an environment that says nothing."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("SCENARIO_REDTEAM_"):
            monkeypatch.delenv(name)
    return tmp_path


def write_report(folder, test_name="held test"):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "1_x_goat.json").write_text(json.dumps({"test_name": test_name, "status": "held"}))


@pytest.fixture
def root(tmp_path):
    """Three batches whose test is named after the batch."""
    root = tmp_path / "redteam-reports"
    for name in NAMES:
        write_report(root / name, f"test of {name}")
    return root


def report(*arguments):
    return main(["redteam-report", "--html", "page.html", *arguments])


def page(tmp_path):
    return (tmp_path / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ([], NAMES[2]),
        (["--latest", "1"], NAMES[2]),
        (["--latest", "3"], NAMES[0]),
        (["--batch", NAMES[1]], NAMES[1]),
        (["--batch", NAMES[1], "--latest", "3"], NAMES[1]),
        (["--dir", f"redteam-reports/{NAMES[0]}"], NAMES[0]),
    ],
)
def test_the_batch_that_was_named_is_shown(root, tmp_path, capsys, arguments, name):
    assert report(*arguments) == 0
    assert f"test of {name}" in page(tmp_path)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[0].endswith(name)
    assert lines[1].endswith("page.html")


def test_folders_without_reports_are_no_batches(root, tmp_path):
    (root / "20270101_000000").mkdir()
    (root / "20270101_000000" / "_aggregated_fixes.json").write_text("{}")
    assert report() == 0
    assert f"test of {NAMES[2]}" in page(tmp_path)


def test_the_environment_names_the_root(root, tmp_path, monkeypatch):
    root.rename(tmp_path / "elsewhere")
    monkeypatch.setenv("SCENARIO_REDTEAM_REPORT_DIR", str(tmp_path / "elsewhere"))
    assert report() == 0
    assert f"test of {NAMES[2]}" in page(tmp_path)


def test_what_was_written_under_the_variable_is_found_under_it(tmp_path, monkeypatch):
    """Automatic reports go into that folder itself, not into a batch within it."""
    write_report(tmp_path / "mine", "test of mine")
    monkeypatch.setenv("SCENARIO_REDTEAM_REPORT_DIR", str(tmp_path / "mine"))
    assert report() == 0
    assert "test of mine" in page(tmp_path)


def test_the_environment_names_the_batch_unless_a_flag_does(root, tmp_path, monkeypatch):
    monkeypatch.setenv("SCENARIO_REDTEAM_BATCH_DIR", str(root / NAMES[0]))
    assert report() == 0
    assert f"test of {NAMES[0]}" in page(tmp_path)
    assert report("--latest", "1") == 0
    assert f"test of {NAMES[2]}" in page(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "variables", "text"),
    [
        (["--batch", "nope"], {}, "'nope'"),
        (["--batch", "../redteam-reports"], {}, "'../redteam-reports'"),
        (["--batch", f"../redteam-reports/{NAMES[0]}"], {}, NAMES[0]),
        (["--batch", f"{NAMES[0]}/."], {}, NAMES[0]),
        (["--batch", ".."], {}, "'..'"),
        (["--batch", "."], {}, "'.'"),
        (["--batch", ""], {}, "''"),
        (["--batch", "/etc"], {}, "'/etc'"),
        (["--batch", "a\0b"], {}, "'a\\x00b'"),
        (["--batch", "link"], {}, "'link'"),
        (["--dir", "missing"], {}, "'missing'"),
        (["--dir", "empty"], {}, "no batches"),
        (["--latest", "4"], {}, "3 batches"),
        (["--latest", "0"], {}, "'0'"),
        (["--latest", "-1"], {}, "-1"),
        (["--latest", "x"], {}, "'x'"),
        (["--port", "0"], {}, "'0'"),
        (["--port", "65536"], {}, "65535"),
        (["--port", "http"], {}, "'http'"),
        ([], {"SCENARIO_REDTEAM_PORT": "http"}, "SCENARIO_REDTEAM_PORT"),
        ([], {"SCENARIO_REDTEAM_PORT": "70000"}, "SCENARIO_REDTEAM_PORT"),
        ([], {"SCENARIO_REDTEAM_BATCH_DIR": "gone"}, "'gone'"),
        ([], {"SCENARIO_REDTEAM_REPORT_DIR": "gone"}, "'gone'"),
        (["surplus"], {}, "surplus"),
    ],
)
def test_a_wrong_wish_is_a_usage_error(root, tmp_path, capsys, monkeypatch, arguments, variables, text):
    (tmp_path / "empty").mkdir()
    (root / "link").symlink_to(tmp_path, target_is_directory=True)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert report(*arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert text in captured.err
    assert not (tmp_path / "page.html").exists()


def test_no_reports_at_all_is_a_usage_error_with_a_hint(capsys):
    assert report() == 2
    assert "\nhint: " in capsys.readouterr().err


@pytest.mark.parametrize("target", ["missing/page.html", "redteam-reports", "a\0b"])
def test_a_page_that_cannot_be_written_is_named(root, capsys, target):
    assert main(["redteam-report", "--html", target]) == 4
    captured = capsys.readouterr()
    assert captured.err.startswith("error: ")
    assert repr(target) in captured.err


def test_the_file_belongs_to_its_owner_and_needs_nothing_else(root, tmp_path):
    assert report() == 0
    assert (tmp_path / "page.html").stat().st_mode & 0o777 == 0o600
    assert "data-token" not in page(tmp_path)


def test_a_link_is_written_through(root, tmp_path):
    """`--html /dev/stdout` must not replace the device."""
    (tmp_path / "target.html").write_text("")
    (tmp_path / "page.html").symlink_to("target.html")
    assert report() == 0
    assert (tmp_path / "page.html").is_symlink()
    assert f"test of {NAMES[2]}" in page(tmp_path)


def test_a_port_in_use_is_named(root, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["redteam-report", "--no-browser", "--port", str(port)]) == 4
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert str(port) in captured.err
    assert "\nhint: " in captured.err


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_ctrl_c_ends_the_server_without_a_traceback(root, tmp_path):
    port = free_port()
    command = [sys.executable, "-m", "scenario.cli", "redteam-report", "--no-browser"]
    environment = {**os.environ, "SCENARIO_REDTEAM_PORT": str(port)}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            lines = [process.stdout.readline().strip() for _ in range(2)]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as response:
                assert f"test of {NAMES[2]}" in response.read().decode()
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)
        finally:
            process.kill()
    assert lines[0].endswith(NAMES[2])
    assert lines[1] == f"http://localhost:{port}"
    assert process.returncode == 130
    assert (out, err) == ("", "")


@pytest.fixture
def opened(monkeypatch):
    """The addresses that a browser was told to open; the server ends as with Ctrl-C."""
    addresses = []

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(webbrowser, "open", addresses.append)
    monkeypatch.setattr(DashboardServer, "serve_forever", interrupted)
    monkeypatch.setattr("scenario._cli.redteam_report.threading.Thread", InPlace)
    monkeypatch.delenv("CI", raising=False)
    return addresses


class InPlace:
    """A thread that is over when it is started."""

    def __init__(self, *, target, args, daemon):
        self.start = lambda: target(*args)


@pytest.mark.parametrize(
    ("arguments", "is_terminal", "ci", "opens"),
    [
        ([], True, "", True),
        (["--no-browser"], True, "", False),
        ([], False, "", False),
        ([], True, "1", False),
    ],
)
def test_a_browser_opens_only_where_somebody_looks(
    root, opened, monkeypatch, arguments, is_terminal, ci, opens
):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal, raising=False)
    monkeypatch.setenv("CI", ci)
    assert _somebody_is_looking() is (is_terminal and not ci)
    port = free_port()
    assert main(["redteam-report", "--port", str(port), *arguments]) == 130
    assert opened == ([f"http://localhost:{port}"] if opens else [])


def test_help_tells_the_flags_and_loads_nothing(capsys):
    code = (
        "import sys; from scenario.cli import main; main(['redteam-report', '--help']); "
        "sys.exit(any(name in sys.modules for name in ('scenario._dashboard.page', 'http.server', 'openai')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    for flag in ("--dir", "--batch", "--latest", "--port", "--no-browser", "--html"):
        assert flag in done.stdout
    assert "redteam-report" in [command.name for command in cli.COMMANDS]
