import subprocess
import sys

import scenario.report


def test_the_list_of_names_is_sorted_and_complete():
    assert scenario.report.__all__ == sorted(scenario.report.__all__)
    assert all(callable(getattr(scenario.report, name)) for name in scenario.report.__all__)


def test_importing_it_loads_nothing_heavy():
    code = (
        "import sys, scenario.report, scenario._pytest.red_team_reports\n"
        "heavy = {'pydantic', 'httpx', 'opentelemetry', 'any_llm', 'asyncio', 'scenario.types'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "[]\n"
