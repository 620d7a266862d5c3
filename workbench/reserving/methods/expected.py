"""Methods that lean on an expectation: Bornhuetter–Ferguson, Cape Cod, average cost a claim.

Floor 4, inside `reserving.methods`. Source: Bornhuetter and Ferguson (1972), PCAS 59; Bühlmann
(1983) and Stanard (1985) for Cape Cod; Friedland, Estimating Unpaid Claims Using Basic Techniques
(2010), chapters 9 to 11.
"""

from __future__ import annotations

import numpy as np

from workbench.guard import refuse

__all__ = [
    "average_cost_ultimate",
    "bornhuetter_ferguson",
    "cape_cod",
    "cape_cod_ratio",
    "frequency_severity_cost",
]


def bornhuetter_ferguson(
    latest: np.ndarray, to_ultimate: np.ndarray, expected: np.ndarray
) -> np.ndarray:
    """Return ultimates latest + expected · (1 − 1/f), all (origins,)."""
    return np.asarray(latest) + np.asarray(expected) * (1.0 - 1.0 / np.asarray(to_ultimate))


def cape_cod_ratio(latest: np.ndarray, to_ultimate: np.ndarray, premium: np.ndarray) -> float:
    """Return Σ latest / Σ premium/f: the loss ratio of what has developed.

    Raises
    ------
    InputRefused
        `premium-not-positive`.
    """
    used = np.asarray(premium, dtype=float) / np.asarray(to_ultimate)
    if np.any(~np.isfinite(used)) or used.sum() <= 0.0 or np.any(used < 0.0):
        raise refuse("premium-not-positive")
    return float(np.asarray(latest).sum() / used.sum())


def cape_cod(latest: np.ndarray, to_ultimate: np.ndarray, premium: np.ndarray) -> np.ndarray:
    """Return Bornhuetter–Ferguson ultimates with the Cape Cod ratio as expectation, (origins,)."""
    ratio = cape_cod_ratio(latest, to_ultimate, premium)
    return bornhuetter_ferguson(latest, to_ultimate, ratio * np.asarray(premium, dtype=float))


def frequency_severity_cost(paid: np.ndarray, counts: np.ndarray) -> float:
    """Return the mean cost of a claim over the latest amounts of all origins; 0 without claims."""
    number = float(np.asarray(counts).sum())
    return float(np.asarray(paid).sum()) / number if number > 0.0 else 0.0


def average_cost_ultimate(counts: np.ndarray, averages: np.ndarray) -> np.ndarray:
    """Return ultimate number of claims · ultimate average cost (案均赔款法), (origins,)."""
    return np.asarray(counts) * np.asarray(averages)
