import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario._report import ReportDocument, load_reports
from scenario._report.fields import document_from
from scenario._report.plain import plain

LEAST = {"test_name": "t", "status": "held"}


@pytest.fixture
def folder(tmp_path):
    return tmp_path


def write(folder, name, content):
    (folder / name).write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")


def test_reports_come_in_the_order_of_their_files(folder):
    for name in ("b.json", "a.json", "c.json"):
        write(folder, name, LEAST)
    assert [report.file_name for report in load_reports(folder)] == ["a.json", "b.json", "c.json"]


def test_other_files_are_not_looked_at(folder, caplog):
    for name in ("_aggregated_fixes.json", ".hidden.json", "notes.txt", "a.json.tmp"):
        write(folder, name, "no JSON")
    (folder / "folder.json").mkdir()
    os.mkfifo(folder / "pipe.json")
    assert load_reports(folder) == []
    assert caplog.records == []


@pytest.mark.parametrize(
    "content",
    [
        "", "no JSON", "[]", "3", "null", '{"name": "package", "version": "1"}', '{"status": "ok"}',
        "[" * 200_000, '{"a":' * 200_000,
    ],
    ids=["empty", "text", "list", "number", "null", "package", "other status", "deep list", "deep object"],
)  # fmt: skip
def test_a_file_that_is_no_report_is_left_out_with_one_warning(folder, caplog, content):
    write(folder, "a.json", content)
    write(folder, "b.json", LEAST)
    assert [report.file_name for report in load_reports(folder)] == ["b.json"]
    [record] = caplog.records
    assert (record.levelname, str(folder / "a.json") in record.message) == ("WARNING", True)


def test_bytes_that_are_no_text_are_left_out(folder, caplog):
    (folder / "a.json").write_bytes(b'{"test_name": "\xff"}')
    assert load_reports(folder) == []
    assert len(caplog.records) == 1


def test_a_huge_file_is_left_out_unread(folder, caplog):
    with (folder / "a.json").open("wb") as file:
        file.truncate(2**31)
    assert load_reports(folder) == []
    assert "bytes" in caplog.text


def test_a_folder_that_is_not_there_has_no_reports(folder, caplog):
    assert load_reports(folder / "nowhere") == []
    assert len(caplog.records) == 1


def test_what_is_missing_has_its_default(folder):
    write(folder, "a.json", {"test_name": "t"})
    assert load_reports(folder) == [ReportDocument(test_name="t", schema_version=1, file_name="a.json")]


@pytest.mark.parametrize(
    ("status", "broken"),
    [("broke", "partial"), ("held", "none"), ("errored", "none"), ("inconclusive", "none")],
)
@pytest.mark.parametrize("value", [None, "catastrophic", 7])
def test_a_missing_break_severity_follows_from_the_status(folder, status, broken, value):
    write(folder, "a.json", {"test_name": "t", "status": status, "break_severity": value})
    assert load_reports(folder)[0].break_severity == broken


def test_values_of_another_kind_become_defaults(folder):
    names = ReportDocument(test_name="t").to_dict()
    for value in (True, [[]], {"a": {}}, "?", -1, 1.5):
        write(folder, "a.json", dict.fromkeys(names, value) | {"test_name": "t"})
        [report] = load_reports(folder)
        assert report.status == "inconclusive"
        assert report.total_turns == report.parse_failures == 0
        assert all(isinstance(item, str) for item in (*report.criteria, *report.suggestions))
        assert all(isinstance(item, dict) for item in report.messages)
        json.dumps(report.to_dict(), allow_nan=False)


def test_numbers_without_measure_become_defaults(folder):
    write(
        folder,
        "a.json",
        '{"test_name": "t", "total_turns": ' + "9" * 100_000 + ', "total_time": 1e999, "seed": NaN, '
        '"scores": {"1": -Infinity, "2": 11, "3": 7, "x": 1, "0": 1, "99999999999999999999": 1}, '
        '"max_score": 1e400}',
    )
    [report] = load_reports(folder)
    assert (report.total_turns, report.total_time, report.seed, report.max_score) == (0, None, None, None)
    assert report.scores == {1: None, 2: None, 3: 7}


def test_halves_of_characters_do_not_survive(folder):
    write(
        folder, "a.json", r'{"test_name": "a\ud800b", "messages": [{"role": "user", "\udfff": ["\ud83d"]}]}'
    )
    [report] = load_reports(folder)
    assert report.test_name == "a?b"
    json.dumps(report.to_dict(), ensure_ascii=False).encode()


def test_deep_messages_are_cut(folder):
    deep = "[" * 900 + "]" * 900
    write(folder, "a.json", '{"test_name": "t", "messages": [{"role": "tool", "content": ' + deep + "}]}")
    [report] = load_reports(folder)
    assert "..." in str(report.messages)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from([*ReportDocument().to_dict(), "unknown"])


@settings(max_examples=300)
@given(st.dictionaries(names, values))
def test_every_object_is_a_report_that_can_be_written_and_read_again(data):
    document = document_from(plain(data))
    text = json.dumps(document.to_dict(), allow_nan=False, ensure_ascii=False).encode()
    assert document_from(json.loads(text)) == document
