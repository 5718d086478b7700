"""Whatever a report file holds, there is a page, and it is well formed."""

from dataclasses import fields
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from scenario._dashboard.batch import Batch
from scenario._dashboard.page import render
from scenario._report.document import ReportDocument
from scenario._report.fields import document_from
from scenario._report.fixes import CachedFixes, clusters_in
from scenario._report.plain import plain

VOID = {"meta", "link"}
NAMES = [field.name for field in fields(ReportDocument)]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
NUMBERS = st.sampled_from(["0", "1", "2", "3", "007", "x", "-1"])
MESSAGES = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "role": st.sampled_from(["user", "assistant", "tool", "system"]) | SCALARS,
            "content": SCALARS
            | st.lists(st.fixed_dictionaries({"type": SCALARS, "text": SCALARS}), max_size=2),
            "tool_calls": SCALARS
            | st.lists(SCALARS | st.dictionaries(SCALARS.map(str), SCALARS), max_size=2),
        },
    ),
    max_size=5,
)
VALUES = st.recursive(
    SCALARS | MESSAGES | st.dictionaries(NUMBERS, st.integers(-2, 12) | SCALARS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
LIKELY = {
    "status": st.sampled_from(["held", "broke", "errored", "inconclusive"]),
    "messages": MESSAGES,
    "backtracks": st.lists(
        st.fixed_dictionaries({"turn": st.integers(0, 4) | SCALARS, "messages": MESSAGES | SCALARS}),
        max_size=3,
    ),
    "injections": st.lists(
        st.fixed_dictionaries({"turn": st.integers(0, 4), "technique": SCALARS}), max_size=3
    ),
    "scores": st.dictionaries(NUMBERS, st.integers(-1, 11) | st.none()),
    "exchange_positions": st.dictionaries(NUMBERS, st.integers(-1, 6)),
    "failing_turn_index": st.integers(-1, 5),
}
REPORTS = st.fixed_dictionaries({}, optional={name: LIKELY.get(name, VALUES) | VALUES for name in NAMES})


class Balance(HTMLParser):
    """Complains about a tag that is not closed where it should be."""

    def __init__(self, page):
        super().__init__()
        self.open = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        assert len(set(names)) == len(names)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@settings(max_examples=80)
@given(st.lists(REPORTS, max_size=3), VALUES)
def test_any_report_has_a_page(reports, fixes):
    documents = [document_from(plain(report), file_name=f"{i}.json") for i, report in enumerate(reports)]
    clusters = clusters_in({"clusters": plain(fixes)})
    page = render(Batch.of("batch", documents), CachedFixes(clusters, stale=True))
    Balance(page)
    assert page.count("<article") == len(documents)
