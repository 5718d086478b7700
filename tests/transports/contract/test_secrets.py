"""Row 9 of the contract: logs, errors, `repr`, artifacts, results and traces show no secret."""

from __future__ import annotations

import asyncio
import logging

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import scenario
from scenario._tracing import ensure_tracing
from scenario.voice import VoiceTransportError
from tests.tracing.conftest import no_provider  # noqa: F401  # a tracer provider for this test alone
from tests.transports.contract.agent import Plan, Say
from tests.transports.contract.listening import Listener, speak
from tests.transports.contract.running import run


@pytest.fixture
def logged(rig, caplog):
    """Every logger at DEBUG, the libraries' own too; gives a function that returns what was logged."""
    loggers = [logging.getLogger(), *map(logging.getLogger, logging.Logger.manager.loggerDict)]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    caplog.handler.setLevel(logging.DEBUG)
    formatter = logging.Formatter("%(name)s %(message)s")
    yield lambda: "\n".join(
        formatter.format(record) for record in caplog.records if not record.name.startswith(rig.peer_loggers)
    )
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.fixture
def exported():
    exporter = InMemorySpanExporter()
    ensure_tracing({"trace_exporter": exporter})
    return exporter


def assert_no_secret(*shown: object) -> None:
    for text in map(str, shown):
        at = text.find("SECRET")
        assert at < 0, f"a secret is shown: ...{text[max(0, at - 200) : at + 40]}"


def everything_of(error: BaseException) -> str:
    """Return what a traceback of an error would print, with its attributes and those behind it."""
    chain = [error]
    for item in chain:
        chain += [other for other in (item.__cause__, item.__context__) if other and other not in chain]
    return " ".join(f"{item} {item!r} {vars(item)!r}" for item in chain)


async def a_conversation(rig) -> None:
    async with rig.peer(Plan(answers=[Say("yes")])) as peer:
        adapter = peer.adapter()
        shown = [repr(adapter), repr(vars(adapter))]
        async with adapter:
            await peer.join(adapter)
            async with Listener(adapter) as listener:
                await speak(adapter, "hello")
                await listener.until_text("yes")
            shown += [repr(adapter), repr(vars(adapter)), repr(adapter.capabilities)]
    assert_no_secret(*shown, repr(vars(adapter)))


async def failures_that_the_peer_words_with_the_secret(rig) -> None:
    errors = []
    if (refusing := rig.refusing_peer()) is not None:
        async with refusing as peer:
            with pytest.raises(VoiceTransportError) as refused:
                await peer.adapter().connect()
            assert refused.value.fault == "credentials"
            errors.append(refused.value)
    if "close" in rig.troubles:
        async with rig.peer(Plan(trouble="close")) as peer, peer.adapter() as adapter:
            await peer.join(adapter)
            async with Listener(adapter) as listener:
                await speak(adapter, "hello")
                errors.append(await listener.until_error())
    assert errors or not rig.troubles
    assert_no_secret(*map(everything_of, errors))


async def what_a_run_leaves(rig, folder, exporter) -> None:
    async with rig.peer(Plan(answers=[Say("yes")])) as peer:
        script = [scenario.user("hello"), scenario.agent(), scenario.succeed()]
        options = {"artifacts_dir": folder, "save_artifacts": "always"}
        result = await run(peer, peer.adapter(), script, **options)
    written = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == "manifest.json" for path in written)
    assert not any(b"SECRET" in path.read_bytes() for path in written)
    assert_no_secret(f"{result!r} {result.timeline!r} {result.audio!r}")
    spans = [span.to_json() for span in exporter.get_finished_spans()]
    assert spans
    assert_no_secret(*spans)


async def test_row_9_no_secret_is_shown(rig, logged, exported, tmp_path, subtests):
    assert all("SECRET" in secret for secret in rig.secrets)
    ended = await asyncio.gather(
        a_conversation(rig),
        failures_that_the_peer_words_with_the_secret(rig),
        what_a_run_leaves(rig, tmp_path, exported),
        return_exceptions=True,
    )
    for name, error in zip(("conversation", "failures", "leftovers"), ended, strict=True):
        with subtests.test(name):
            if error is not None:
                raise error
    assert_no_secret(logged())
