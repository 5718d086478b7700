import os
import subprocess
import sys
import types
from importlib.metadata import version

import pytest

from scenario.cli import main
from scenario.errors import AgentCallError, ModelCallError


@pytest.fixture
def demo(monkeypatch):
    """A demo that notes the model it was run with, and returns 0 unless told otherwise."""
    module = types.ModuleType("scenario._demo")
    module.models, module.code = [], 0

    def run(model):
        module.models.append(model)
        if isinstance(module.code, BaseException):
            raise module.code
        return module.code

    module.main = run
    monkeypatch.setitem(sys.modules, "scenario._demo", module)
    for name in list(os.environ):
        if name.endswith("_API_KEY") or name == "SCENARIO_DEMO_HOSTED":
            monkeypatch.delenv(name)
    return module


@pytest.fixture
def terminal(monkeypatch):
    """A terminal on which questions get the answers in the returned list."""
    answers, asked = [], []

    def answer(question):
        asked.append(question)
        if not answers:
            raise EOFError
        return answers.pop(0)

    monkeypatch.setattr("builtins.input", answer)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    return types.SimpleNamespace(answers=answers, asked=asked)


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == version("agent-scenario")


@pytest.mark.parametrize("argv", [[], ["no-such-command"], ["demo", "--no-such-flag"], ["demo", "extra"]])
def test_a_wrong_command_line_is_a_usage_error(argv, capsys):
    assert main(argv) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert "\nhint: scenario" in captured.err


def test_help_lists_the_commands(capsys):
    assert main(["--help"]) == 0
    assert "demo" in capsys.readouterr().out


def test_the_module_runs_as_a_script():
    done = subprocess.run([sys.executable, "-m", "scenario.cli"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")


@pytest.mark.parametrize(
    ("argv", "model"),
    [
        ([], "auto"),
        (["--offline"], "offline/players"),
        (["--model", "openai/gpt-5-mini"], "openai/gpt-5-mini"),
    ],
)
def test_the_demo_runs_with_the_chosen_model(demo, argv, model):
    assert main(["demo", *argv]) == 0
    assert demo.models == [model]


def test_the_demos_exit_code_is_passed_on(demo):
    demo.code = 1
    assert main(["demo"]) == 1


def test_offline_and_a_model_exclude_each_other(demo):
    assert main(["demo", "--offline", "--model", "x"]) == 2
    assert demo.models == []


def test_ctrl_c_ends_without_a_traceback(demo, capsys):
    demo.code = KeyboardInterrupt()
    assert main(["demo"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_a_model_that_cannot_be_called_is_one_line_and_a_hint(demo, capsys):
    demo.code = AgentCallError("UserSimulatorAgent", ModelCallError("no such model", model="nope/x"))
    assert main(["demo", "--model", "nope/x"]) == 1
    error = "error: [UserSimulatorAgent] no such model\nhint: scenario demo --offline\n"
    assert capsys.readouterr().err == error


def test_output_that_nobody_reads_ends_the_program_without_a_complaint():
    command = [sys.executable, "-m", "scenario.cli", "demo", "--offline"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
        assert (process.wait(30), errors) == (141, b"")


def test_a_key_is_used_only_after_consent(demo, terminal, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    terminal.answers.append("y")
    main(["demo"])
    assert "OPENAI_API_KEY" in terminal.asked[0]
    assert "sk-x" not in terminal.asked[0]
    assert os.environ.pop("SCENARIO_DEMO_HOSTED") == "1"


@pytest.mark.parametrize("answers", [[], [""], ["n"], ["what?"]])
def test_anything_but_yes_is_no(demo, terminal, monkeypatch, answers):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    terminal.answers.extend(answers)
    assert main(["demo"]) == 0
    assert len(terminal.asked) == 1
    assert "SCENARIO_DEMO_HOSTED" not in os.environ


@pytest.mark.parametrize("argv", [["--offline"], ["--model", "ollama/x"]])
def test_a_chosen_model_raises_no_question(demo, terminal, monkeypatch, argv):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    main(["demo", *argv])
    assert terminal.asked == []


@pytest.mark.parametrize("consent", ["0", "1"])
def test_a_decision_in_the_environment_raises_no_question(demo, terminal, monkeypatch, consent):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    monkeypatch.setenv("SCENARIO_DEMO_HOSTED", consent)
    main(["demo"])
    assert terminal.asked == []


def test_nothing_is_asked_without_a_key(demo, terminal):
    main(["demo"])
    assert terminal.asked == []


def test_nothing_is_asked_without_a_terminal(demo, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    monkeypatch.setattr("builtins.input", lambda _: pytest.fail("asked"))
    assert main(["demo"]) == 0
