"""The dashboard by keyboard, by screen reader, in the dark and on a narrow screen, in a real browser."""

import re
from itertools import pairwise

import pytest

from tests.dashboard.conftest import write_page, write_reports
from tests.dashboard.sample_batch import FIXES, SAMPLE

UNFOLD = "() => document.querySelectorAll('details').forEach(fold => fold.open = true)"
# Every piece of text against what is painted behind it, as WCAG 2 computes contrast.
CONTRASTS = """() => {
    const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    const rgba = colour => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const luminance = ([r, g, b]) => {
        const linear = c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
        const [R, G, B] = [r, g, b].map(c => linear(c / 255));
        return 0.2126 * R + 0.7152 * G + 0.0722 * B;
    };
    const behind = element => {
        for (let each = element; each; each = each.parentElement) {
            const colour = rgba(getComputedStyle(each).backgroundColor);
            if (colour[3] === 255) return colour;
            if (colour[3] !== 0) throw new Error("half transparent: " + each.className);
        }
        throw new Error("nothing is painted behind " + element.className);
    };
    const found = {};
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement;
        if (!texts.currentNode.data.trim() || element.closest("script, svg, .only-read")) continue;
        if (!element.checkVisibility()) continue;
        const [front, back] = [rgba(getComputedStyle(element).color), behind(element)].map(luminance);
        const ratio = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
        const name = element.tagName + "." + element.className;
        found[name] = Math.min(ratio, found[name] ?? 99);
    }
    return found;
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_reports(tmp_path_factory.mktemp("batches") / "20261120_091403", SAMPLE, FIXES)


@pytest.fixture(scope="module")
def file(folder):
    return write_page(folder)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_the_contrast_of_wcag_aa(open_page, file, scheme):
    page = open_page(file, scheme=scheme)
    page.evaluate(UNFOLD)
    found = page.evaluate(CONTRASTS)
    assert len(found) > 30
    assert {element: ratio for element, ratio in found.items() if ratio < 4.5} == {}


def test_the_schemes_differ(open_page, file):
    colours = {
        open_page(file, scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    }
    assert len(colours) == 2


def test_headings_go_down_one_level_at_a_time(open_page, file):
    page = open_page(file)
    page.evaluate(UNFOLD)
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_tab_reaches_everything_in_the_order_of_the_page(open_page, serve, folder):
    page = open_page(serve(folder).url)
    wanted = page.evaluate(
        """() => [...document.querySelectorAll("a[href], button, summary")].map((element, i) => {
            element.dataset.stop = i;
            return element.textContent;
        })"""
    )
    assert sum("Transcript" in text for text in wanted) == len(SAMPLE)
    assert "Regenerate fixes" in wanted
    for stop in range(len(wanted)):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            """() => {
                const {outlineStyle, outlineWidth} = getComputedStyle(document.activeElement);
                return [document.activeElement.dataset.stop, outlineStyle, parseFloat(outlineWidth) >= 2];
            }"""
        )
        assert focused == [str(stop), "solid", True]


def test_the_keyboard_skips_and_unfolds(open_page, file):
    page = open_page(file)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "runs"
    summary = page.locator("#run-1 summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.get_by_text("In exchange 7 the agent called").is_visible()


def test_filters_show_runs_of_one_outcome(open_page, file):
    page = open_page(file)
    page.get_by_role("button", name="Held 3").click()
    assert page.locator("article:visible").count() == 3
    assert page.get_by_role("button", name="Held 3").get_attribute("aria-pressed") == "true"
    assert page.get_by_text("3 of 8 runs shown").count() == 1
    page.locator("a[href='#run-1']").click()  # a link leads to what was hidden too
    assert page.locator("article:visible").count() == len(SAMPLE)


def test_all_details_unfold_at_once(open_page, file):
    page = open_page(file)
    page.get_by_role("button", name="Unfold all details").click()
    assert page.locator("details:not([open])").count() == 0
    page.get_by_role("button", name="Fold all details").click()
    assert page.locator("details[open]").count() == 0


def test_everything_is_there_without_a_script(open_page, file):
    page = open_page(file, java_script_enabled=False)
    assert page.locator("article").count() == len(SAMPLE)
    assert not page.locator("#toolbar").is_visible()  # its buttons would do nothing
    page.locator("#run-1 summary").first.click()
    assert page.get_by_text("In exchange 7 the agent called").is_visible()


@pytest.mark.parametrize("width", [320, 1280])
def test_a_screen_reader_finds_landmarks_tables_and_names(open_page, file, width):
    page = open_page(file, width=width)
    page.evaluate(UNFOLD)
    session = page.context.new_cdp_session(page)
    nodes = [
        (node["role"]["value"], node.get("name", {}).get("value", "").strip())
        for node in session.send("Accessibility.getFullAXTree")["nodes"]
        if not node["ignored"]
    ]
    roles = [role for role, _ in nodes]
    assert [roles.count(role) for role in ("banner", "main", "contentinfo")] == [1, 1, 1]
    assert roles.count("article") == len(SAMPLE)
    assert roles.count("table") >= 2  # also where rows are stacked
    assert roles.count("rowheader") >= len(SAMPLE)
    assert "columnheader" in roles
    named = {
        "button",
        "link",
        "image",
        "img",
        "article",
        "region",
        "heading",
        "rowheader",
        "DisclosureTriangle",
    }
    assert [node for node in nodes if node[0] in named and not node[1]] == []
    curves = [name for role, name in nodes if role in ("image", "img") and "Score per exchange" in name]
    assert any("exchange 7: 10 of 10, breach. The agent failed in exchange 7." in name for name in curves)
    assert any("exchange 4: not scored" in name for name in curves)


@pytest.mark.parametrize("status", ["Broke", "Errored", "Inconclusive", "Held"])
def test_an_outcome_is_a_word_and_not_only_a_colour(open_page, file, status):
    assert open_page(file).locator(f".card.{status.lower()} .badges").first.inner_text().startswith(status)


def test_who_wants_no_motion_gets_none(open_page, file):
    page = open_page(file, reduced_motion="reduce")
    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter(element => {
            const {transitionDuration, animationName, scrollBehavior} = getComputedStyle(element);
            return transitionDuration !== "0s" || animationName !== "none" || scrollBehavior === "smooth";
        }).length"""
    )
    assert moving == 0


def test_a_print_has_all_details(open_page, file):
    page = open_page(file)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0


def test_the_file_says_why_its_button_does_nothing(open_page, file):
    page = open_page(file)
    button = page.get_by_role("button", name="Regenerate fixes")
    assert button.is_disabled()
    note = page.locator(f"#{button.get_attribute('aria-describedby')}")
    assert re.search("cannot call a model.*scenario redteam-report", note.inner_text())
