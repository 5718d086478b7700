from __future__ import annotations

import pytest

from scenario.tracing import OtlpReceiver

from .remote_agent import remote_agent
from .running_call import running_call


@pytest.fixture
def call():
    with running_call() as call:
        yield call


@pytest.fixture
def receiver(call):
    with OtlpReceiver(collector=call.collector) as receiver:
        yield receiver


@pytest.fixture
def agent(receiver):
    """An agent with a tracer provider of its own, which exports each span to the receiver as it ends."""
    with remote_agent(receiver.endpoint) as tracer:
        yield tracer
