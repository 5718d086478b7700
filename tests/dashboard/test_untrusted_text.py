import html
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario._dashboard.markup import Html, element, said, together
from scenario._dashboard.untrusted_text import cut, escaped, escaped_plainly

ANY_TEXT = st.text(st.characters(codec=None))
NASTY_TEXT = st.text(
    st.sampled_from("<>&\"'/=` \n\u202e\u2066\u200d\u200b\ufe0f\u0301\x00ae\U0001f468\u0645")
)


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.words = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, attributes))

    def handle_data(self, data):
        self.words.append(data)


@given(ANY_TEXT | NASTY_TEXT)
def test_no_text_makes_an_element_but_marks(text):
    assert {tag for tag, _ in Tags(escaped(text)).tags} <= {"span"}
    assert Tags(escaped_plainly(text)).tags == []


@given(ANY_TEXT | NASTY_TEXT)
def test_no_text_leaves_an_attribute(text):
    [(tag, attributes)] = Tags(element("p", title=text)).tags
    assert (tag, [name for name, _ in attributes]) == ("p", ["title"])


@given(ANY_TEXT | NASTY_TEXT)
def test_nothing_invisible_is_left(text):
    shown = html.unescape(escaped(text))
    # Joiners spell words and emoji where they follow a letter; they are looked at below.
    rest = [c for c in shown if c not in "\n\t\u200c\u200d\ufe0e\ufe0f"]
    assert not {unicodedata.category(c) for c in rest} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    shown.encode()


@given(st.text(st.characters(categories=["L", "N", "P", "S"]) | st.sampled_from(" \n")))
def test_visible_text_stays_as_it_is(text):
    if not any(c in "\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800" for c in text):
        assert html.unescape(escaped(text)) == text


@pytest.mark.parametrize(
    "text", ["naïve", "می‌خواهم", "नमस्ते", "👩‍🚀 👨‍👩‍👧", "❤️ ☎︎", "ไม่ใช่", "תּוֹרָה", "Việt", "日本語", "مرحبا"]
)
def test_living_scripts_and_emoji_stay_as_they_are(text):
    assert escaped(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", "a[U+202E]b"),
        ("a\u200db", "a[U+200D]b"),
        ("😀\ufe0f\ufe0f\ufe0f", "😀\ufe0f[U+FE0F U+FE0F]"),
        ("\u200b" * 9, "[U+200B U+200B U+200B U+200B +5]"),
        ("e" + "\u0301" * 7, "e" + "\u0301" * 5 + "[U+0301 U+0301]"),
        ("a\x00b\r\nc\td", "a[U+0000]b c d"),
    ],
)
def test_what_hides_is_named(text, shown):
    assert escaped_plainly(text) == shown


def test_a_cut_text_says_how_much_is_missing():
    assert cut("abc", 3) == "abc"
    assert cut("abcdef " * 1000, 10) == "abcdef abc … (6,990 more characters in the report's file)"


def test_only_the_builder_makes_markup():
    assert element("p", "<b>", said("&"), None, class_="x", hidden=True, lang=None) == Html(
        '<p class="x" hidden>&lt;b&gt;<bdi>&amp;</bdi></p>'
    )
    assert together("<", Html("<br>")) == "&lt;<br>"
