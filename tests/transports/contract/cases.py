"""Many cases of the contract at once: most of their time is waiting, which costs nothing.

A case is one behaviour, as a test is; a coroutine function that takes the rig. The suite plays all cases of
a rig on one loop and reports each by its name. `CONTRACT_CASES=row_5 pytest tests/transports/contract`
plays only those whose names contain the text.

Peers speak in real time, so that a machine that is too busy for them makes cases fail that have no fault. A
case that failed while the loop was late is therefore played again, by itself; one that failed on a loop in
time has failed.
"""

from __future__ import annotations

import asyncio
import io
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from tests.transports.contract.lateness import Lateness

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence

    from tests.transports.contract.rig import Rig

_LIMIT_SECONDS = 60
_ATTEMPTS = 3
_LATE_SECONDS = 0.03
_CHEAP_AT_ONCE = 6

Kind = Literal["crowd", "exact", "idle", "long", "short"]
"""It is a crowd by itself, which takes all the time of the machine where media costs much CPU; it measures to
the hundredth of a second, so that it is played before the crowd; it does nothing but wait, so that it takes
nobody's place; it takes long, so that it goes first in the crowd; none of these."""


@dataclass(frozen=True)
class Case:
    """One behaviour that every transport has.

    Attributes:
        name: with the arguments, if there are any.
        check: raises what is wrong.
        arguments: of `check`, besides the rig.
        kind: when it is played.
        applies: whether a transport has the behaviour; called as `check` is. Other rigs do not play the case.
    """

    name: str
    check: Callable[..., Coroutine[Any, Any, None]]
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    kind: Kind = "short"
    applies: Callable[..., bool] = lambda _rig, **_: True


CASES: list[Case] = []
"""Those of every module that was imported."""


def case(
    *variants: Mapping[str, Any],
    kind: Kind = "short",
    applies: Callable[..., bool] = lambda _rig, **_: True,
) -> Callable[..., Any]:
    """Make a coroutine function a case, or one for each of several sets of arguments."""

    def register(check: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., Any]:
        for arguments in variants or [{}]:
            suffix = f"[{'-'.join(map(str, arguments.values()))}]" if arguments else ""
            CASES.append(Case(f"{check.__name__}{suffix}", check, arguments, kind, applies))
        return check

    return register


async def play(cases: Sequence[Case], rig: Rig) -> dict[str, BaseException | None]:
    """Play the cases against peers of their own, and return by name with what error each has ended.

    Those that only wait go on all the time. The exact ones come first and together; the others follow,
    `rig.at_once` at a time; what would make all of them late comes last.
    """
    wanted = os.environ.get("CONTRACT_CASES", "")
    chosen = [case for case in cases if wanted in case.name and case.applies(rig, **case.arguments)]
    places = asyncio.Semaphore(rig.at_once)
    ended: dict[str, BaseException | None] = {}
    again: list[Case] = []

    async def one(case: Case) -> None:
        began = asyncio.get_running_loop().time()
        ended[case.name] = error = await _outcome(case, rig)
        if error is None or isinstance(error, TimeoutError):
            return
        late = lateness.most_since(began)
        error.add_note(f"the event loop was late by {late * 1000:.0f} ms at worst")
        if late > _LATE_SECONDS:
            again.append(case)

    async def in_its_place(case: Case) -> None:
        async with places:
            await one(case)

    def of(*kinds: Kind) -> list[Case]:
        return sorted((case for case in chosen if case.kind in kinds), key=lambda case: case.kind)

    async with Lateness() as lateness:
        async with asyncio.TaskGroup() as waiting:
            for case in of("idle"):
                waiting.create_task(one(case))
            await asyncio.gather(*map(one, of("exact")))
            last = of("crowd") if rig.at_once < _CHEAP_AT_ONCE else []
            others = [case for case in of("crowd", "long", "short") if case not in last]
            await asyncio.gather(*map(in_its_place, others))
        await asyncio.gather(*map(in_its_place, last))
        for _ in range(_ATTEMPTS - 1):
            repeated, again = again, []
            for case in repeated:
                await one(case)
    return ended


async def _outcome(case: Case, rig: Rig) -> BaseException | None:
    task = asyncio.create_task(case.check(rig, **case.arguments), name=case.name)
    await asyncio.wait({task}, timeout=_LIMIT_SECONDS)
    if task.done():
        return task.exception()
    where = io.StringIO()
    task.print_stack(file=where)
    task.cancel()
    await asyncio.wait({task}, timeout=5)
    end = "ended when it was cancelled" if task.done() else "could not be cancelled"
    return TimeoutError(f"{case.name} was not over after {_LIMIT_SECONDS} s and {end}:\n{where.getvalue()}")
