"""Figures of a plan or of the scheme after changes: what the sensitivity question moves.

Floor 8. One way for a figure with its numerical error, one for thousands of draws at once; both on
the exact engine, and the second is compared with the first before it is used. Source:
docs/sensitivity.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from workbench.calibrate import solved_again
from workbench.calibrate.many import solve_many
from workbench.calibrate.solving import SOLVED
from workbench.changes import Changes, apply
from workbench.engine.many import many_moments, supports
from workbench.engine.one_sum import one_law, rough_law
from workbench.engine.results import contribution_yuan, expenses_yuan
from workbench.engine.stages import ExpectedClaims, expected_claims
from workbench.exact import MEAN_ROUNDING_YUAN, figures_of_law
from workbench.inputs import Inputs
from workbench.premium.technical import expense_terms, premium_of, safety_loading
from workbench.questions.registry import Mapper
from workbench.risk import Figure
from workbench.schema import BELIEFS

__all__ = ["FIGURES", "OF_LAW", "ManyFigures", "Subject", "exact_figures", "many_figures"]

FIGURES = {
    "loss_ratio": "percent",
    "technical_premium": "price",
    "surplus": "money",
    "paid": "money",
    "sd": "money",
    "deficit": "probability",
    "quantile": "money",
}
"""Figure → how a column of it is shown; the technical premium of the scheme is money a year."""
OF_LAW = ("deficit", "quantile")
"""Figures that need the law of the year; moments serve the others."""
LEVEL = 0.995
WIDER = 3.0
"""How far beyond the range of its row a scale is looked for where it is solved again."""
BATCH = 256
"""Runs in one part of the work; part of every figure, never to be changed."""
CHECKED, AGREE = 3, 1e-4
"""Runs of a batch computed both ways, and the relative distance at which they agree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is asked of a changed pack.

    `pack` as read and `before` the changes of the question (scenario, --set), under which it is
    `inputs`; `place` of the plan, or the number of plans for the scheme; `solve` whether both
    scales are solved to the two totals again.
    """

    pack: Inputs
    before: Changes
    inputs: Inputs
    figure: str
    place: int
    expenses: str
    solve: bool

    @property
    def weights(self) -> np.ndarray:
        """Weight of each plan in the amount, (plans,)."""
        number = len(self.inputs.plans)
        return np.ones(number) if self.place == number else np.eye(number)[self.place]


def inputs_at(subject: Subject, changes: Changes) -> Inputs:
    """Return the pack after further changes, its scales as they were."""
    beliefs = subject.inputs.assumptions
    if all(name in beliefs for name in changes.values):
        values = {name: float(value) for name, value in changes.values.items()}
        return replace(subject.inputs, assumptions=beliefs.changed(values))
    return apply(subject.pack, subject.before.merge(changes))


def _solved(inputs: Inputs) -> Inputs:
    """Return the pack with both scales solved, beyond the range of their rows where need be."""
    beliefs = dict(inputs.assumptions.beliefs)
    for name in SOLVED:
        row, limits = beliefs[name], BELIEFS[name]
        low, high = row.low or row.value, row.high or row.value
        beliefs[name] = replace(
            row, low=max(low / WIDER, limits.least), high=min(high * WIDER, limits.most)
        )
    wide = replace(inputs, assumptions=replace(inputs.assumptions, beliefs=beliefs))
    found = solved_again(wide).assumptions
    return replace(
        inputs, assumptions=inputs.assumptions.changed({name: found[name] for name in SOLVED})
    )


def exact_figures(
    subject: Subject, points: Sequence[Changes], mapper: Mapper = map
) -> list[Figure]:
    """Return the figure after each of the changes, with its numerical error."""
    return list(mapper(partial(exact_figure, subject), points))


def exact_figure(subject: Subject, changes: Changes) -> Figure:
    """Return the figure after changes, with its numerical error."""
    inputs = inputs_at(subject, changes)
    return _figure(subject, _solved(inputs) if subject.solve else inputs)


def _figure(subject: Subject, inputs: Inputs) -> Figure:
    claims = expected_claims(inputs)
    if subject.figure in ("sd", *OF_LAW):
        return _law_figure(subject, inputs, claims)
    paid, error = subject.weights @ claims.paid_yuan, MEAN_ROUNDING_YUAN
    contribution, spent = _money(subject, inputs, claims)
    if subject.figure == "paid":
        return Figure(float(paid), error)
    if subject.figure == "surplus":
        return Figure(contribution - spent - float(paid), error)
    if subject.figure == "loss_ratio":
        return Figure(float(paid) / contribution, error / contribution)
    return _technical(subject, inputs, claims)


def _money(subject: Subject, inputs: Inputs, claims: ExpectedClaims) -> tuple[float, float]:
    """Contributions and expected expenses, yuan."""
    contribution = contribution_yuan(inputs, claims.enrolments)
    spent = expenses_yuan(
        inputs, claims.enrolments, claims.beneficiaries, expenses=subject.expenses
    )
    return float(subject.weights @ contribution), float(subject.weights @ spent)


def _law_figure(subject: Subject, inputs: Inputs, claims: ExpectedClaims) -> Figure:
    law, again = one_law(inputs, subject.weights)
    money = (*_money(subject, inputs, claims), float(subject.weights @ claims.beneficiaries))
    number = int(subject.weights @ claims.enrolments)
    found = figures_of_law(law, again, enrolments=number, money=money)
    if subject.figure == "quantile":
        return found.quantiles[LEVEL]
    return found.sd_yuan if subject.figure == "sd" else found.deficit_probability


def _technical(subject: Subject, inputs: Inputs, claims: ExpectedClaims) -> Figure:
    """Technical premium of a plan, yuan; of the scheme all of them together, yuan a year."""
    premiums = []
    for place, plan in enumerate(inputs.plans):
        number = float(claims.enrolments[place])
        loaded = (1.0 + safety_loading(inputs, plan)) / number
        cost = Figure(float(claims.paid_yuan[place]), MEAN_ROUNDING_YUAN).scaled(loaded)
        each = float(claims.beneficiaries[place]) / number
        premiums.append(premium_of(cost, expense_terms(inputs, plan, subject.expenses), each))
    if subject.place < len(premiums):
        return premiums[subject.place]
    scaled = [
        premium.scaled(float(number))
        for premium, number in zip(premiums, claims.enrolments, strict=True)
    ]
    return Figure(sum(one.value for one in scaled), sum(one.error for one in scaled))


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyFigures:
    """Figures of many changes: `values` (figures, changes) of the plans and the scheme in `places`.

    `distance` is the largest relative distance from the figure one by one in the runs compared,
    infinite where all went one by one; `outside` the runs in which a solved scale left the range of
    its row, None where none is solved.
    """

    places: tuple[int, ...]
    values: np.ndarray
    distance: float
    outside: int | None


def many_figures(
    subject: Subject,
    points: Sequence[Changes],
    mapper: Mapper = map,
    *,
    before: ManyFigures | None = None,
) -> ManyFigures:
    """Return figures of many changes: of every plan and the scheme where moments serve.

    A pack or a name that the quick way does not know, or knows otherwise than one by one, goes one
    by one. What was found `before` of the same subject and names is not compared again.
    """
    places = tuple(range(len(subject.inputs.plans) + 1))
    if subject.figure in OF_LAW:
        places = (subject.place,)
    names = sorted({name for point in points for name in point.values})
    parts = [points[place : place + BATCH] for place in range(0, len(points), BATCH)]
    distance = np.inf
    if before is not None:
        distance = before.distance
    elif supports(subject.inputs, names):
        distance = _distance(subject, places, points)
    quick = distance <= AGREE
    work = partial(_quick_part if quick else _plain_part, subject, places)
    found = list(mapper(work, parts))
    outside = sum(count for _, count in found) if subject.solve else None
    return ManyFigures(
        places=places,
        values=np.concatenate([values for values, _ in found], axis=1),
        distance=distance,
        outside=outside,
    )


def _distance(subject: Subject, places: tuple[int, ...], points: Sequence[Changes]) -> float:
    """Largest relative distance of the quick way from the plain one over a few runs."""
    some = [points[place] for place in np.linspace(0, len(points) - 1, CHECKED).astype(int)]
    quick, _ = _quick_part(subject, places, some)
    plain, _ = _plain_part(subject, places, some)
    return float(np.max(np.abs(quick - plain) / np.maximum(np.abs(plain), 1e-6)))


def _plain_part(
    subject: Subject, places: tuple[int, ...], points: Sequence[Changes]
) -> tuple[np.ndarray, int]:
    """Figures of a part of the work one by one, (figures, points), and solved scales outside."""
    values, outside = np.zeros((len(places), len(points))), 0
    for column, point in enumerate(points):
        inputs = inputs_at(subject, point)
        if subject.solve:
            inputs = _solved(inputs)
            solved = {name: np.array([inputs.assumptions[name]]) for name in SOLVED}
            outside += _outside(subject.inputs, solved)
        for row, place in enumerate(places):
            values[row, column] = _figure(replace(subject, place=place), inputs).value
    return values, outside


def _outside(inputs: Inputs, solved: dict[str, np.ndarray]) -> int:
    """How many draws need a scale outside the range of its row."""
    beyond = np.zeros(len(next(iter(solved.values()))), dtype=bool)
    for name, column in solved.items():
        row = inputs.assumptions.belief(name)
        if row.low is not None and row.high is not None:
            beyond |= (column < row.low) | (column > row.high)
    return int(beyond.sum())


def _quick_part(
    subject: Subject, places: tuple[int, ...], points: Sequence[Changes]
) -> tuple[np.ndarray, int]:
    """Figures of a part of the work at once, (figures, points), and solved scales outside."""
    inputs, names = subject.inputs, sorted({name for point in points for name in point.values})
    beliefs = inputs.assumptions
    values = {
        name: np.array([float(point.values.get(name, beliefs[name])) for point in points])
        for name in names
    }
    outside = 0
    if subject.solve:
        solved = solve_many(inputs, values)
        values, outside = {**values, **solved}, _outside(inputs, solved)
    asked = "spread" if subject.figure == "sd" else "means"
    found = many_moments(inputs, values, asked=asked)
    if found.sd_yuan is not None:
        return found.sd_yuan.T, outside
    whole = [_with_total(column) for column in (found.paid_yuan, found.beneficiaries)]
    if subject.figure not in OF_LAW:
        return _moment_figures(subject, *whole), outside
    figures = [
        _law_value(subject, {name: column[row] for name, column in values.items()}, paid, cases)
        for row, (paid, cases) in enumerate(zip(found.paid_yuan, found.beneficiaries, strict=True))
    ]
    return np.array([figures]), outside


def _with_total(columns: np.ndarray) -> np.ndarray:
    """Add the sum over the plans as a last column."""
    return np.concatenate([columns, columns.sum(axis=1, keepdims=True)], axis=1)


def _enrolments(inputs: Inputs) -> np.ndarray:
    return np.asarray(expected_claims(inputs).enrolments)


def _moment_figures(subject: Subject, paid: np.ndarray, cases: np.ndarray) -> np.ndarray:
    """Figures of means, (plans + 1, points), from yuan and beneficiaries (points, plans + 1)."""
    if subject.figure == "paid":
        return paid.T
    inputs, number = subject.inputs, _enrolments(subject.inputs)
    taken = _with_total(contribution_yuan(inputs, number)[None, :])
    if subject.figure == "loss_ratio":
        return (paid / taken).T
    if subject.figure == "surplus":
        rows = [
            expenses_yuan(inputs, number, one, expenses=subject.expenses) for one in cases[:, :-1]
        ]
        return (taken - paid - _with_total(np.array(rows))).T
    columns = []
    for place, plan in enumerate(inputs.plans):
        terms = expense_terms(inputs, plan, subject.expenses)
        cost = paid[:, place] * (1.0 + safety_loading(inputs, plan)) / number[place]
        fixed = terms.per_enrolment_yuan + terms.per_beneficiary_yuan * (
            cases[:, place] / number[place]
        )
        columns.append((cost + fixed) / terms.kept_share)
    each = np.stack(columns, axis=1)
    return np.concatenate([each, (each @ number)[:, None]], axis=1).T


def _law_value(
    subject: Subject, values: dict[str, float], paid: np.ndarray, cases: np.ndarray
) -> float:
    """A figure of one law on the rougher lattice."""
    inputs = subject.inputs
    changed = replace(inputs, assumptions=inputs.assumptions.changed(values))
    law = rough_law(changed, subject.weights, float(subject.weights @ paid))
    if subject.figure == "quantile":
        return float(law.quantile(LEVEL))
    number = _enrolments(inputs)
    spent = expenses_yuan(changed, number, cases, expenses=subject.expenses)
    limit = float(subject.weights @ (contribution_yuan(inputs, number) - spent))
    return float(law.probability_above(limit))
