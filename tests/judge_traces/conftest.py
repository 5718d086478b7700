from __future__ import annotations

import pytest

from .trace_case import Traces


@pytest.fixture
def traces():
    """A run's spans; a call of the agent that looked up an order is among them."""
    found = Traces()
    found.add("find_order", {"order.number": "A-1", "langwatch.input": "the order of Ms Smith"})
    return found


@pytest.fixture
def long_traces(traces):
    """The same with so many spans that only their structure is shown."""
    traces.add_many(700, {"note": "nothing of interest"})
    return traces
