"""The fund over years from a pack and choices: the front of the room.

Floor 6, inside `fund`. Source: docs/fund.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial

from workbench.basis import Basis
from workbench.engine.events import scheme_of
from workbench.fund.actions import action_rules
from workbench.fund.calendar import FundCalendar, fund_calendar
from workbench.fund.laws import Spell, YearsLaws, compile_draw, packs_of
from workbench.fund.measures import FundFigures, Restored, fund_figures, restored
from workbench.fund.members import MemberYears, member_years
from workbench.fund.replay import Memory, can_replay, replay_books, replay_paths
from workbench.fund.run import Books, FundModel, FundRun, path_books, run_paths
from workbench.fund.statements import Statements, mean_statements, statements_of
from workbench.fund.terms import covers_of, fund_terms
from workbench.guard import in_range, refuse, whole_number
from workbench.inputs import Inputs
from workbench.premium.levers import programme_named, with_programme
from workbench.premium.reinsurance import Ceding

__all__ = [
    "FIRST_YEAR",
    "LONGEST",
    "MOST_PATHS",
    "FundChoices",
    "FundResult",
    "Variant",
    "compile_fund",
    "fund_of",
]

LONGEST = 10
MOST_PATHS = 200_000
FIRST_YEAR = 2027
"""The opening is the close of the year before, the usual date of a reserve; never the clock."""
Mapper = Callable[[Callable, Iterable], Iterable]
Moved = tuple[Inputs, int, int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class FundChoices:
    """What is asked of a fund.

    `years` of the horizon from `first_year`; `paths` and `seed`; `basis` what is uncertain besides
    the years; `expenses` "default" or "none"; `ceding` reinsurance of the scheme's year or None;
    `programmes` codes of `data/programmes.csv`; `actions` whether rules act, `react` whether
    members answer to them; `possibility` what a restored fund may have; `path` the path to show.
    """

    years: int = LONGEST
    first_year: int = FIRST_YEAR
    paths: int = 20_000
    seed: int = 1
    basis: Basis = field(default_factory=Basis)
    expenses: str = "default"
    ceding: Ceding | None = None
    programmes: tuple[str, ...] = ()
    actions: bool = False
    react: bool = True
    possibility: float = 0.05
    path: int = 0

    def __post_init__(self) -> None:
        whole_number("--years", self.years, 1, LONGEST)
        whole_number("--paths", self.paths, 1, MOST_PATHS)
        whole_number("--path", self.path, 0, self.paths - 1)
        in_range("--possibility", self.possibility, 0.001, 0.5)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Variant:
    """The same paths under other terms: "plain", "cover" (reinsured) or "actions" (rules act)."""

    name: str
    run: FundRun
    figures: FundFigures


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FundResult:
    """A fund over years.

    `main` has the reinsurance that was chosen and no rules; `variants` it and, beside it, the fund
    without reinsurance and with rules where asked. `mean` and `path` statements are those of the
    last variant: with rules where they act.
    """

    choices: FundChoices
    members: MemberYears
    variants: tuple[Variant, ...]
    restored: Restored
    mean: Statements
    path: Statements
    path_books: Books

    @property
    def main(self) -> Variant:
        """Without rules, with reinsurance where chosen."""
        return self.variants[1] if self.choices.ceding else self.variants[0]

    @property
    def last(self) -> Variant:
        """With everything that was chosen."""
        return self.variants[-1]


def compile_fund(
    inputs: Inputs,
    choices: FundChoices,
    *,
    moved: Moved | None = None,
    mapper: Mapper = map,
    memory: Memory | None = None,
) -> tuple[FundModel, MemberYears]:
    """Return the compiled fund, without rules, and its members.

    Parameters
    ----------
    inputs
        The scheme in usual years.
    choices
        What is asked.
    moved
        Another scheme, its first and last year in the horizon, and the factor on illness after.
    mapper
        Where draws are compiled; never changes a figure.
    memory
        What is kept of the same choices with other money, see `workbench.fund.replay`.

    Raises
    ------
    InputRefused
        `unknown-choice` for a programme, and what `inputs_of_draws` refuses.
    """
    programmes = [programme_named(inputs, code) for code in choices.programmes]
    for one in programmes:
        inputs = with_programme(inputs, one)
    found = memory.compiled if memory else None
    if found is None:
        calendar = fund_calendar(inputs)
        members = member_years(inputs, scheme_of(inputs), choices.years, choices.first_year)
        found = _laws(inputs, choices, moved, members, calendar, mapper), members, calendar
    if memory:
        memory.compiled = found
    laws, members, calendar = found
    terms = fund_terms(inputs, members, calendar, expenses=choices.expenses, programmes=programmes)
    terms = replace(terms, covers=covers_of(choices.ceding, laws, calendar))
    shock = (inputs.assumptions["shock_autocorrelation"], _rebound(inputs))
    return FundModel(laws=laws, terms=terms, shock=shock), members


def _rebound(inputs: Inputs) -> float:
    """Factor on illness after a year of deferred care, 1 where no scenario tells it."""
    known = {one.scenario: one.rebound_factor for one in inputs.scenario_years}
    return known.get("deferral", 1.0)


def _laws(
    inputs: Inputs,
    choices: FundChoices,
    moved: Moved | None,
    members: MemberYears,
    calendar: FundCalendar,
    mapper: Mapper,
) -> tuple[YearsLaws, ...]:
    packs = packs_of(inputs, choices.basis)
    spells: list[tuple[Spell, ...]] = [()] * len(packs)
    if moved is not None and moved[1] <= choices.years:
        there, first, last, rebound = moved
        last = min(last, choices.years)
        drawn = packs_of(there, choices.basis)
        spells = [(Spell(inputs=one, first=first, last=last, rebound=rebound),) for one in drawn]
    stop_loss = choices.ceding is not None and choices.ceding.kind == "stop_loss"
    work = partial(
        compile_draw,
        members=members,
        calendar=calendar,
        expenses=choices.expenses,
        total=stop_loss,
    )
    return tuple(mapper(work, zip(packs, spells, strict=True)))


def fund_of(
    inputs: Inputs,
    choices: FundChoices | None = None,
    *,
    moved: Moved | None = None,
    mapper: Mapper = map,
    memory: Memory | None = None,
) -> FundResult:
    """Return the fund over years; see `compile_fund` for the arguments.

    Raises
    ------
    InputRefused
        `value-out-of-range`, `unknown-choice`, `fund-without-actions`, `actions-contradict`.

    Examples
    --------
    >>> import workbench as wb
    >>> found = wb.fund_of(wb.read_pack(), wb.FundChoices(years=2, paths=640))
    >>> found.main.figures.used_up.value
    0.0
    """
    choices = choices or FundChoices()
    if choices.actions and not inputs.actions:
        raise refuse("fund-without-actions", name="--actions", file="actions.csv")
    model, members = compile_fund(inputs, choices, moved=moved, mapper=mapper, memory=memory)
    variants = [
        Variant(name=name, run=run, figures=fund_figures(run, mapper=mapper))
        for name, one in _models(inputs, model, choices)
        for run in (_run(one, choices, mapper, memory),)
    ]
    main = variants[1] if choices.ceding else variants[0]
    last = variants[-1]
    books = _path(last.run.model, choices, memory)
    return FundResult(
        choices=choices,
        members=members,
        variants=tuple(variants),
        restored=restored(main.run, choices.possibility),
        mean=mean_statements(last.run),
        path=statements_of(last.run.model, books),
        path_books=books,
    )


def _models(inputs: Inputs, model: FundModel, choices: FundChoices) -> list[tuple[str, FundModel]]:
    """The fund without reinsurance, with it, and with rules, as far as asked."""
    bare = replace(model, terms=replace(model.terms, covers=()))
    found = [("plain", bare)]
    if choices.ceding is not None:
        found.append(("cover", model))
    if choices.actions:
        rules = action_rules(inputs, model.terms, react=choices.react)
        found.append(("actions", replace(model, rules=rules)))
    return found


def _run(model: FundModel, choices: FundChoices, mapper: Mapper, memory: Memory | None) -> FundRun:
    told = {"paths": choices.paths, "seed": choices.seed}
    if memory is not None and can_replay(model):
        return replay_paths(model, memory, **told, mapper=mapper)
    return run_paths(model, **told, mapper=mapper)


def _path(model: FundModel, choices: FundChoices, memory: Memory | None) -> Books:
    told = {"path": choices.path, "seed": choices.seed}
    if memory is not None and can_replay(model):
        return replay_books(model, memory, **told)
    return path_books(model, **told)
