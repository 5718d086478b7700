"""A batch folder as a page: read anew each time, so that a reload shows what was added."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from scenario._dashboard.batch import Batch
from scenario._dashboard.fixes_section import FixesButton
from scenario._dashboard.page import render
from scenario._report.aggregation import regenerate_fixes
from scenario._report.fixes import fixes_cache
from scenario._report.loading import load_reports

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scenario._report.document import ReportDocument

_DEFAULT_MODEL = "openai/gpt-4.1"


class Dashboard:
    """The page of one batch.

    Args:
        folder: with the reports.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def page(self, *, token: str | None = None) -> str:
        """Return the page; no model is called.

        Args:
            token: what the page's button sends; `None` for a page in a file.
        """
        reports = load_reports(self._folder)
        button = FixesButton(token, _model_of(reports)) if token else None
        return render(Batch.of(self._folder.name, reports), fixes_cache(self._folder), button)

    async def regenerate(self) -> None:
        """Have a model sum the fixes up anew, and keep them in the folder.

        Raises:
            ModelCallError: the model cannot be called, or takes longer than 60 s.
            ModelResponseError: its answer cannot be used.
        """
        from scenario._model import aclose_clients

        reports = load_reports(self._folder)
        try:
            await regenerate_fixes(self._folder, reports, model=_model_of(reports))
        finally:
            await aclose_clients()


def _model_of(reports: Sequence[ReportDocument]) -> str:
    """Return the model that most runs were planned and scored with: whoever looks has access to it."""
    models = Counter(report.metaprompt_model for report in reports if report.metaprompt_model.strip())
    return models.most_common(1)[0][0] if models else _DEFAULT_MODEL
