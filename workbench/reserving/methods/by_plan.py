"""Methods that know the plans behind a triangle: the scheme's law, the synchronous bootstrap.

Floor 4, inside `reserving.methods`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workbench.engine.annual import AnnualLaw
from workbench.guard import InputRefused, refuse
from workbench.reserving.methods.bootstrap import Bootstrap
from workbench.reserving.methods.cells import PlanCells
from workbench.reserving.methods.chain_ladder import chain_ladder
from workbench.reserving.methods.model_law import (
    ModelBasis,
    ModelLaw,
    YearLevel,
    levels_of,
    model_law,
    with_illness,
)
from workbench.reserving.methods.nouns import LEVELS, Case, Estimate, PlanSaid
from workbench.reserving.methods.poisson import paid_out, poisson_fit
from workbench.reserving.methods.synchronous import synchronous_bootstrap
from workbench.risk import Figure
from workbench.triangles import Triangle

__all__ = ["levels_of_case", "model_estimate", "synchronous_estimate"]


def _quantiles(laws: tuple[AnnualLaw, AnnualLaw]) -> dict[float, Figure]:
    fine, coarse = (law.quantiles(LEVELS) for law in laws)
    pairs = zip(LEVELS, fine, coarse, strict=True)
    return {level: Figure(float(one), abs(float(one - other))) for level, one, other in pairs}


def _said(found: ModelLaw) -> PlanSaid:
    laws = found.laws()
    return PlanSaid(
        reserve=float(found.reserve.sum()),
        standard_error=float(laws[0].sd),
        quantiles=_quantiles(laws),
    )


def levels_of_case(case: Case) -> tuple[YearLevel, ...]:
    """Return the level of each year: from the plans with illness where cells tell them apart."""
    basis, cells = case.model, case.cells
    if basis is None:
        raise refuse("triangle-method-needs", name="model_law", value="model")
    ill = with_illness(basis.inputs, basis.plans)
    if cells is None or not ill or len(basis.plans) == 1:
        return levels_of(basis, case.triangle.latest)
    rows = [basis.plans.index(place) for place in ill]
    return levels_of(replace(basis, plans=ill), cells.latest_fen[rows].sum(axis=0) / 100.0)


def model_estimate(case: Case) -> Estimate:
    """Return the scheme's law of what is unpaid, its level moved by the payments so far."""
    basis, origins = case.model, len(case.triangle.origins)
    levels = levels_of_case(case)
    assert isinstance(basis, ModelBasis)
    found = model_law(basis, origins, levels)
    plans = {
        basis.inputs.plans[place].code: _said(
            model_law(replace(basis, plans=(place,)), origins, levels)
        )
        for place in (basis.plans if len(basis.plans) > 1 else ())
    }
    whole, to_ultimate = _said(found), 1.0 / np.maximum(found.developed, 1e-9)
    return Estimate(
        method="model_law",
        factors=to_ultimate[:-1] / to_ultimate[1:],
        to_ultimate=to_ultimate,
        latest=case.triangle.latest,
        ultimate=case.triangle.latest + found.reserve,
        standard_error=found.standard_error,
        total_standard_error=whole.standard_error,
        quantiles=whole.quantiles,
        plans=plans,
        levels=levels,
    )


def _drawn(drawn: Bootstrap, reserve: float) -> PlanSaid:
    return PlanSaid(
        reserve=reserve,
        standard_error=float(drawn.total.std()),
        quantiles={level: drawn.quantile(level) for level in LEVELS},
    )


def _drawable(triangle: Triangle) -> bool:
    try:
        poisson_fit(paid_out(triangle))
    except InputRefused:
        return False
    return True


def _triangles(cells: PlanCells) -> dict[str, Triangle]:
    """Triangles by plan; a plan too thin to be drawn alone goes together with the one before it."""
    found: list[tuple[list[int], Triangle]] = []
    for place in range(len(cells.codes)):
        alone = cells.of([place]).triangle()
        if found and not (_drawable(alone) and _drawable(found[-1][1])):
            places = [*found[-1][0], place]
            found[-1] = (places, cells.of(places).triangle())
        else:
            found.append(([place], alone))
    return {
        "+".join(cells.codes[place] for place in places): triangle for places, triangle in found
    }


def synchronous_estimate(case: Case) -> Estimate:
    """Return the bootstrap of the plans one by one, residuals drawn together, and their total."""
    cells = case.cells
    assert cells is not None
    triangles = _triangles(cells)
    drawn = synchronous_bootstrap(triangles, case.replications, case.seed)
    ladders = {code: chain_ladder(triangle) for code, triangle in triangles.items()}
    together = Bootstrap(reserves=np.sum([one.reserves for one in drawn.values()], axis=0))
    reserve = np.sum([one.reserve for one in ladders.values()], axis=0)
    whole = _drawn(together, float(reserve.sum()))
    latest = case.triangle.latest
    ultimate = latest + reserve
    development = chain_ladder(case.triangle).development
    return Estimate(
        method="synchronous_bootstrap",
        factors=development.factors,
        to_ultimate=development.to_ultimate,
        latest=latest,
        ultimate=ultimate,
        standard_error=together.standard_error(),
        total_standard_error=whole.standard_error,
        quantiles=whole.quantiles,
        plans={
            code: _drawn(one, float(ladders[code].reserve.sum())) for code, one in drawn.items()
        },
    )
