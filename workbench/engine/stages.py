"""The laws of a year, kept by content: a premium or an expense changes none of them.

Floor 3. The one bounded cache of the engine besides the laws of a claimant in `transform`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from workbench.engine.annual import LATTICE_BITS, AnnualLaw, LatticeLaw
from workbench.engine.class_laws import (
    Counts,
    SumLaws,
    alone_laws,
    class_counts,
    full_laws,
    sum_laws,
)
from workbench.engine.events import Scheme, scheme_of, without_price
from workbench.engine.inversion import Measures, annual_law, lattice_of
from workbench.engine.keeping import Kept
from workbench.engine.mixing import common_shock
from workbench.engine.moments import (
    covariances,
    expected_events_paid,
    expected_paid,
)
from workbench.engine.quick_laws import COARSE, FINE
from workbench.engine.spectral import SpectralLaw, spectral_law
from workbench.guard import refuse
from workbench.inputs import Inputs
from workbench.uncertainty import standard_error

__all__ = [
    "ExpectedClaims",
    "YearDraws",
    "YearLaws",
    "centred",
    "claims_key",
    "compiled_events",
    "drawn_laws",
    "expected_claims",
    "measures_of",
    "one_area",
    "pair_of",
    "plan_law",
    "remember",
    "scheme_laws",
    "year_laws",
]

MOST_KEPT, MOST_BYTES = 128, 256 * 1024 * 1024
"""Entries of the cache, and bytes of the arrays in them."""
NARROWER = 0.85
"""Window of the law that bounds the error, against the law's own."""
LEVEL_NAMES = (
    "base_enrolment_ratio",
    "frequency_trend_per_year",
    "cost_trend_per_year",
    "years_from_base_to_rating",
    "county_shock_cv",
)
"""Names of economics.csv that change claims; no other of that file does."""


Law = LatticeLaw | SpectralLaw
OneLaw = TypeVar("OneLaw", bound=LatticeLaw | SpectralLaw)


@dataclass(frozen=True, slots=True, kw_only=True)
class YearDraws:
    """What draws of the parameters gave, first axis the draws.

    `values` by name, (draws,): the drawn beliefs and the level of illness; `places` their
    coordinates in (0, 1); `solved` the two scales solved again, by name. `paid_yuan` and `sd_yuan`
    (draws, plans + 1): moments of the law given the parameters, of the plans and, last, the total;
    `beneficiaries` (draws, plans), `persons_paid` (draws,). `outside`: draws in which a solved
    scale left its range.
    """

    values: Mapping[str, np.ndarray]
    places: Mapping[str, np.ndarray]
    solved: Mapping[str, np.ndarray]
    paid_yuan: np.ndarray
    sd_yuan: np.ndarray
    beneficiaries: np.ndarray
    persons_paid: np.ndarray
    outside: int

    @property
    def number(self) -> int:
        """Number of draws."""
        return len(self.persons_paid)


@dataclass(frozen=True, slots=True, kw_only=True)
class YearLaws:
    """Laws of one scheme in one form.

    `laws` of the plans and, last, of the total; `coarse` the same at half the lattice (their
    difference is the bound of the lattice error); `covariance` (plans, plans). `draws` is None
    where the parameters are given: process risk alone. Else the laws are means over the draws, as
    are the expected numbers, whose standard errors are `beneficiaries_error` and `persons_error`.
    """

    laws: tuple[AnnualLaw, ...]
    coarse: tuple[AnnualLaw, ...]
    beneficiaries: np.ndarray
    persons_paid: float
    enrolments: np.ndarray
    covariance: np.ndarray
    draws: YearDraws | None = None

    @property
    def beneficiaries_error(self) -> np.ndarray:
        """Standard error of `beneficiaries` over the draws, (plans,)."""
        if self.draws is None:
            return np.zeros(len(self.beneficiaries))
        return standard_error(self.draws.beneficiaries)

    @property
    def persons_error(self) -> float:
        """Standard error of `persons_paid` over the draws."""
        return 0.0 if self.draws is None else float(standard_error(self.draws.persons_paid))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedClaims:
    """Expected yearly figures by plan, shape (plans,): enrolments, beneficiaries, yuan paid."""

    enrolments: np.ndarray
    beneficiaries: np.ndarray
    paid_yuan: np.ndarray
    persons_paid: float


_kept = Kept(MOST_KEPT, MOST_BYTES)
remember = _kept.remember


@dataclass(frozen=True, slots=True, eq=False)
class _Content:
    """Hashable content with its hash, worked out once."""

    parts: tuple
    digest: int

    def __hash__(self) -> int:
        return self.digest

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Content) and self.parts == other.parts


