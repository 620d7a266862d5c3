"""Names of beliefs: every number that a pack must give, with its unit and its outermost limits.

Floor 1. The file of the pack gives value, low and high; the limits here only keep out what cannot
be (a share above 1, a rate above 1, a negative cost). A pack must hold every name and no other.
"""

from __future__ import annotations

from dataclasses import dataclass

from workbench.timeline import AGE_BANDS, DAYS_IN_YEAR

__all__ = [
    "BELIEFS",
    "NamedNumber",
    "SEGMENT_COINSURANCE",
    "SEGMENT_PARAMETERS",
    "SEVERITY_ROWS",
    "STATES",
    "WHAT_IF_RANGES",
    "belief_names",
]

STATES = ("assumption", "solved", "data", "fact", "choice", "convention", "level")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedNumber:
    """One named number: its file, unit as written there, and the limits of value, low and high."""

    name: str
    file: str
    unit: str
    least: float
    most: float


def _in_file(file: str, *rows: tuple[str, str, float, float]) -> tuple[NamedNumber, ...]:
    return tuple(
        NamedNumber(name=name, file=file, unit=unit, least=least, most=most)
        for name, unit, least, most in rows
    )


_PARAMETERS = _in_file(
    "parameters.csv",
    ("hospital_claimant_rate", "per member-year", 0.0, 1.0),
    ("hospital_claimant_rate_scale", "ratio", 0.01, 10.0),
    ("stay_cost_scale", "ratio", 0.01, 10.0),
    ("illness_extra_stays_mean", "stays", 0.0, 5.0),
    ("in_scope_share", "ratio", 0.01, 1.0),
    ("basic_deductible_yuan", "yuan per stay", 0.0, 100_000.0),
    ("basic_coinsurance", "ratio", 0.001, 1.0),
    ("stay_cost_days_correlation", "correlation", -0.99, 0.99),
    ("critical_illness_factor", "ratio", 0.0, 5.0),
    ("disabilities_per_death", "ratio", 0.0, 50.0),
    ("special_disease_men_relativity", "ratio", 0.0, 10.0),
    ("first_term_share", "ratio", 0.0, 1.0),
    ("hospital_shock_cv", "ratio", 0.0, 1.0),
    ("epidemic_year_probability", "share of years", 0.0, 0.45),
    ("epidemic_year_factor", "ratio", 1.0, 3.0),
    ("deferral_year_probability", "share of years", 0.0, 0.45),
    ("deferral_year_factor", "ratio", 0.2, 1.0),
    ("days_in_year", "days", float(DAYS_IN_YEAR), float(DAYS_IN_YEAR)),
    ("target_beneficiaries", "per year", 1.0, 1e9),
    ("target_paid_yuan", "yuan per year", 1.0, 1e13),
)

_SEVERITY = _in_file(
    "severity.csv",
    ("stay_cost_mean_yuan", "yuan", 100.0, 1e6),
    ("stay_cost_cv", "ratio", 0.1, 5.0),
    *((f"stay_cost_relativity.{band}", "ratio", 0.05, 20.0) for band in AGE_BANDS),
    ("illness_days_mean", "days", 0.5, 180.0),
    ("illness_days_cv", "ratio", 0.1, 5.0),
    ("injury_days_mean", "days", 0.5, 180.0),
    ("injury_days_cv", "ratio", 0.1, 5.0),
    ("disability_degree_mean", "ratio of disability_max_yuan", 0.001, 1.0),
)

_ECONOMICS = _in_file(
    "economics.csv",
    ("expense_share", "share of contributions", 0.0, 0.9),
    ("expense_per_enrolment_yuan", "yuan per enrolment", 0.0, 1_000.0),
    ("expense_per_beneficiary_yuan_P1_P2", "yuan per beneficiary", 0.0, 10_000.0),
    ("expense_per_beneficiary_yuan_P3_P4_P5", "yuan per beneficiary", 0.0, 10_000.0),
    ("safety_loading_P1_P2", "share of risk premium", 0.0, 2.0),
    ("safety_loading_P3_P4_P5", "share of risk premium", 0.0, 2.0),
    ("contingency_share", "share of contributions", 0.0, 0.9),
    ("interest_rate_per_year", "per year", -0.05, 0.2),
    ("opening_fund_yuan", "yuan", 0.0, 1e12),
    ("risk_retained_share", "share", 0.0, 1.0),
    ("remittance_share", "share of contributions", 0.0, 1.0),
    ("base_enrolment_ratio", "ratio", 0.1, 5.0),
    ("frequency_trend_per_year", "per year", -0.2, 0.3),
    ("cost_trend_per_year", "per year", -0.3, 0.5),
    ("years_from_base_to_rating", "years", 0.0, 30.0),
    ("catastrophe_rate_per_year", "per year", 0.0, 5.0),
    ("catastrophe_deaths", "deaths", 0.0, 100_000.0),
    ("shock_autocorrelation", "correlation", -0.99, 0.99),
    ("county_shock_cv", "ratio", 0.0, 1.0),
    ("advance_receipt_days", "days", 0.0, 365.0),
    ("reporting_delay_stretch", "ratio", 0.05, 20.0),
)

