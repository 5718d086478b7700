"""What an import costs, and what the plugin adds to a test session that never uses it."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile

from benchmarks.measure import Figures, Measurement

_ROUNDS = 10
_NO_TESTS = 5
"""Exit code of a pytest session without tests."""
_PROBE = """
import sys, time
cpu, modules = time.process_time(), len(sys.modules)
try:
    lines = open("/proc/self/status").read().split("\\n")
    peak = next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
except FileNotFoundError:
    import resource
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(cpu, peak, modules)
"""
_ALL_NAMES = "import scenario\nfor name in scenario.__all__: getattr(scenario, name)"


def import_scenario() -> Figures:
    """Measure the import, and the import with every public name in use, over an empty process."""
    codes = {"empty": "", "": "import scenario", "all_names_": _ALL_NAMES}
    best: dict[str, list[float]] = {}
    for _ in range(_ROUNDS):
        for name, code in codes.items():
            probed = _probed(code)
            best[name] = [min(pair) for pair in zip(best.get(name, probed), probed, strict=True)]
    empty = best.pop("empty")
    figures: Figures = {}
    for name, values in best.items():
        cpu, peak, modules = (value - base for value, base in zip(values, empty, strict=True))
        figures |= {f"{name}cpu_ms": cpu * 1e3, f"{name}memory_mb": peak / 1e6, f"{name}modules": modules}
    return figures


def _probed(code: str) -> list[float]:
    command = [sys.executable, "-I", "-c", f"{code}\n{_PROBE}"]
    return [
        float(part) for part in subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.split()
    ]


def pytest_startup() -> Figures:
    """Measure an empty pytest session with this plugin alone over one without any."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", folder]
        without: list[float] = []
        with_plugin: list[float] = []
        for _ in range(_ROUNDS):
            without.append(_cpu_of(command, folder))
            with_plugin.append(_cpu_of([*command, "-p", "scenario"], folder))
    return {"cpu_ms": (min(with_plugin) - min(without)) * 1e3, "session_cpu_ms": min(with_plugin) * 1e3}


def _cpu_of(command: list[str], folder: str) -> float:
    # The plugins of others take seconds, and their noise would hide what is measured.
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == _NO_TESTS, done.stdout.decode()
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


MEASUREMENTS = {
    "import": Measurement(import_scenario, best_of=1),  # it makes processes of its own
    "pytest_startup": Measurement(pytest_startup, best_of=1),
}
