"""What every transport must do: rows 1 to 12, held against the loopback peer of each adapter."""

import pytest

# Their assertions are explained as those of tests are.
for _module in ("connections", "runs", "truth", "listening"):
    pytest.register_assert_rewrite(f"{__name__}.{_module}")