def claims_key(inputs: Inputs) -> Hashable:
    """Return a key of all that changes a claim: no price, no expense, no calendar.

    Equal within a process where the content is; a digest for records is `inputs.fingerprint`.
    """
    values = tuple(
        (name, belief.value)
        for name, belief in inputs.assumptions.beliefs.items()
        if belief.file in ("parameters.csv", "severity.csv") or name in LEVEL_NAMES
    )
    parts = (
        tuple(without_price(plan) for plan in inputs.plans),
        inputs.rows,
        inputs.mix.tobytes(),
        tuple(table.tobytes() for table in inputs.rates.values),
        inputs.rates.times_parameter,
        values,
        tuple((segment.name, tuple(segment.beliefs.items())) for segment in inputs.segments),
        inputs.leaving,
    )
    return _Content(parts, hash(parts))


def measures_of(scheme: Scheme, weights: np.ndarray) -> Measures:
    """Return the year's events for Σ weights · S, weights (plans,); every payment stands there."""
    return _of_laws(scheme, full_laws(scheme, weights), class_counts(scheme))


def _of_laws(scheme: Scheme, laws: SumLaws, counts: Counts) -> Measures:
    events = laws.events(counts)
    return Measures(
        illness=events.illness,
        other=events.other,
        disabled=events.disabled,
        shock=common_shock(scheme.inputs.assumptions),
        by_area=events.by_area,
        area_cv=scheme.area_shock_cv,
    )


def _individual(law: LatticeLaw, variance_less: float) -> LatticeLaw:
    return replace(law, sd=float(np.sqrt(max(law.sd**2 - variance_less, 0.0))))


def centred(law: OneLaw, mean: float) -> OneLaw:
    """Move a smooth law by the fraction of a yuan that its laws of one claimant err in the mean."""
    if not law.continuous:
        return replace(law, mean=mean)
    return replace(law, mean=mean, start=law.start + mean - law.mean)


def _collective_law(
    scheme: Scheme,
    weights: np.ndarray,
    laws: tuple[SumLaws, SumLaws],
    *,
    counts: Counts,
    mean: float,
    keep: bool = True,
    again: bool = True,
) -> tuple[Law, Law]:
    """Law of one sum and the same at half the resolution, kept by the content of its events.

    Without `again` the law stands for its refinement too.
    """
    events = compiled_events(scheme, laws, counts)

    def make() -> tuple[Law, Law]:
        found, rough = pair_of(events, laws, lambda: measures_of(scheme, weights), again)
        return centred(found, mean), rough

    if not keep:
        return make()
    content = (events[0].content, events[1].content if laws[0].condensed else ())
    return remember(("sum", mean, *content), make)


def compiled_events(
    scheme: Scheme, laws: tuple[SumLaws, SumLaws], counts: Counts
) -> tuple[Measures, Measures]:
    """Return the year's events for one sum of plans in both resolutions of its compiled laws."""
    fine = _of_laws(scheme, laws[0], counts)
    if not laws[0].condensed or laws[1] is laws[0]:
        return fine, fine
    return fine, _of_laws(scheme, laws[1], counts)


def pair_of(
    events: tuple[Measures, Measures],
    laws: tuple[SumLaws, SumLaws],
    every: Callable[[], Measures],
    again: bool = True,
) -> tuple[Law, Law]:
    """Return the law of one sum and the same at half the resolution.

    `every` gives the events with every payment, where a short series carries no law. Without
    `again` the law stands for its refinement too.
    """
    fine = events[0]
    pair: tuple[Law, Law] | None = None
    lattice = None if laws[0].condensed else lattice_of(fine, LATTICE_BITS)
    if lattice and not lattice.continuous:
        pair = _refined(fine)
    elif fine.variance > 0.0:
        tops = (laws[0].nodes_top, laws[1].nodes_top)
        pair = _few_frequencies(events, tops, lattice.blur if lattice else 0.0, again)
    return pair or _refined(every())


def _few_frequencies(
    measures: tuple[Measures, Measures], tops: tuple[float, float], blur: float, again: bool = True
) -> tuple[Law, Law] | None:
    """Law and its refinement as short series, None where one would not carry it."""
    found = spectral_law(measures[0], tops[0], blur=blur)
    if found is None:
        return None
    if not again:
        return found, found
    return found, spectral_law(measures[1], tops[1], NARROWER) or found


