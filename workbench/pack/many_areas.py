"""A synthetic pack of many areas: the built-in scheme spread over cities of drawn sizes.

Floor 2, inside `pack`. For trials of scale alone: names, sizes and mixes are drawn, and every row
says so. Whole numbers come from words and integer weights, so that a seed gives one pack.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from scipy.special import ndtri

from workbench.guard import whole_number
from workbench.portfolio import spread
from workbench.streams import meaning_key, words

__all__ = ["MOST_AREAS", "MOST_MEMBERS", "spread_over_areas"]

MOST_AREAS, MOST_MEMBERS = 1_000, 100_000_000
SIZE_SPREAD = 1.1
"""Standard deviation of the logarithm of a city's size: the largest of 300 has about 9 %."""
MIX_SPREAD = 0.2
"""How far a bundle's share moves in a city, up or down."""
WEIGHT_UNIT = 1_000_000_000
CLAIMS_OF = ("target_beneficiaries", "target_paid_yuan")


def _uniform(seed: int, meaning: str, number: int) -> np.ndarray:
    raw = words(seed, meaning_key("areas", meaning), 0).random_raw(number)
    return ((raw >> np.uint64(12)).astype(float) + 0.5) / 2.0**52


def _weights(rows: list[dict[str, str]], areas: int, seed: int) -> np.ndarray:
    """Integer weights of women and men of each bundle in each area, (areas · bundles · 2,)."""
    size = np.exp(SIZE_SPREAD * ndtri(_uniform(seed, "size", areas)))
    mix = 1.0 + MIX_SPREAD * (2.0 * _uniform(seed, "mix", areas * len(rows)) - 1.0)
    held = np.array([[float(row["women"]), float(row["men"])] for row in rows])
    share = size[:, None] / size.sum() * mix.reshape(areas, -1)
    weights = share[:, :, None] * held[None, :, :] / held.sum()
    return np.rint(weights.ravel() * WEIGHT_UNIT).astype(np.int64)


def _read(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
        return list(reader.fieldnames or ()), rows


def _write(path: Path, columns: list[str], rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def spread_over_areas(folder: Path, *, areas: int, members: int, seed: int) -> None:
    """Change a copy of the built-in pack into one of many areas.

    Parameters
    ----------
    folder
        The copy.
    areas
        Number of cities, 2 to 1,000.
    members
        Members in all, 1,000 to 100,000,000.
    seed
        0 to 2**63 − 1.

    Raises
    ------
    InputRefused
        A number out of range.
    """
    areas = whole_number("--areas", areas, 2, MOST_AREAS)
    members = whole_number("--members", members, 1_000, MOST_MEMBERS)
    seed = whole_number("--seed", seed, 0, 2**63 - 1)
    columns, rows = _read(folder / "bundles.csv")
    numbers = spread(members, _weights(rows, areas, seed)).reshape(areas, len(rows), 2)
    made = f"synthetic: drawn with seed {seed} for trials of scale; no city's figure"
    spread_rows = [
        {
            "bundle": row["bundle"],
            "members": str(women + men),
            "women": str(women),
            "men": str(men),
            "accident_factor": row["accident_factor"],
            "area": f"city-{area + 1:04d}",
            "provenance": made,
        }
        for area in range(areas)
        for row, (women, men) in zip(rows, numbers[area].tolist(), strict=True)
    ]
    columns = [*columns[: columns.index("provenance")], "area", "provenance"]
    _write(folder / "bundles.csv", columns, spread_rows)
    _follow(folder, rows, numbers, made)


def _follow(folder: Path, rows: list[dict[str, str]], numbers: np.ndarray, made: str) -> None:
    """Bring enrolments, targets and splits of the other files in line with the members."""
    held: dict[str, int] = {}
    for row, women_and_men in zip(rows, numbers.sum(axis=0).tolist(), strict=True):
        for code in row["bundle"].split("+"):
            held[code] = held.get(code, 0) + sum(women_and_men)
    columns, plans = _read(folder / "plans.csv")
    for plan in plans:
        plan["enrolments_default"] = str(held[plan["plan_id"]])
    _write(folder / "plans.csv", columns, plans)
    before = sum(int(row["women"]) + int(row["men"]) for row in rows)
    columns, beliefs = _read(folder / "parameters.csv")
    for belief in beliefs:
        if belief["name"] in CLAIMS_OF:
            scaled = float(belief["value"]) * float(numbers.sum()) / before
            belief.update(value=str(round(scaled)), provenance=made)
    _write(folder / "parameters.csv", columns, beliefs)
    columns, splits = _read(folder / "enrolment_splits.csv")
    own = [row for row in splits if row["split"] == splits[0]["split"]]
    for split in own:
        split.update(enrolments=str(held[split["plan_id"]]), provenance=made)
    _write(folder / "enrolment_splits.csv", columns, own)
