#!/bin/sh
# Checks what users get: builds the wheel, installs it without extras into an empty environment, and uses it there.
# Needs uv (on PATH, or named by the variable UV) and the package registry. Leaves nothing behind.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
uv=${UV:-uv}
if ! command -v "$uv" >/dev/null; then
    echo "error: uv was not found; put it on PATH or set UV to its path" >&2
    exit 2
fi
case $uv in
*/*) uv=$(cd "$(dirname "$uv")" && pwd)/$(basename "$uv") ;;
esac

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
cd "$scratch" # so that nothing is imported from the checkout
unset PYTHONPATH PYTEST_ADDOPTS PYTEST_DISABLE_PLUGIN_AUTOLOAD

step() {
    echo "== $*"
}

fail() {
    echo "error: $*" >&2
    exit 1
}

step "build"
"$uv" build --quiet --wheel --out-dir dist "$root"

step "install without extras"
"$uv" venv --quiet env
python="$scratch/env/bin/python"
"$uv" pip install --quiet --python "$python" dist/*.whl

step "import"
"$python" - <<'PYTHON'
import sys

import scenario

assert scenario.__file__ and "site-packages" in scenario.__file__, scenario.__file__
heavy = {"any_llm", "httpx", "litellm", "numpy", "openai", "opentelemetry", "pydantic", "pytest", "rich"}
loaded = sorted(heavy & set(sys.modules))
assert not loaded, f"import scenario loads {loaded}"

from importlib.resources import files

assert files("scenario").joinpath("py.typed").is_file(), "py.typed is missing: type checkers ignore the package"
PYTHON

step "scenario --version"
version=$(env/bin/scenario --version)
expected=$("$python" -c "from importlib.metadata import version; print(version('agent-scenario'))")
[ "$version" = "$expected" ] || fail "scenario --version says '$version' where '$expected' is installed"
[ "$("$python" -m scenario.cli --version)" = "$expected" ] || fail "python -m scenario.cli --version differs"

step "pytest plugin"
"$uv" pip install --quiet --python "$python" pytest
env/bin/pytest --markers >markers
grep -q '@pytest.mark.agent_test' markers || fail "the installed plugin does not declare its marker"
mkdir empty
code=0
env/bin/pytest -p no:cacheprovider empty >session || code=$?
[ "$code" -eq 5 ] || fail "an empty session exits with $code"
grep -q 'Scenario Test Report' session && fail "an empty session prints a report"

step "the wheel is fine"
