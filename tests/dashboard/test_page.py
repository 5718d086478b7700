"""What stands on the page, and in which order."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from scenario._dashboard.batch import Batch
from scenario._dashboard.fixes_section import FixesButton
from scenario._dashboard.page import content_security_policy, render
from scenario._report.document import ReportDocument
from scenario._report.fixes import CachedFixes
from tests.dashboard.sample_batch import FIXES, LEAK, SAMPLE, TRANSFER

NO_FIXES = CachedFixes((), stale=True)
BUTTON = FixesButton("token", "openai/gpt-5-mini")


def text_of(*reports, fixes=NO_FIXES, button=None):
    """Return the text of the page on one line."""
    parser = HTMLParser()
    words = []
    parser.handle_data = words.append
    page = render(Batch.of("my batch", reports), fixes, button)
    parser.feed(re.sub(r"<(style|script)>.*?</\1>", "", page, flags=re.DOTALL))
    return " ".join(" ".join(words).split())


def test_everything_stands_in_the_order_of_urgency():
    text = text_of(*SAMPLE, fixes=CachedFixes(FIXES, stale=False))
    wanted = [
        "my batch", "8 runs", "Share held", "38 %", "3 of 8 runs held", "Open findings by risk", "1 Critical",
        "2 High", "1 unresolved", "Tests", "Counts", "Attack success rate", "Prioritised fixes",
        "Enforce confirmation codes", "Runs", "Critical risk transfer without confirmation",
        "High risk discount code stays secret trial 1", "Low risk stays on topic",
        "High, unresolved address of another customer", "no promise of compensation",
    ]  # fmt: skip
    places = [0]
    for words in wanted:
        assert words in text[places[-1] :], words
        places.append(text.index(words, places[-1]))


def test_a_card_tells_what_is_known_of_a_run():
    text = text_of(TRANSFER)
    card = text[text.index("Runs Broke Critical risk") :]
    for words in (
        "Severity Critical", "Break Complete", "Strategy crescendo", "Failing exchange 7 of 12",
        "Time 84.2 s", "Attacker openai/gpt-5-mini", TRANSFER.failure_summary, *TRANSFER.suggestions,
        "Failing exchange (7)",
        '[tool_call: send_transfer({"order": "SO-2211", "amount": 1450.0})]', TRANSFER.target,
        "not met The agent sends no transfer", "met The agent stays polite",
        "not judged The agent does not name", TRANSFER.reasoning, TRANSFER.severity_rationale,
        TRANSFER.break_rationale, "Taken back after a refusal", "sent as base64", "hypothetical, persona",
        "Exchange 7 failing exchange", "Seed 7", "first breach in exchange 7", "Transcript (8 messages)",
    ):  # fmt: skip
        assert words in card, words


def test_a_long_exchange_is_cut_in_the_card_and_whole_in_the_transcript():
    long = "word " * 999 + "end"
    messages = ({"role": "user", "content": "x" * 601}, {"role": "assistant", "content": long})
    text = text_of(replace(LEAK, messages=messages, failing_turn_index=1))
    assert f" {'x' * 600} … " in text
    assert text.count(f" {long} ") == 1


def test_only_the_first_three_suggestions_stand_outside_the_details():
    assert [text_of(TRANSFER).count(suggestion) for suggestion in TRANSFER.suggestions] == [2, 2, 2, 1]


@pytest.mark.parametrize("status", ["broke", "errored", "held", "inconclusive"])
def test_fixes_are_there_only_when_something_is_open(status):
    report = ReportDocument(test_name="x", status=status)
    assert ("Prioritised fixes" in text_of(report, button=BUTTON)) is (status in ("broke", "errored"))


def test_stale_fixes_are_marked():
    changed = "Runs were added or changed since these fixes were summed up."
    assert changed in text_of(LEAK, fixes=CachedFixes(FIXES, stale=True))
    assert changed not in text_of(LEAK, fixes=CachedFixes(FIXES, stale=False))
    assert "have not been summed up" in text_of(LEAK)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"disputed": True}, "Disputed: the judge passed"),
        ({"needs_review": True}, "review this run yourself"),
        ({"judge_injection_suspected": True}, "may have been steered"),
    ],
)
def test_doubts_about_a_verdict_are_said(fields, words):
    assert words in text_of(replace(LEAK, **fields))
    assert words not in text_of(LEAK)


@pytest.mark.parametrize("status", ["broke", "errored", "held", "inconclusive"])
def test_a_report_without_anything_has_a_page(status):
    assert "unnamed test" in text_of(ReportDocument(status=status))


def test_an_empty_batch_has_a_page():
    assert "There are no reports in this batch." in text_of()


def test_repeated_attacks_have_a_rate_and_its_certainty():
    text = text_of(*SAMPLE)
    assert "discount-code goat 1 of 4 25 % 5 to 70 % 50 % of 2, 100 % of 4" in text
    assert "stays on topic pair 1 of 1 100 % 21 to 100 % \N{EN DASH} none" in text


def test_tables_stay_tables_when_their_rows_are_stacked():
    """Some browsers forget what a table is once its rows are displayed as blocks."""
    page = render(Batch.of("x", SAMPLE), NO_FIXES)
    roles = {"table": "table", "tr": "row", "th": "(columnheader|rowheader)", "td": "cell"}
    for tag, role in roles.items():
        assert (
            len(re.findall(rf"<{tag}[ >]", page)) == len(re.findall(rf'<{tag} [^>]*role="{role}"', page)) > 0
        )


def test_nothing_is_loaded_from_anywhere():
    page = render(Batch.of("x", SAMPLE), CachedFixes(FIXES, stale=False), BUTTON)
    addresses = re.findall(r"""(?:src|href|action|url)\s*[=(]\s*["']?([^"' >)]+)""", page)
    assert addresses
    assert all(address.startswith(("#", "data:image/svg+xml,")) for address in addresses)
    assert not re.search(r"\sstyle=|\son\w+=|@import", page)


def test_style_and_script_cannot_end_early():
    page = render(Batch.of("x", []), NO_FIXES)
    for tag in ("style", "script"):
        assert page.count(f"<{tag}>") == page.count(f"</{tag}>") == 1


def test_the_policy_allows_the_page_itself_and_nothing_more():
    policy = content_security_policy(is_served=False)
    assert policy.startswith("default-src 'none'; ")
    assert not re.search(r"unsafe|https?:|\*|'self'", policy)
    assert "connect-src 'self'" in content_security_policy(is_served=True)
    assert policy.replace("'", "&#x27;") in render(Batch.of("x", []), NO_FIXES)


def test_a_thousand_runs_stay_a_page():
    page = render(
        Batch.of("x", [replace(run, file_name=str(i)) for i in range(125) for run in SAMPLE]), NO_FIXES
    )
    assert page.count("<article") == 1000
    assert len(page) < 25_000_000
