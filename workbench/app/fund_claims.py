"""The fund asked again while money moves: what is kept, by everything that may move a claim.

Floor 10, no widget and no arithmetic here: `workbench.fund.replay` walks anew only what is not
kept. Tiers, expenses as a share of contributions, opening fund, interest and remittance move no
claim; so the claims of the paths are drawn once for everything else that was chosen.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any

from workbench.fund import Memory
from workbench.inputs import Inputs, fingerprint
from workbench.questions import QUESTIONS, Answer, Choices, ask
from workbench.questions.asking import answered, asked_of, changes_of
from workbench.questions.fund import fund_answer
from workbench.questions.registry import Mapper, own_choices

__all__ = ["ask_fund", "claims_kept"]

MONEY = ("expense_share", "interest_rate_per_year", "opening_fund_yuan", "remittance_share")
"""Names of `--set`, besides the premiums, that move no claim."""
READ_OFF = ("paths", "path", "possibility")
"""Choices of the question that move no claim of any path."""
MOST_KEPT = 3
THREADS = 2

_KEPT: OrderedDict[tuple, tuple[Memory, Lock]] = OrderedDict()
_GUARD = Lock()


def _moves_no_claim(name: str) -> bool:
    return name in MONEY or (name.startswith("plans.") and name.endswith(".premium_yuan"))


def _content(pack: Inputs, choices: Choices) -> tuple:
    """Everything that was chosen and may move a claim."""
    moved = changes_of(pack, choices).values
    claims = tuple(sorted((name, one) for name, one in moved.items() if not _moves_no_claim(name)))
    own = own_choices(QUESTIONS["fund"], choices.own)
    chosen = tuple(sorted((name, str(one)) for name, one in own.items() if name not in READ_OFF))
    return (fingerprint(pack), choices.scenario, choices.expenses, claims, chosen)


def claims_kept(pack: Inputs, choices: Choices) -> bool:
    """Return whether the claims of all paths of these choices are known already."""
    found = _KEPT.get(_content(pack, choices))
    own = own_choices(QUESTIONS["fund"], choices.own)
    return found is not None and (own["paths"], own["seed"]) in found[0].claims


def _kept_of(pack: Inputs, choices: Choices) -> tuple[Memory, Lock]:
    """Return what is kept of a content; the one asked longest ago makes room."""
    content = _content(pack, choices)
    with _GUARD:
        found = _KEPT.pop(content, None) or (Memory(), Lock())
        _KEPT[content] = found
        while len(_KEPT) > MOST_KEPT:
            _KEPT.popitem(last=False)
    return found


def ask_fund(name: str, choices: Choices, *, pack: Inputs, mapper: Mapper = map) -> Answer:
    """Return the answer to the question `fund`; see `workbench.questions.ask`."""
    asked = asked_of(name, choices, pack=pack)
    if asked.own["compare"] != "none" or asked.own["programme"]:
        return ask(name, choices, pack=pack, mapper=mapper)
    memory, lock = _kept_of(pack, choices)
    if asked.own["basis"] == "process":
        mapper = _side_by_side(mapper)  # many draws: one after the other stops sooner
    with lock:
        return answered(asked, name, fund_answer(asked, mapper, memory))


def _side_by_side(mapper: Mapper) -> Mapper:
    """Return a mapper whose parts run in threads; what tells or stops it does so between them."""

    def mapped(work: Callable[..., Any], parts: Iterable[Any]) -> Iterator[Any]:
        with ThreadPoolExecutor(THREADS) as pool:
            if mapper is map:
                yield from pool.map(work, parts)
                return
            every = list(parts)
            some = [every[first : first + THREADS] for first in range(0, len(every), THREADS)]
            for found in mapper(lambda one: list(pool.map(work, one)), some):
                yield from found

    return mapped