def _refined(measures: Measures) -> tuple[LatticeLaw, LatticeLaw]:
    """Law and the same on half the points, where its lattice is not the payments' own."""
    law = annual_law(measures)
    own = not law.continuous and not law.blur
    return law, law if own else annual_law(measures, LATTICE_BITS - 1)


def _individual_law(scheme: Scheme, weights: np.ndarray, less: np.ndarray) -> tuple[Law, Law]:
    """The same in the individual form; `less` is taken off the covariances."""
    # Imported where it is used: the default run need not load how members are drawn.
    from workbench.engine.individual_law import individual_transform

    measures, transform = measures_of(scheme, weights), individual_transform(scheme, weights)
    taken = float(weights @ less @ weights)
    fine = _individual(annual_law(measures, LATTICE_BITS, transform), taken)
    fine = centred(fine, float(weights @ expected_paid(scheme)))
    if not fine.continuous and not fine.blur:
        return fine, fine
    return fine, _individual(annual_law(measures, LATTICE_BITS - 1, transform), taken)


def one_area(scheme: Scheme) -> None:
    """Refuse the individual form (`individual-form-one-area`) where areas have own shocks."""
    if scheme.area_shock_cv > 0.0:
        raise refuse("individual-form-one-area", value=len(scheme.areas))


def scheme_laws(
    scheme: Scheme, form: str = "collective", *, both: bool = True, keep: bool = False
) -> YearLaws:
    """Return the exact laws of a year of a compiled scheme, such as one with other laws of a stay.

    Without `both` resolutions the coarser laws stand for the finer ones too; `keep` remembers sums.
    """
    number = len(scheme.plans)
    sums = [*np.eye(number), np.ones(number)]
    less = np.zeros((number, number))
    if form == "individual":
        one_area(scheme)
        from workbench.engine.individual_law import individual_reduction

        less = individual_reduction(scheme)
        pairs = [_individual_law(scheme, weights, less) for weights in sums]
    else:
        counts = class_counts(scheme)
        means = expected_paid(scheme)
        pairs = [
            _collective_law(
                scheme,
                weights,
                laws,
                counts=counts,
                mean=float(weights @ means),
                keep=keep,
                again=both,
            )
            for weights, laws in zip(sums, sum_laws(scheme, both=both), strict=True)
        ]
    enrolments = np.array([scheme.portfolio.enrolments(plan.code) for plan in scheme.plans])
    paid = expected_events_paid(scheme)
    return YearLaws(
        laws=tuple(law for law, _ in pairs),
        coarse=tuple(coarse for _, coarse in pairs),
        beneficiaries=paid[:-1],
        persons_paid=float(paid[-1]),
        enrolments=enrolments,
        covariance=covariances(scheme, FINE if both else COARSE) - less,
    )


def year_laws(inputs: Inputs, form: str = "collective") -> YearLaws:
    """Return the exact laws of a year in the collective or the individual form."""
    key = ("laws", form, claims_key(inputs))
    return remember(key, lambda: scheme_laws(scheme_of(inputs), form, keep=True))


def drawn_laws(inputs: Inputs, form: str = "collective", *, both: bool = True) -> YearLaws:
    """Return the exact laws of a year that is asked once: a draw of the parameters, not kept.

    Without `both` resolutions the coarser laws stand for the finer ones too.
    """
    return scheme_laws(scheme_of(inputs), form, both=both)


def _make_expected(inputs: Inputs) -> ExpectedClaims:
    scheme = scheme_of(inputs)
    enrolments = [scheme.portfolio.enrolments(plan.code) for plan in scheme.plans]
    paid = expected_events_paid(scheme)
    return ExpectedClaims(
        enrolments=np.array(enrolments),
        beneficiaries=paid[:-1],
        paid_yuan=expected_paid(scheme),
        persons_paid=float(paid[-1]),
    )


def plan_law(scheme: Scheme, place: int, *, once: bool = False) -> tuple[AnnualLaw, AnnualLaw]:
    """Return the law of one plan of a scheme and its refinement, collective form.

    For a scheme whose rates or members are not those of a pack, such as one whose members react.
    With `once`, as for a draw of the parameters, nothing is kept and the refinement is the law.
    """
    weights = np.eye(len(scheme.plans))[place]
    counts, mean = class_counts(scheme), float(expected_paid(scheme)[place])
    laws = alone_laws(scheme, place) if once else sum_laws(scheme)[place]
    return _collective_law(scheme, weights, laws, counts=counts, mean=mean, keep=not once)


def expected_claims(inputs: Inputs) -> ExpectedClaims:
    """Return the expected yearly claims alone, without laws."""
    key = ("expected", claims_key(inputs))
    return remember(key, lambda: _make_expected(inputs))
