"""The question `layers`: what reinsurance of a year takes and leaves, layer by layer.

Floor 8. Of a plan, the total or a weighted sum of plans: a quota share, layers of the year (stop
loss), excess covers on claimant-years. Exact by default, or from drawn years.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.engine.claim_layers import (
    ClaimFigures,
    ClaimPart,
    ClaimYears,
    claim_cover,
    claim_parts,
    claim_years,
    drawn_claim_cover,
    exceeded_by,
)
from workbench.engine.events import Scheme, scheme_of
from workbench.engine.layers import (
    CoverFigures,
    LawPair,
    Programme,
    drawn_cover,
    drawn_programme,
    law_cover,
    law_of_sum,
    law_programme,
    weighted_fen,
)
from workbench.engine.stages import measures_of
from workbench.guard import MAX_YEARS, refuse
from workbench.laws.reinsurance import Cover, PerPerson, QuotaShare, StopLoss
from workbench.laws.sizes import LARGEST
from workbench.questions.layers_tables import LayersAnswer, layers_document, layers_tables
from workbench.questions.registry import Asked, Mapper, Option, Own, Question
from workbench.questions.run import DEFAULT_SEED, DEFAULT_YEARS, FORM
from workbench.questions.sums import OF, check_sum, weights_of
from workbench.risk import LEVELS
from workbench.streams import BLOCK_YEARS

if TYPE_CHECKING:
    from workbench.engine.grouping import ClaimsTables

__all__ = ["QUESTION"]

CHUNK = 4
"""Logical blocks drawn together; changes speed, never a figure."""
PASSED_BY = (0.1, 0.01, 0.001)
"""Default retentions: what these shares of the paid claimant-years reach."""
DIGITS = 3
FEN = 0.01

_OPTIONS = (
    OF,
    Option(name="engine", allowed=("exact", "totals", "claims"), default="exact"),
    FORM,
    Option(name="years", kind="whole", low=2, high=MAX_YEARS),
    Option(name="seed", kind="whole", low=0, high=2**63 - 1),
    Option(name="attachment", kind="number", low=0.0, high=LARGEST, repeat=True),
    Option(name="limit", kind="number", low=FEN, high=LARGEST),
    Option(name="share", kind="number", low=1e-6, high=1.0, default=1.0),
    Option(name="ceded-share", kind="number", low=1e-6, high=1.0 - 1e-6),
    Option(name="retention", kind="number", low=0.0, high=LARGEST, repeat=True),
    Option(name="claim-limit", kind="number", low=FEN, high=LARGEST),
)


def _rule(own: dict[str, Any], given: Own) -> None:
    """Refuse what does not go together; give drawn years their defaults."""
    check_sum(own["of"])
    for floors, width in (("attachment", "--limit"), ("retention", "--claim-limit")):
        gaps, limit = np.diff(sorted(own[floors] or ())), own[width.removeprefix("--")]
        if limit is not None and len(gaps) and limit > gaps.min():
            told = {"name": width, "value": limit, "low": FEN, "high": float(gaps.min())}
            raise refuse("value-out-of-range", **told)
    if own["engine"] == "exact":
        for name in ("years", "seed"):
            if name in given:
                raise refuse("exact-takes-no-years", name=f"--{name}", value=given[name])
        return
    if own["engine"] == "totals" and (own["retention"] or own["claim-limit"]):
        told = {"name": "--engine", "value": "totals", "allowed": ("exact", "claims")}
        raise refuse("unknown-choice", **told)
    own["years"] = DEFAULT_YEARS if own["years"] is None else own["years"]
    own["seed"] = DEFAULT_SEED if own["seed"] is None else own["seed"]


def _rounded(amounts: list[float]) -> tuple[float, ...]:
    """Return the different amounts, ascending, each with three digits that count."""
    return tuple(sorted({float(f"{amount:.{DIGITS}g}") for amount in amounts if amount > 0.0}))


def _widths(floors: tuple[float, ...], limit: float | None) -> list[tuple[float, float]]:
    """(floor, width) of layers that reach up to the next one, the last without end."""
    tops = [*floors[1:], float("inf")]
    most = float("inf") if limit is None else limit
    return [(low, min(high - low, most)) for low, high in zip(floors, tops, strict=True)]


def _programme(own: Own, pair: LawPair) -> Programme:
    """Return the covers of the year: those asked for, or a ladder of quantiles."""
    share = own["ceded-share"]
    quota = None if share is None else QuotaShare(share=share)
    kept = pair.scaled(1.0 if quota is None else 1.0 - quota.share).fine
    floors = tuple(sorted(own["attachment"] or ()))
    if not floors and kept.sd:
        floors = _rounded([kept.quantile(level) for level in LEVELS])
    layers = tuple(
        StopLoss(attachment=low, limit=width, share=own["share"])
        for low, width in _widths(floors, own["limit"])
    )
    return Programme(quota=quota, layers=layers)


def _claim_covers(own: Own, parts: tuple[ClaimPart, ...]) -> tuple[PerPerson, ...]:
    floors = tuple(sorted(own["retention"] or ()))
    floors = floors or _rounded(list(exceeded_by(parts, PASSED_BY)))
    return tuple(
        PerPerson(retention=low, limit=width, share=own["share"])
        for low, width in _widths(floors, own["claim-limit"])
    )


def _verb(asked: Asked, mapper: Mapper) -> LayersAnswer:
    own, inputs = asked.own, asked.inputs
    weights = weights_of(own["of"], inputs.plan_codes)
    pair = law_of_sum(inputs, weights, own["form"])
    programme, scheme = _programme(own, pair), scheme_of(inputs)
    if own["engine"] == "totals":
        return _from_fen(weights, programme, _totals(asked, weights, mapper), ())
    parts = claim_parts(scheme, weights)
    covers = _claim_covers(own, parts)
    if own["engine"] == "claims":
        years = _drawn(asked, scheme, weights, covers, mapper)
        fen = weighted_fen(years.paid_fen, weights)
        rows = zip(covers, years.ceded_fen, years.above, strict=True)
        claims = tuple((one, drawn_claim_cover(ceded, fen, above)) for one, ceded, above in rows)
        return _from_fen(weights, programme, fen, claims)
    measures = measures_of(scheme, weights)
    after = pair.scaled(programme.kept)
    figures: list[tuple[Cover, CoverFigures]] = [
        (layer, law_cover(layer, after)) for layer in programme.layers
    ]
    if programme.quota:
        figures.insert(0, (programme.quota, law_cover(programme.quota, pair)))
    return LayersAnswer(
        weights=weights,
        whole=law_programme(Programme(), pair),
        covers=tuple(figures),
        left=law_programme(programme, pair),
        claims=tuple((one, claim_cover(one, parts, measures)) for one in covers),
    )


def _totals(asked: Asked, weights: np.ndarray, mapper: Mapper) -> np.ndarray:
    """Fen of the amount in years drawn in totals, int64 (years,)."""
    from workbench.simulate import simulate_totals

    own = asked.own
    given = {"years": own["years"], "seed": own["seed"], "form": own["form"]}
    return weighted_fen(simulate_totals(asked.inputs, **given, mapper=mapper), weights)


def _drawn(
    asked: Asked,
    scheme: Scheme,
    weights: np.ndarray,
    covers: tuple[PerPerson, ...],
    mapper: Mapper,
) -> ClaimYears:
    """Years drawn claim by claim, and what covers on claimant-years take of them."""
    from workbench.engine.grouping import claims_tables

    own = asked.own
    blocks = -(-own["years"] // BLOCK_YEARS)
    ranges = [range(low, min(low + CHUNK, blocks)) for low in range(0, blocks, CHUNK)]
    seed_form = (own["seed"], own["form"])
    draw = partial(_part, scheme, claims_tables(scheme), seed_form, (covers, weights))
    return ClaimYears.join(list(mapper(draw, ranges))).first(own["years"])


def _part(
    scheme: Scheme,
    tables: ClaimsTables,
    seed_form: tuple[int, str],
    asked_for: tuple[tuple[PerPerson, ...], np.ndarray],
    blocks: range,
) -> ClaimYears:
    """Years of some logical blocks."""
    from workbench.engine.replay import drawn_claims

    (seed, form), (covers, weights) = seed_form, asked_for
    events = drawn_claims(scheme, tables, seed=seed, blocks=blocks, form=form)
    return claim_years(events, covers, weights, BLOCK_YEARS * len(blocks))


def _from_fen(
    weights: np.ndarray,
    programme: Programme,
    fen: np.ndarray,
    claims: tuple[tuple[Cover, ClaimFigures], ...],
) -> LayersAnswer:
    after = programme.after_quota_fen(fen)
    figures: list[tuple[Cover, CoverFigures]] = [
        (layer, drawn_cover(layer, after)) for layer in programme.layers
    ]
    if programme.quota:
        figures.insert(0, (programme.quota, drawn_cover(programme.quota, fen)))
    return LayersAnswer(
        weights=weights,
        whole=drawn_programme(Programme(), fen),
        covers=tuple(figures),
        left=drawn_programme(programme, fen),
        claims=claims,
    )


QUESTION = Question(
    name="layers",
    options=_OPTIONS,
    verb=_verb,
    document=layers_document,
    tables=layers_tables,
    rule=_rule,
)
"""Registered in `workbench.questions`."""
