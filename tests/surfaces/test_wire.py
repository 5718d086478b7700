from hypothesis import given
from hypothesis import strategies as st

from scenario._reporter.reported_run import Place
from scenario._reporter.reporter import ScenarioReporter
from scenario._reporter.wire import decode, encode
from scenario.types import CriterionVerdict, RunUsage, Usage

from .played import verdict

ANY_TEXT = st.text(st.characters(codec=None))


def reported(result, *, name="a refund"):
    class Named:
        description = "money back"

    Named.name = name
    reporter = ScenarioReporter()
    reporter.place = Place("test_a.py::test_x", 2)
    reporter.add_result(Named(), result)
    return reporter.results


def test_a_run_arrives_with_everything_that_the_report_shows():
    result = verdict(
        success=False,
        passed_criteria=["a"],
        failed_criteria=["b"],
        inconclusive_criteria=["b"],
        criteria=[CriterionVerdict(criterion="b", status="inconclusive", reasoning="who knows")],
        usage=RunUsage(total=Usage(calls=2, cost_usd=None)),
    )
    assert decode(encode(reported(result))) == reported(result)


def test_the_conversation_stays_behind():
    sent = encode(reported(verdict(messages=[{"role": "user", "content": "secret"}])))
    assert "secret" not in sent


@given(ANY_TEXT, ANY_TEXT)
def test_any_text_travels_as_ascii(name, reasoning):
    sent = encode(reported(verdict(reasoning=reasoning), name=name))
    assert sent.isascii()
    (run,) = decode(sent)
    assert (run["scenario"].name, run["result"].reasoning) == (name, reasoning)