_PARTICIPATION = _in_file(
    "participation.csv",
    (
        "price_elasticity",
        "ratio (positive number; enrolments fall by eta per cent for 1 % of price)",
        0.0,
        10.0,
    ),
    ("selectivity", "ratio", 0.0, 5.0),
    # Above 1/sqrt(2) the least prone class would have a negative proneness.
    ("hidden_proneness_cv", "ratio", 0.0, 0.707),
    ("benefit_damping", "ratio", 0.0, 5.0),
    ("employer_paid_share", "share", 0.0, 1.0),
    ("unit_decision_share", "share of members", 0.0, 1.0),
    ("unit_elasticity", "ratio", 0.0, 10.0),
    ("unit_leaving_rate", "per year", 0.0, 0.5),
    ("participation_now", "share of the eligible", 0.001, 0.999),
    ("unit_participation_sd", "share", 0.0, 0.5),
)

BELIEFS = {row.name: row for row in _PARAMETERS + _SEVERITY + _ECONOMICS + _PARTICIPATION}
"""Every belief by name, in the order of the files."""

_ROUNDED_DAYS = "lognormal rounded half up, at least 1"

SEVERITY_ROWS = {
    ("stay_cost", ""): ("lognormal", "yuan", "stay_cost_mean_yuan", "stay_cost_cv"),
    **{
        ("stay_cost_relativity", band): ("constant", "ratio", f"stay_cost_relativity.{band}", "")
        for band in AGE_BANDS
    },
    ("illness_days", ""): (_ROUNDED_DAYS, "days", "illness_days_mean", "illness_days_cv"),
    ("injury_days", ""): (_ROUNDED_DAYS, "days", "injury_days_mean", "injury_days_cv"),
    # The CV of an exponential law is 1; the cell must say so and is no belief.
    ("disability_degree", ""): (
        "exponential, capped at 1",
        "ratio of disability_max_yuan",
        "disability_degree_mean",
        "",
    ),
}
"""Row of severity.csv (name, age band) → its law, unit, and the beliefs of its mean and CV."""

WHAT_IF_RANGES = {
    # Published cost by age runs from 0.65 to 1.2 of the mean; a third and three times it bound
    # what a local hospital account can show for one age band.
    **{f"stay_cost_relativity.{band}": (0.3, 3.0) for band in AGE_BANDS},
    # The source gives no CV of injury days; the range is that of illness days (0.7-1.1), widened
    # on the upper side because fractures mix short and very long stays.
    "injury_days_cv": (0.7, 1.5),
}
"""Ranges for what-if changes of beliefs to which the file gives none: never drawn as uncertain."""

SHOCK_STATES = (
    "epidemic_year_probability",
    "epidemic_year_factor",
    "deferral_year_probability",
    "deferral_year_factor",
)
"""States of the common shock beside the normal year: probability and factor of each."""

SEGMENT_PARAMETERS = tuple(
    row.name
    for row in _PARAMETERS
    # One shock is common to the whole scheme; days and targets are no beliefs about members.
    if row.name not in ("hospital_shock_cv", "days_in_year", "target_beneficiaries")
    and row.name not in SHOCK_STATES
    and row.name != "target_paid_yuan"
)
"""Beliefs that a segment may have of its own."""

SEGMENT_COINSURANCE = (0.05, 0.40)
"""Residents' insurance leaves 0.25-0.30 to the patient: wider than the employees' range."""


def belief_names(file: str) -> tuple[str, ...]:
    """Return the names that `file` must hold, in order."""
    return tuple(row.name for row in BELIEFS.values() if row.file == file)
