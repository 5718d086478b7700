"""Keys and other secrets: text that is never shown."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterable


_SHORTEST = 6  # shorter texts are no secrets, and would blank out ordinary words


class Secret(str):
    """Text whose `repr` is `'***'`, so that it does not appear where an object that holds it is shown."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


def required_key(argument: str | None, name: str, *variables: str) -> Secret:
    """Return a key that was given as an argument or, if it was not, stands in the environment.

    Args:
        argument: what the user gave; the empty string counts as nothing.
        name: the argument's name, for the error.
        variables: environment variables, the first that is set wins.

    Raises:
        ValueError: there is no key; the text names the argument and the variables.
    """
    for value in (argument, *(os.environ.get(variable) for variable in variables)):
        if value:
            return Secret(value)
    raise ValueError(f"{name} is missing: pass {name}=... or set {' or '.join(variables)}")


def concealed(value: Any) -> Any:
    """Return JSON-like data, all of whose texts are secrets: what users send along may be tokens."""
    if isinstance(value, str):
        return Secret(value)
    if isinstance(value, Mapping):
        return {key: concealed(item) for key, item in cast("Mapping[Any, Any]", value).items()}
    if isinstance(value, (list, tuple)):
        return [concealed(item) for item in cast("Iterable[Any]", value)]
    return value


def secrets_within(value: Any) -> set[str]:
    """Return the texts of `concealed` data that are long enough to be secrets."""
    if isinstance(value, Secret):
        return {str(value)} if len(value) >= _SHORTEST else set()
    if isinstance(value, Mapping):
        return secrets_within(list(cast("Mapping[Any, Any]", value).values()))
    if isinstance(value, list):
        return set[str]().union(*map(secrets_within, cast("Iterable[Any]", value)))
    return set()
