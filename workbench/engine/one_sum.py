"""The law of one plan or of the total alone, for a scheme that is asked once.

Floor 3. `stages.year_laws` makes all six laws and keeps them; a study of thousands of draws asks
for one law of each.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from workbench.engine.annual import AnnualLaw
from workbench.engine.class_laws import SumLaws, _sum_laws, class_counts
from workbench.engine.events import PaymentTerms, payment_terms, scheme_of
from workbench.engine.moments import expected_paid
from workbench.engine.quick_laws import COARSE, FINE
from workbench.engine.stages import _collective_law
from workbench.inputs import Inputs

__all__ = ["one_law", "rough_law"]


@lru_cache(maxsize=8)
def _laws(terms: PaymentTerms, weights: tuple[float, ...], rough: bool) -> SumLaws:
    return _sum_laws(terms.scheme, np.array(weights), COARSE if rough else FINE)


def _law(
    inputs: Inputs, weights: np.ndarray, mean: float | None, *, rough: bool
) -> tuple[AnnualLaw, AnnualLaw]:
    scheme = scheme_of(inputs)
    terms, key = payment_terms(scheme), tuple(np.asarray(weights, dtype=float).tolist())
    coarse = _laws(terms, key, True)
    fine = _laws(terms, key, False) if coarse.condensed and not rough else coarse
    paid = float(np.dot(weights, expected_paid(scheme))) if mean is None else mean
    return _collective_law(
        scheme,
        np.array(key),
        (fine, coarse),
        counts=class_counts(scheme),
        mean=paid,
        keep=not rough,
    )


def one_law(inputs: Inputs, weights: np.ndarray) -> tuple[AnnualLaw, AnnualLaw]:
    """Return the law of Σ weights · S, weights (plans,), and its refinement; collective form."""
    return _law(inputs, weights, None, rough=False)


def rough_law(inputs: Inputs, weights: np.ndarray, mean: float | None = None) -> AnnualLaw:
    """Return the same on the rougher lattice alone: off by what `one_law` gives as its error.

    `mean` is the expected amount in yuan where it is known already.
    """
    return _law(inputs, weights, mean, rough=True)[0]
