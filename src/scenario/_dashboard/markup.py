"""HTML by construction: a string is text and is escaped, only what was built here is markup."""

from __future__ import annotations

from typing import Final

from scenario._dashboard.untrusted_text import escaped, escaped_plainly

_VOID: Final = frozenset({"meta", "link"})


class Html(str):
    """Markup. Nothing but the functions of this module makes one from text."""

    __slots__ = ()


Node = Html | str | None
"""What an element may hold: markup, text (which is escaped), or nothing."""

Attribute = str | int | float | bool | None


def element(tag: str, *children: Node, **attributes: Attribute) -> Html:
    """Build an element.

    Args:
        tag: its name.
        children: markup and text; text is escaped, `None` left out.
        attributes: `_` stands for `-`, and at the end for nothing (`class_`); `True` gives an attribute
            without a value, `False` and `None` give none. Values are escaped.
    """
    opening = f"<{tag}{''.join(_attribute(name, value) for name, value in attributes.items())}>"
    if tag in _VOID:
        return Html(opening)
    return Html(f"{opening}{together(*children)}</{tag}>")


def together(*nodes: Node) -> Html:
    """Join markup and text to one piece of markup."""
    return Html("".join(_rendered(node) for node in nodes if node is not None))


def said(text: str) -> Html:
    """Return what somebody wrote, isolated so that its direction does not move its neighbours."""
    return element("bdi", text) if text.strip() else NOTHING


def block(text: str, tag: str = "p", class_: str = "said") -> Html:
    """Return what somebody wrote as a block of its own, with its line breaks and its own direction."""
    return element(tag, text, class_=class_, dir="auto")


def hidden(text: str) -> Html:
    """Return text that only a screen reader says."""
    return element("span", text, class_="only-read")


def _rendered(node: Html | str) -> str:
    return node if isinstance(node, Html) else escaped(node)


def _attribute(name: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escaped_plainly(str(value))}"'


NOTHING: Final = together(element("span", "\N{EN DASH}", aria_hidden="true"), hidden("none"))
"""In place of a value that there is not."""
