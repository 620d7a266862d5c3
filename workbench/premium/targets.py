"""Share returned: the tier or the benefit that gives back so many yuan of each hundred.

Floor 4, inside `premium`. A target is a loss ratio. It is reached by a lower tier, by all benefits
raised together, or by one term; each way is held against the rule, and where a target cannot be
reached, what can be is told. Source: docs/benefits.md, section 8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor

from workbench.inputs import Inputs
from workbench.plans import Plan
from workbench.premium.benefits import LEVERS, BenefitTerm, scaled_changes, term_of, with_value
from workbench.premium.margins import SCHEME, Margin
from workbench.premium.plan_years import PlanReader, chance_at, kept_premium, left_at
from workbench.premium.solving import last_kept, root_between
from workbench.risk import Figure

__all__ = ["LEVEL", "TIER", "Reached", "best_level", "targets_of"]

TIER, LEVEL = "tier", "level"
"""Ways that every plan has: another tier; every payment times one factor."""
LEVEL_STEPS = 100.0
MOST_LEVEL = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How one way reaches a target share returned.

    `way`: `TIER`, `LEVEL` or the column of a term; `state`: "kept" (reached, and the rule holds),
    "broken" (reached, but the rule does not hold), "already" (returned today), "short" (returned
    today, but the rule does not hold), "limit" (the way ends before the target). `now` and `value`
    in yuan a unit, as a factor, or in the unit of the term: today's and the one that reaches the
    target, or the last one allowed. `loss_ratio` and `deficit_probability` at `value`;
    `kept_value` and `kept_share` the best this way allows with the rule kept, None where nothing
    does.
    """

    code: str
    target: float
    way: str
    state: str
    now: float
    value: float
    loss_ratio: float
    deficit_probability: Figure
    kept_value: float | None
    kept_share: float | None


def _state(target: float, ratio: float, chance: float, limit: float) -> str:
    if ratio < target - 1e-9:
        return "limit"
    return "kept" if chance <= limit else "broken"


def best_level(plans: Sequence[Plan]) -> float:
    """Return the largest factor on every payment of these plans that their terms allow.

    No share passes all that a member bears himself.
    """
    shares = [
        share
        for plan in plans
        for share in (plan.first_stay_share, plan.later_stay_share)
        if share is not None
    ]
    return 1.0 / max(shares) if shares else MOST_LEVEL


def _tier(code: str, margin: Margin, target: float, limit: float, price: float) -> Reached:
    """The tier in whole yuan (of the scheme: a factor on all tiers) that returns the target."""
    figures = margin.figures
    step = figures.contribution_yuan / price if code != SCHEME else figures.contribution_yuan
    unit = 1.0 if code != SCHEME else 0.01
    exact = figures.mean_yuan.value / target / step
    value = max(floor(exact / unit + 1e-9), 1) * unit
    kept = ceil(margin.kept_contribution(limit) / step / unit - 1e-9) * unit
    found = margin.at_contribution(value * step)
    ratio = found.loss_ratio.value
    return Reached(
        code=code,
        target=target,
        way=TIER,
        state=_state(target, ratio, found.deficit_probability.value, limit),
        now=price if code != SCHEME else 1.0,
        value=value,
        loss_ratio=ratio,
        deficit_probability=found.deficit_probability,
        kept_value=kept,
        kept_share=figures.mean_yuan.value / (kept * step),
    )


