"""Reports of red-team runs: one JSON file per run, and what all of a batch say should be repaired."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenario._report.batch import current_batch_dir, set_batch_dir

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from scenario._report.document import ErrorKind, ReportDocument
    from scenario.red_team_agent import RedTeamAgent
    from scenario.types import Message, ScenarioResult

__all__ = [
    "aaggregate_fixes",
    "aggregate_fixes",
    "aload_or_generate_fixes",
    "asave_redteam_report",
    "current_batch_dir",
    "load_or_generate_fixes",
    "save_redteam_report",
    "set_batch_dir",
]


async def asave_redteam_report(
    result: ScenarioResult | None = None,
    *,
    red_team: RedTeamAgent,
    test_name: str,
    criteria: Sequence[str] | None = None,
    description: str | None = None,
    analyzer_model: str | None = None,
    analyze: bool = True,
    out_dir: str | os.PathLike[str] | None = None,
    error: str | BaseException | None = None,
    elapsed_seconds: float | None = None,
    messages_override: Sequence[Message] | None = None,
    failing_turn_hint: int | None = None,
    error_kind: ErrorKind | None = None,
    redact: Callable[[str], str] | None = None,
) -> Path:
    """Save the report of a red-team run as a new JSON file.

    Takes, returns and raises what `save_redteam_report` does; nothing of it blocks the loop.
    """
    from scenario._report.batch import folder_at
    from scenario._report.ending import Ending
    from scenario._report.saving import RunReport, analyser_settings, save_report
    from scenario.errors import exception_text

    if result is None and error is None:
        raise ValueError("a report needs the result of the run, or the error that ended it; got neither")
    if error_kind not in (None, "check", "infra"):
        raise ValueError(f"error_kind must be 'check', 'infra' or None, got {error_kind!r}")
    messages = messages_override if messages_override is not None else result.messages if result else []
    ending = Ending(
        messages=messages,
        result=result,
        error=exception_text(error) if isinstance(error, BaseException) else error,
        error_kind=error_kind,
        total_time=elapsed_seconds,
    )
    report = RunReport(
        red_team,
        ending,
        test_name=test_name,
        criteria=criteria,
        description=description,
        failing_turn_hint=failing_turn_hint,
        redact=redact,
    )
    return await save_report(
        report,
        analyse=analyze,
        analyser=analyser_settings(red_team, analyzer_model),
        folder=None if out_dir is None else folder_at(out_dir),
    )


def save_redteam_report(
    result: ScenarioResult | None = None,
    *,
    red_team: RedTeamAgent,
    test_name: str,
    criteria: Sequence[str] | None = None,
    description: str | None = None,
    analyzer_model: str | None = None,
    analyze: bool = True,
    out_dir: str | os.PathLike[str] | None = None,
    error: str | BaseException | None = None,
    elapsed_seconds: float | None = None,
    messages_override: Sequence[Message] | None = None,
    failing_turn_hint: int | None = None,
    error_kind: ErrorKind | None = None,
    redact: Callable[[str], str] | None = None,
) -> Path:
    """Save the report of a red-team run as a new JSON file, and return its path.

    It waits for the scorer and the analysis, at most 60 seconds each; in asynchronous code use
    `asave_redteam_report`. A failing analysis is noted in the report, which is written all the same.

    Args:
        result: the verdict; `None` when an exception ended the run.
        red_team: the attacker of that run.
        test_name: names the test in the report and the file.
        criteria: what the judge was asked; default: what the result says of it.
        description: the situation.
        analyzer_model: model of the analysis; default: the agent's `metaprompt_model`.
        analyze: whether a model analyses the conversation.
        out_dir: folder, created if need be; default: `current_batch_dir()`, else a new batch folder below
            `./redteam-reports`.
        error: the exception that ended the run, or its text.
        elapsed_seconds: time of the run, if the result has none.
        messages_override: the conversation; default: that of the result.
        failing_turn_hint: the exchange in which the agent failed, if the analysis names none.
        error_kind: `"check"` if `error` comes from a check that the agent failed, `"infra"` if it says
            nothing of the agent; `None`: `check` when there are messages.
        redact: applied to every string before it is written, keys of messages included. The report's own
            words (names of fields, `status`, severities, `memory`, `timestamp`) stay.

    Raises:
        OSError: the file cannot be written.
        TypeError: `redact` does not return a string.
        ValueError: there is neither a result nor an error, or `error_kind` is unknown.
    """
    from scenario._report.own_loop import run_to_end

    return run_to_end(
        lambda: asave_redteam_report(
            result,
            red_team=red_team,
            test_name=test_name,
            criteria=criteria,
            description=description,
            analyzer_model=analyzer_model,
            analyze=analyze,
            out_dir=out_dir,
            error=error,
            elapsed_seconds=elapsed_seconds,
            messages_override=messages_override,
            failing_turn_hint=failing_turn_hint,
            error_kind=error_kind,
            redact=redact,
        )
    )


async def aaggregate_fixes(
    reports: Sequence[Mapping[str, Any] | ReportDocument],
    *,
    model: str = "openai/gpt-4.1",
    temperature: float = 0.2,
) -> dict[str, Any]:
    """Merge the suggestions of reports into a few things to repair.

    Takes, returns and raises what `aggregate_fixes` does.
    """
    from scenario._report.aggregation import aggregated

    return {"clusters": await aggregated(reports, model=model, temperature=temperature)}


def aggregate_fixes(
    reports: Sequence[Mapping[str, Any] | ReportDocument],
    *,
    model: str = "openai/gpt-4.1",
    temperature: float = 0.2,
) -> dict[str, Any]:
    """Merge the suggestions of reports into 4 to 8 things to repair, by one model call of at most 60 seconds.

    Args:
        reports: the content of report files.
        model: the model that merges.
        temperature: of the call.

    Returns:
        `{"clusters": [...]}`, most urgent first; each has `title`, `description`,
        `recommendations_rolled_up` (how many suggestions it stands for), `affected_tests` and `priority`
        (`high`, `medium`, `low`). Without reports there are none, and no call.

    Raises:
        ModelCallError: the call failed, or took too long.
        ModelResponseError: the model answered with nothing usable.
    """
    from scenario._report.own_loop import run_to_end

    return run_to_end(lambda: aaggregate_fixes(reports, model=model, temperature=temperature))


async def aload_or_generate_fixes(
    batch_dir: str | os.PathLike[str],
    reports: Sequence[Mapping[str, Any] | ReportDocument],
    *,
    model: str = "openai/gpt-4.1",
    force: bool = False,
) -> dict[str, Any]:
    """Return the fixes of a batch, from its cache if it has them.

    Takes, returns and raises what `load_or_generate_fixes` does.
    """
    from pathlib import Path

    from scenario._report.aggregation import regenerate_fixes
    from scenario._report.fixes import fixes_cache

    folder = Path(batch_dir)
    cached = None if force else fixes_cache(folder)
    if cached is None or cached.is_missing:
        cached = await regenerate_fixes(folder, reports, model=model)
    fixes: dict[str, Any] = {"clusters": list(cached.clusters)}
    return fixes | {"stale": True} if cached.stale else fixes


def load_or_generate_fixes(
    batch_dir: str | os.PathLike[str],
    reports: Sequence[Mapping[str, Any] | ReportDocument],
    *,
    model: str = "openai/gpt-4.1",
    force: bool = False,
) -> dict[str, Any]:
    """Return what `aggregate_fixes` makes of a batch; it is kept in the batch folder and made once.

    Args:
        batch_dir: the folder of the reports.
        reports: their content.
        model: the model that merges.
        force: make it again. Without it, fixes that are older than some report come with `"stale": True`.

    Raises:
        ModelCallError: the call failed, or took too long.
        ModelResponseError: the model answered with nothing usable.
    """
    from scenario._report.own_loop import run_to_end

    return run_to_end(lambda: aload_or_generate_fixes(batch_dir, reports, model=model, force=force))
