"""Draws the pictures of the dashboard in `docs/images`: `.venv/bin/python -m tests.dashboard.pictures`."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.dashboard.conftest import ARGUMENTS, chromium_path, opener, write_page, write_reports
from tests.dashboard.sample_batch import FIXES, SAMPLE

IMAGES = Path(__file__).parents[2] / "docs" / "images"


def draw(folder: Path = IMAGES) -> list[Path]:
    """Draw the sample batch by day, by night and on a narrow screen; return the files."""
    with contextlib.ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = write_page(write_reports(root / "20261120_091403", SAMPLE, FIXES))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(ARGUMENTS))
        stack.callback(browser.close)
        open_page = opener(browser, stack)
        pictures = {
            "light": (open_page(url), {"x": 0, "y": 0, "width": 1280, "height": 930}),
            "dark": (open_page(f"{url}#runs", scheme="dark"), "runs"),
            "narrow": (open_page(url, width=320), {"x": 0, "y": 0, "width": 320, "height": 1040}),
        }
        paths: list[Path] = []
        for name, (page, clip) in pictures.items():
            if clip == "runs":
                top = page.evaluate(
                    "document.getElementById('runs').getBoundingClientRect().top + scrollY - 40"
                )
                clip = {"x": 0, "y": top, "width": 1280, "height": 900}
            paths.append(folder / f"redteam-report-{name}.png")
            page.screenshot(path=paths[-1], full_page=True, clip=clip, animations="disabled")
        return paths


if __name__ == "__main__":
    for path in draw():
        print(path, path.stat().st_size)