def _level(code: str, margin: Margin, target: float, limit: float, most: float) -> Reached:
    """The factor on every payment that returns the target; the law is scaled, nothing else."""
    ratio = margin.figures.loss_ratio.value
    wanted = ceil(target / ratio * LEVEL_STEPS - 1e-9) / LEVEL_STEPS
    value = min(wanted, floor(most * LEVEL_STEPS + 1e-9) / LEVEL_STEPS)
    kept = floor(min(margin.kept_level(limit), most) * LEVEL_STEPS + 1e-9) / LEVEL_STEPS
    chance = margin.chance_at_level(value)
    error = margin.figures.deficit_probability.error
    return Reached(
        code=code,
        target=target,
        way=LEVEL,
        state=_state(target, ratio * value, chance, limit),
        now=1.0,
        value=value,
        loss_ratio=ratio * value,
        deficit_probability=Figure(chance, error),
        kept_value=kept or None,
        kept_share=ratio * kept if kept else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lever:
    """A term by which a plan's benefits are made better, and its best value with the rule kept."""

    inputs: Inputs
    term: BenefitTerm
    reader: PlanReader
    expenses: str

    def ratio(self, value: float) -> float:
        """Loss ratio at a value."""
        place, changed = self.term.place, with_value(self.inputs, self.term, value)
        number = self.reader.year(self.inputs).enrolments
        return self.reader.mean(changed)[0] / (number * changed.plans[place].premium_yuan)

    def chance(self, value: float) -> Figure:
        """Deficit probability at a value."""
        changed, place = with_value(self.inputs, self.term, value), self.term.place
        year, price = self.reader.year(changed), changed.plans[place].premium_yuan
        return chance_at(year, left_at(changed, place, year, price, expenses=self.expenses))

    def short(self, value: float, limit: float) -> float:
        """Yuan that the tier in force lacks for the rule at a value."""
        changed, place = with_value(self.inputs, self.term, value), self.term.place
        year = self.reader.year(changed)
        needed = kept_premium(changed, place, year, limit, expenses=self.expenses).value
        return needed - changed.plans[place].premium_yuan

    def best_kept(self, limit: float, level: float) -> float | None:
        """Best value from the one in force on with the rule kept, None where not even that is.

        `level` is the factor on every payment that keeps it: where the search begins.
        """
        term = self.term
        steps = floor((term.high - term.current) / term.step + 1e-9)
        kept = last_kept(
            lambda step: self.short(_up(term, step), limit),
            0,
            steps,
            guess=int(max(level - 1.0, 0.0) * term.current / term.step),
        )
        return None if kept is None else _up(term, kept)


def _term(lever: _Lever, best: float | None, target: float, limit: float) -> Reached:
    """The value of one term that returns the target; `best` is the best with the rule kept."""
    term = lever.term
    value = _reaching(term, lambda one: lever.ratio(one) - target)
    found, there = lever.ratio(value), lever.chance(value)
    return Reached(
        code=term.plan,
        target=target,
        way=term.column,
        state=_state(target, found, there.value, limit),
        now=term.current,
        value=value,
        loss_ratio=found,
        deficit_probability=there,
        kept_value=best,
        kept_share=None if best is None else lever.ratio(best),
    )


def _up(term: BenefitTerm, steps: int) -> float:
    """Return the term some steps above the value in force."""
    return min(round(term.current + steps * term.step, 6), term.high)


def _reaching(term: BenefitTerm, gap: Callable[[float], float]) -> float:
    """Return the least step at or above the value in force that reaches a target, or the best."""
    if gap(term.high) < 0.0:
        return term.high
    if term.whole:
        count = round(term.high - term.current)
        below = last_kept(lambda step: gap(term.current + step), 0, count)
        return term.current if below is None else min(term.current + below + 1.0, term.high)
    exact = root_between(gap, term.current, term.high, closeness=1e-9 * term.high)
    return term.high if exact is None else term.offered(exact, dearer=True)


def _plan_ways(
    plan: Plan,
    margin: Margin,
    levers: Sequence[tuple[_Lever, float | None]],
    *,
    aim: tuple[float, float],
    most: float,
) -> Iterator[Reached]:
    target, limit = aim
    if margin.figures.loss_ratio.value >= target - 1e-9:
        yield _already(plan.code, margin, target, limit, plan.premium_yuan)
        return
    yield _tier(plan.code, margin, target, limit, plan.premium_yuan)
    yield _level(plan.code, margin, target, limit, most)
    for lever, best in levers:
        yield _term(lever, best, target, limit)


def _levers(
    inputs: Inputs,
    plan: Plan,
    reader: PlanReader,
    columns: Sequence[str],
    *,
    rule: tuple[float, str, float],
) -> list[tuple[_Lever, float | None]]:
    """Return terms that make a plan's benefits better, each with its best value kept.

    `rule` is the highest deficit probability, whether expenses count, and the factor on every
    payment that keeps it.
    """
    limit, expenses, level = rule
    found = []
    for column in columns:
        term = term_of(inputs, plan.code, column)
        lever = _Lever(inputs=inputs, term=term, reader=reader, expenses=expenses)
        found.append((lever, lever.best_kept(limit, level)))
    return found


def _most_level(inputs: Inputs, plan: Plan) -> float:
    """Largest factor on every payment of a plan: its shares, and the ranges of its terms."""
    most = best_level([plan])
    for name in scaled_changes(plan, 1.0):
        column = name.split(".")[-1]
        value = getattr(plan, column)
        if value:
            most = min(most, _highest(inputs, plan, column) / value)
    return most


def _highest(inputs: Inputs, plan: Plan, column: str) -> float:
    term = term_of(inputs, plan.code, column)
    # A partial lump sum grows with the lump sum beside it.
    return float("inf") if column == "partial_lump_yuan" else term.high


def _already(code: str, margin: Margin, target: float, limit: float, now: float) -> Reached:
    figures = margin.figures
    step = figures.contribution_yuan / now
    unit = 1.0 if code != SCHEME else 0.01
    kept = ceil(margin.kept_contribution(limit) / step / unit - 1e-9) * unit
    return Reached(
        code=code,
        target=target,
        way=TIER,
        state="already" if margin.kept else "short",
        now=now,
        value=now,
        loss_ratio=figures.loss_ratio.value,
        deficit_probability=figures.deficit_probability,
        kept_value=kept,
        kept_share=figures.mean_yuan.value / (kept * step),
    )


def targets_of(
    inputs: Inputs,
    margins: Mapping[str, Margin],
    readers: Sequence[PlanReader],
    targets: Sequence[float],
    *,
    limit: float,
    expenses: str = "default",
    usual_only: bool = False,
) -> tuple[Reached, ...]:
    """Return every way in which each plan and the scheme reach each target share returned.

    Parameters
    ----------
    inputs
        The scheme.
    margins
        Its plans and itself (`margins_of`, with the same limit).
    readers
        How the years of each plan are read.
    targets
        Shares of the contributions that are to go back as benefits, 0 to 1.
    limit
        Highest deficit probability that the rule allows.
    expenses
        "default", or "none" to leave expenses out.
    usual_only
        Whether only the usual term of each plan is tried.
    """
    found: list[Reached] = []
    most = {plan.code: _most_level(inputs, plan) for plan in inputs.plans}
    for plan, reader in zip(inputs.plans, readers, strict=True):
        margin = margins[plan.code]
        columns = LEVERS[plan.benefit_form][: 1 if usual_only else None]
        rule = (limit, expenses, margin.kept_level(limit))
        # What is returned today needs no term made better.
        needed = margin.figures.loss_ratio.value < max(targets) - 1e-9
        levers = _levers(inputs, plan, reader, columns if needed else (), rule=rule)
        for target in targets:
            aim = (target, limit)
            found.extend(_plan_ways(plan, margin, levers, aim=aim, most=most[plan.code]))
    scheme = margins[SCHEME]
    for target in targets:
        if scheme.figures.loss_ratio.value >= target - 1e-9:
            found.append(_already(SCHEME, scheme, target, limit, 1.0))
        else:
            found.append(_tier(SCHEME, scheme, target, limit, 1.0))
            found.append(_level(SCHEME, scheme, target, limit, min(most.values())))
    return tuple(found)
