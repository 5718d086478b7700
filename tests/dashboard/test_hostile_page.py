"""Nothing that stands in a report becomes more than text, in a real browser."""

import contextlib
import json
import re
from collections import Counter

import pytest

from tests.dashboard.conftest import opener, write_page, write_reports
from tests.dashboard.hostile_batch import cluster_of, report_of
from tests.dashboard.payloads import BREAKOUTS, INVISIBLE, MARKUP, PAYLOADS

UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
COUNT_ELEMENTS = """() => {
    const found = {};
    for (const element of document.querySelectorAll("*:not(.code-point)")) {
        const key = element.tagName + " " + element.getAttributeNames().sort();
        found[key] = (found[key] || 0) + 1;
    }
    return found;
}"""
UNFOLD = "() => document.querySelectorAll('details').forEach(fold => fold.open = true)"


HOSTILE = "<img src=x onerror=window.canary=1>\"\u202e'&lt;"
HARMLESS = "harmless"


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A batch of hostile reports with a hostile name, and one of the same form that is harmless."""
    root = tmp_path_factory.mktemp("batches")
    texts = {HOSTILE: PAYLOADS, HARMLESS: [f"text {number}" for number in range(len(PAYLOADS))]}
    return {
        name: write_reports(
            root / name,
            [report_of(text, number) for number, text in enumerate(each)],
            [cluster_of(text, number) for number, text in enumerate(each)],
        )
        for name, each in texts.items()
    }


@pytest.fixture(scope="module")
def files(folders):
    """The addresses of their pages."""
    return {name: write_page(folder) for name, folder in folders.items()}


@pytest.fixture(scope="module")
def hostile_page(browser, files):
    """The hostile page, for tests that only look at it."""
    with contextlib.ExitStack() as stack:
        page = opener(browser, stack)(files[HOSTILE])
        page.evaluate(UNFOLD)
        yield page


def assert_nothing_happened(page, url):
    page.evaluate(UNFOLD)
    page.mouse.move(300, 300)
    page.wait_for_timeout(200)  # for what starts late: handlers, animations, refreshes
    assert page.evaluate("typeof window.canary") == "undefined"
    assert page.seen == {"requests": [url], "dialogs": [], "console": [], "errors": [], "violations": []}
    assert page.url == url


def test_there_are_enough_payloads():
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 60


def test_the_payloads_would_work_on_a_careless_page(open_page, tmp_path):
    """The instruments see what they are there to see."""
    path = tmp_path / "careless.html"
    path.write_text("<!doctype html><title>x</title><p>".join(["", *MARKUP[:20]]), encoding="utf-8")
    page = open_page(path.as_uri())
    page.wait_for_timeout(200)
    assert page.evaluate("typeof window.canary") == "number"
    assert len(page.seen["requests"]) > 1


def test_a_file_of_hostile_reports_is_only_text(open_page, files):
    page = open_page(files[HOSTILE])
    assert_nothing_happened(page, files[HOSTILE])


def test_a_served_page_of_hostile_reports_is_only_text(open_page, serve, folders):
    url = f"{serve(folders[HOSTILE]).url}/"
    assert_nothing_happened(open_page(url), url)


def test_no_text_became_an_element(open_page, files, hostile_page):
    twin = open_page(files[HARMLESS])
    twin.evaluate(UNFOLD)
    assert Counter(hostile_page.evaluate(COUNT_ELEMENTS)) == Counter(twin.evaluate(COUNT_ELEMENTS))


def test_a_reader_sees_what_was_written(hostile_page):
    text = hostile_page.evaluate("document.body.textContent")
    for payload in (*MARKUP, *BREAKOUTS):
        if "data:" not in payload and "\r" not in payload:
            assert payload in text


def test_what_cannot_be_seen_is_made_visible(hostile_page):
    assert not UNSEEN.search(hostile_page.evaluate("document.documentElement.textContent"))
    assert not UNSEEN.search(hostile_page.title())
    marks = hostile_page.locator(".card .code-point").all_text_contents()
    assert all(re.fullmatch(r"U\+[0-9A-F]{4,6}( U\+[0-9A-F]{4,6}){0,3}( \+\d+)?", mark) for mark in marks)
    shown = " ".join(marks)
    for payload in INVISIBLE:
        unseen = UNSEEN.search(payload)
        assert unseen is None or f"U+{ord(unseen[0]):04X}" in shown
    assert "U+0336 " in shown  # the upper floors of a tower of marks


@pytest.mark.parametrize("width", [320, 1280])
def test_no_text_breaks_the_layout(hostile_page, width):
    hostile_page.set_viewport_size({"width": width, "height": 900})
    assert hostile_page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = hostile_page.evaluate(
        """() => [...document.querySelectorAll("article, .fixes > li, .panel, table")]
            .map(element => element.getBoundingClientRect()).map(box => [box.left, box.right])"""
    )
    assert len(boxes) > 2 * len(PAYLOADS)
    assert all(left >= 0 and right <= width for left, right in boxes)


def test_direction_stays_within_a_text(hostile_page):
    """A name that is written from right to left does not change places with its label."""
    assert hostile_page.evaluate(
        """() => [...document.querySelectorAll(".card .facts div")].map(pair =>
            [...pair.children].map(child => child.getBoundingClientRect()))
            .filter(([label, value]) => label.top === value.top)
            .every(([label, value]) => label.left < value.left)"""
    )


@pytest.mark.parametrize("name", ["broken.json", "\udc80\udcff.json", '"><svg onload=window.canary=1>.json'])
def test_odd_files_in_the_folder_do_no_harm(open_page, tmp_path, name):
    folder = write_reports(tmp_path / "batch", [report_of("x", 0)])
    (folder / name).write_text(
        json.dumps({"test_name": name.encode(errors="replace").decode(), "scores": {"1": "9"}})
    )
    (folder / "half.json").write_text('{"test_name": "x", ')
    (folder / "list.json").write_text("[1, 2]")
    page = open_page(write_page(folder))
    assert page.locator("article").count() == 2
    assert page.evaluate("typeof window.canary") == "undefined"


def test_the_policy_holds_even_if_something_were_injected(open_page, files, neighbour):
    page = open_page(files[HARMLESS])
    page.evaluate(
        """url => {
            window.refused = 0;
            const image = document.createElement("img");
            try { image.setAttribute("onerror", "window.canary = 1"); } catch { window.refused += 1; }
            try { document.body.insertAdjacentHTML("beforeend", "<b>x</b>"); } catch { window.refused += 1; }
            image.src = url;
            const frame = document.createElement("iframe");
            frame.src = url;
            document.body.append(image, frame);
            fetch(url).catch(() => { window.refused += 1; });
        }""",
        neighbour.url,
    )
    page.wait_for_function("window.refused === 3")
    page.wait_for_timeout(200)
    assert page.evaluate("typeof window.canary") == "undefined"
    assert neighbour.requests == []
    assert {"img-src", "frame-src", "connect-src"} <= set(page.seen["violations"])
