"""The fund asked again while money moves: claims of the paths are kept, cash is worked out anew.

Floor 10, no widget here. Tiers, expenses as a share of contributions, opening fund, interest and
remittance move no claim; so the claims of the paths are drawn once for everything else that was
chosen, and kept by that content. It works as the mapper of the question: whatever `ask` does stays
as it is, only paths already walked are not walked again. The answer is that of the command, to the
fen: every flow that all paths share comes from the books of one path, and only assets and interest
run path by path. Rules, reinsurance and a shared result are walked plainly.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np

from workbench.fund import Books, FundModel, path_books
from workbench.fund.calendar import MONTHS
from workbench.fund.paths import FLOWS, HELD, opening_of, walk
from workbench.fund.run import with_interest
from workbench.fund.terms import MILLION
from workbench.inputs import Inputs, fingerprint
from workbench.questions import Answer, Choices, ask
from workbench.questions.asking import changes_of
from workbench.questions.registry import Mapper

__all__ = ["ask_fund", "claims_kept"]

MONEY = ("expense_share", "interest_rate_per_year", "opening_fund_yuan", "remittance_share")
"""Names of `--set`, besides the premiums, that move no claim."""
CLAIMS = ("incurred", "paid", "handled", "unpaid", "handling")
RATE_BITS = 32
"""Interest a month stands in parts of 2**32 (`fund.terms.RATE_ONE`)."""
MOST_KEPT = 3
THREADS = 2

Part = tuple[int, tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Claims:
    """Claims of a part's paths, fen (months, paths): paid with handling, owed, incurred; sums."""

    out: np.ndarray
    owed: np.ndarray
    incurred: np.ndarray
    sums: Mapping[str, np.ndarray]
    plan_sums: np.ndarray


@dataclass(slots=True, eq=False)
class _Kept:
    """What is kept of one content: compiled laws, and claims by part."""

    laws: tuple[Any, ...] = ()
    parts: dict[Part, _Claims] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)


_KEPT: OrderedDict[tuple, _Kept] = OrderedDict()
_GUARD = Lock()


def _moves_no_claim(name: str) -> bool:
    return name in MONEY or (name.startswith("plans.") and name.endswith(".premium_yuan"))


def _content(pack: Inputs, choices: Choices) -> tuple:
    """Everything that was chosen and may move a claim."""
    moved = changes_of(pack, choices).values
    claims = tuple(sorted((name, one) for name, one in moved.items() if not _moves_no_claim(name)))
    own = tuple(
        sorted((name, str(one)) for name, one in choices.own.items() if name != "possibility")
    )
    return (fingerprint(pack), choices.scenario, choices.expenses, claims, own)


def claims_kept(pack: Inputs, choices: Choices) -> bool:
    """Return whether the claims of all paths of these choices are known already."""
    found = _KEPT.get(_content(pack, choices))
    return found is not None and bool(found.parts)


def _kept_of(pack: Inputs, choices: Choices) -> _Kept:
    """Return what is kept of a content; the one asked longest ago makes room."""
    content = _content(pack, choices)
    with _GUARD:
        found = _KEPT.pop(content, None) or _Kept()
        _KEPT[content] = found
        while len(_KEPT) > MOST_KEPT:
            _KEPT.popitem(last=False)
    return found


def ask_fund(name: str, choices: Choices, *, pack: Inputs, mapper: Mapper = map) -> Answer:
    """Return the answer to the question `fund`; see `workbench.questions.ask`."""
    if choices.own.get("compare", "none") != "none" or choices.own.get("programme"):
        return ask(name, choices, pack=pack, mapper=mapper)
    kept = _kept_of(pack, choices)
    with kept.lock:
        return ask(name, choices, pack=pack, mapper=_Keeping(kept, mapper))


class _Keeping:
    """A mapper of the question `fund` that walks no path twice."""

    def __init__(self, kept: _Kept, mapper: Mapper) -> None:
        self._kept, self._mapper = kept, _in_threads if mapper is map else mapper

    def __call__(self, work: Callable[..., Any], parts: Iterable[Any]) -> Iterable[Any]:
        given: Mapping[str, Any] = getattr(work, "keywords", {})
        if "model" in given:
            return self._paths(work, list(parts), given)
        if "members" in given:
            if not self._kept.laws:
                self._kept.laws = tuple(self._mapper(work, parts))
            return self._kept.laws
        return self._mapper(work, parts)

    def _paths(
        self, work: Callable[..., Any], parts: list[Part], given: Mapping[str, Any]
    ) -> Iterable[Any]:
        model: FundModel = given["model"]
        terms = model.terms
        if model.rules is not None or terms.covers or terms.retained != MILLION:
            return self._mapper(work, parts)
        books = path_books(model, path=0, seed=given["seed"])

        def walked(part: Part) -> tuple[np.ndarray, np.ndarray, _PartBooks]:
            if part not in self._kept.parts:
                self._kept.parts[part] = _claims_of(part, **given)
            return _money(model, part[0], self._kept.parts[part], books)

        return self._mapper(walked, parts)


