"""Reads the CSV files of a data folder and spreads the members over cells.

Source: docs of the model, sections 1 (cells) and 2 (yearly rates). Standard library and NumPy.
"""

import csv
from dataclasses import dataclass
from fractions import Fraction
from math import floor, inf, isnan, log, nan
from pathlib import Path

import numpy as np

PLANS = ("P1", "P2", "P3", "P4", "P5")
EVENTS = ("illness", "injury", "special", "other_critical", "death")

# Events of incidence_by_age_sex.csv: q, r, c, z, d of section 2.
RATES = (
    "hospital_claimant",
    "injury_claimant",
    "critical_illness",
    "special_disease",
    "accidental_death",
)

# Which plan (column) an event (row) pays, where the member holds it.
PAYS = np.array(
    [
        [1, 1, 0, 0, 0],
        [1, 1, 0, 0, 1],
        [0, 0, 1, 1, 0],
        [0, 0, 1, 0, 0],
        [0, 0, 0, 0, 1],
    ],
    dtype=bool,
)

Values = dict[str, float]
Rates = dict[str, np.ndarray]
Cell = tuple[list[str], str, int, bool, float, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """The scheme of one year; arrays have one row a cell."""

    values: Values
    """Every parameter and plan term by its name; NaN where the file leaves it blank."""
    bands: tuple[str, ...]
    """Age bands, youngest first."""
    members: np.ndarray
    """Whole members, (cells,)."""
    holds: np.ndarray
    """Plans held, (cells, 5)."""
    first_term: np.ndarray
    """True for members in their first term, (cells,)."""
    woman: np.ndarray
    """True for women, (cells,)."""
    band: np.ndarray
    """Index of the age band, (cells,)."""
    rates: np.ndarray
    """Events per member-year at shock 1, (cells, 5) in the order of EVENTS."""
    disabled: np.ndarray
    """Probability that an injury claimant is disabled, (cells,)."""

    def value(self, name: str) -> float:
        """Return a parameter by name; a blank one is an error."""
        value = self.values[name]
        if isnan(value):
            raise ValueError(f"{name} is blank")
        return value

    def term(self, plan: str, column: str, blank: float = 0.0) -> float:
        """Return a plan's term, ``blank`` where the file leaves it empty."""
        value = self.values[f"plans.{plan}.{column}"]
        return blank if isnan(value) else value

    def limit(self, plan: str, column: str) -> float:
        """Return a plan's cap or day limit, infinite where the file leaves it empty."""
        return self.term(plan, column, inf)

    def log_cost(self) -> np.ndarray:
        """Mean of the logarithm of a stay's cost by age band, (bands,)."""
        mean = self.value("stay_cost_mean_yuan") * self.value("stay_cost_scale")
        relativity = [self.value(f"stay_cost_relativity.{band}") for band in self.bands]
        return np.log(mean * np.array(relativity)) - log_sd(self, "stay_cost") ** 2 / 2


def log_sd(scheme: Scheme, law: str) -> float:
    """Sd of the logarithm of a lognormal law, from its coefficient of variation."""
    return float(np.sqrt(np.log1p(scheme.value(f"{law}_cv") ** 2)))


def log_days(scheme: Scheme, law: str) -> float:
    """Mean of the logarithm of days before rounding (``illness_days`` or ``injury_days``)."""
    return log(scheme.value(f"{law}_mean")) - log_sd(scheme, law) ** 2 / 2


def load(folder: Path, changes: dict[str, float] | None = None) -> Scheme:
    """Read a data folder and apply changes by name.

    Raises KeyError for a name that is not known, ValueError for impossible rates.
    """
    values = read_values(Path(folder))
    for name, value in (changes or {}).items():
        if name not in values:
            raise KeyError(name)
        values[name] = float(value)
    bands = tuple(row["age_band"] for row in rows(folder, "members_mix") if row["sex"] == "M")
    cells = spread_members(Path(folder), values, bands)
    rate = yearly_rates(Path(folder), values, bands)
    return build(values, bands, cells, rate)


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    """Read one CSV file as a list of rows by column name."""
    with open(Path(folder) / f"{name}.csv", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_values(folder: Path) -> Values:
    """Gather parameters, severities and plan terms under the names that changes use."""
    values = {"accident_factor": nan}  # NaN: as the file says, row by row
    for row in rows(folder, "parameters"):
        values[row["name"]] = float(row["value"])
    for row in rows(folder, "severity"):
        if row["age_band"]:
            values[f"{row['name']}.{row['age_band']}"] = float(row["mean"])
            continue
        unit = "_yuan" if row["unit"] == "yuan" else ""
        values[f"{row['name']}_mean{unit}"] = float(row["mean"])
        values[f"{row['name']}_cv"] = float(row["cv"])
    for row in rows(folder, "plans"):
        for column, text in row.items():
            name = f"plans.{row['plan_id']}.{column}"
            try:
                values[name] = float(text) if text else nan
            except ValueError:
                continue  # a name, a source
    return values


def largest_remainder(total: int, weights: list[int]) -> list[int]:
    """Spread whole members by integer weights; ties go to the earlier weight."""
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    remainders = [total * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-remainders[i], i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts


def spread_members(folder: Path, values: Values, bands: tuple[str, ...]) -> list[Cell]:
    """Cells as (plans, sex, band index, first term, accident factor, members), non-empty."""
    mix = {(row["sex"], row["age_band"]): row["share"] for row in rows(folder, "members_mix")}
    share = Fraction(str(values["first_term_share"]))
    allowed = {row["plan_id"]: row["eligible_sex"] for row in rows(folder, "plans")}
    cells: list[Cell] = []
    for row in rows(folder, "bundles"):
        plans = row["bundle"].split("+")
        fixed = values["accident_factor"]
        factor = float(row["accident_factor"]) if isnan(fixed) else fixed
        for sex, column in (("F", "women"), ("M", "men")):
            members = int(row[column])
            if members and not all(sex in allowed[plan] for plan in plans):
                raise ValueError(f"{row['bundle']}: {column} are not eligible")
            weights = [round(Fraction(mix[sex, band]) * 10**6) for band in bands]
            counts = largest_remainder(members, weights)
            first = largest_remainder(floor(share * members + Fraction(1, 2)), counts)
            for band, (count, new) in enumerate(zip(counts, first, strict=True)):
                cells.append((plans, sex, band, True, factor, new))
                cells.append((plans, sex, band, False, factor, count - new))
    return [cell for cell in cells if cell[-1]]


def yearly_rates(folder: Path, values: Values, bands: tuple[str, ...]) -> Rates:
    """Rates q, r, c, z, d of section 2 as arrays (sex, band), men first."""
    rate = {name: np.zeros((2, len(bands))) for name in RATES}
    for row in rows(folder, "incidence_by_age_sex"):
        value = float(row["value"]) / (1000 if row["unit"].startswith("per 1000") else 1)
        if row["times_parameter"]:
            value *= values[row["times_parameter"]]
        rate[row["event"]]["MF".index(row["sex"]), bands.index(row["age_band"])] = value
    rate["hospital_claimant"] *= values["hospital_claimant_rate_scale"]
    men = values["special_disease_men_relativity"]
    rate["special_disease"][0] = men * rate["special_disease"][1]
    return rate


def build(values: Values, bands: tuple[str, ...], cells: list[Cell], rate: Rates) -> Scheme:
    """Put cells and rates together and check q >= r, c >= z and probabilities of disability."""
    plans, sex, band, first, factor, members = zip(*cells, strict=True)
    at = (np.array(["MF".index(s) for s in sex]), np.array(band))
    q, r, c, z, d = (rate[name][at] for name in RATES)
    f = np.array(factor)
    rates = np.stack([q - r, r * f, z, c - z, d * f], axis=1)
    disabled = values["disabilities_per_death"] * d / r
    if rates.min() < 0 or disabled.max() > 1:
        raise ValueError("needs q >= r, c >= z and disabled claimants among the injured")
    return Scheme(
        values=values,
        bands=bands,
        members=np.array(members, dtype=np.int64),
        holds=np.array([[plan in held for plan in PLANS] for held in plans]),
        first_term=np.array(first),
        woman=at[0] == 1,
        band=at[1],
        rates=rates,
        disabled=disabled,
    )