def _in_threads(work: Callable[..., Any], parts: Iterable[Any]) -> Iterator[Any]:
    with ThreadPoolExecutor(THREADS) as pool:
        yield from pool.map(work, parts)


def _claims_of(part: Part, *, model: FundModel, seed: int, paths: int) -> _Claims:
    """Walk a part for its claims."""
    draw, blocks = part
    size = None
    found: dict[str, list[np.ndarray]] = {name: [] for name in CLAIMS}
    plans: list[list[np.ndarray]] = []
    for year in walk(model.laws[draw], model.terms, seed, blocks, shock=model.shock):
        if size is None:
            width = year.flows["incurred"].shape[1]
            block = width // len(blocks)
            size = min(paths - blocks[-1] * block, block) + (len(blocks) - 1) * block
        for name in CLAIMS:
            found[name].append(year.flows[name][:, :size])
        plans.append([one[:, :size].sum(axis=-1) for one in year.plan_fen])
    whole = {name: np.concatenate(lines) for name, lines in found.items()}
    return _Claims(
        out=_small(whole["paid"] + whole["handled"]),
        owed=_small(whole["unpaid"] + whole["handling"]),
        incurred=_small(whole["incurred"]),
        sums={name: lines.sum(axis=-1) for name, lines in whole.items()},
        plan_sums=np.concatenate([np.array(one) for one in plans], axis=1),
    )


def _small(fen: np.ndarray) -> np.ndarray:
    """Return whole fen in half the room where they fit."""
    fits = bool(np.all(np.abs(fen) < 2**31))
    return fen.astype(np.int32) if fits else fen


def _money(
    model: FundModel, draw: int, claims: _Claims, books: Books
) -> tuple[np.ndarray, np.ndarray, _PartBooks]:
    """Return fund (months, paths), room for claims (paths,), and the books of a part."""
    lines, terms = books.lines, model.terms
    paid_in = lines["received"] - (lines["spent"] - lines["handled"])
    paid_in = paid_in - lines["programmes"] - lines["remitted"]
    owed = lines["unearned"] + lines["advance"]
    months, paths = claims.out.shape
    fund = np.empty((months, paths), dtype=np.int64)
    interest, assets = np.empty(months), np.empty(months)
    now = np.full(paths, opening_of(model.laws[draw], terms).held["assets"], dtype=np.int64)
    for month in range(months):
        earned = (np.maximum(now, 0) * terms.interest) >> RATE_BITS
        now = now + earned + (paid_in[month] - claims.out[month])
        interest[month], assets[month] = earned.sum(), now.sum()
        np.subtract(now, claims.owed[month], out=fund[month])
        fund[month] -= owed[month]
    told = {"interest": interest, "assets": assets, "fund": fund.sum(axis=1)}
    return fund, _room(model, claims, fund), _PartBooks(books, claims, told, paths)


def _room(model: FundModel, claims: _Claims, fund: np.ndarray) -> np.ndarray:
    """Least, over the months, of the fund over the claims borne so far, (paths,)."""
    laws, calendar = model.laws[0], model.terms.calendar
    expected = laws.expected_fen
    rate = float(laws.handling[calendar.group] @ expected / max(float(expected.sum()), 1e-300))
    borne, room = np.zeros(fund.shape[1]), np.full(fund.shape[1], np.inf)
    for first in range(0, len(fund), MONTHS):
        year = slice(first, first + MONTHS)
        whole = claims.incurred[year].astype(np.int64) * (1.0 + rate)
        total = with_interest(borne, whole, model.terms)
        room = np.minimum(room, (fund[year] / np.maximum(total, 1.0)).min(axis=0))
        borne = total[-1]
    return room


class _PartBooks:
    """Sums over the paths of a part, as `run_paths` wants them."""

    def __init__(
        self, one: Books, claims: _Claims, told: Mapping[str, np.ndarray], paths: int
    ) -> None:
        self._one, self._claims, self._told, self._paths = one, claims, told, paths
        self.times = np.zeros((one.enrolments.shape[1], 0))

    def _total(self, name: str) -> np.ndarray:
        if name in self._told:
            return self._told[name]
        if name in self._claims.sums:
            return self._claims.sums[name]
        shared = self._one.lines[name]
        if name == "spent":
            return (shared - self._one.lines["handled"]) * self._paths + self._total("handled")
        return shared * self._paths

    def books(self, paths: int, opening: Mapping[str, float]) -> Books:
        """Return the means over the paths."""
        return Books(
            lines={name: self._total(name) / paths for name in (*FLOWS, *HELD)},
            opening=opening,
            plan_fen=self._claims.plan_sums / paths,
            contribution_fen=self._one.contribution_fen * float(paths) / paths,
            enrolments=self._one.enrolments * float(paths) / paths,
        )
