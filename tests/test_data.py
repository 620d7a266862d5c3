"""The built-in data: sources on every row, assumptions marked, facts of the page of the model."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest

from workbench.inputs import portfolio_of
from workbench.pack import read_pack
from workbench.schema import FILES
from workbench.timeline import AGE_BANDS

DATA = Path(__file__).parents[1] / "data"


def rows(file: str) -> list[dict[str, str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.mark.parametrize("file", [file.name for file in FILES])
def test_every_row_says_where_it_comes_from(file):
    for row in rows(file):
        assert len(row["provenance"]) >= 8, row


@pytest.mark.parametrize("file", ["parameters.csv", "severity.csv", "economics.csv",
                                  "participation.csv"])  # fmt: skip
def test_every_assumption_is_marked_as_one(file):
    for row in rows(file):
        marked = "our assumption" in row["provenance"] or "our choice" in row["provenance"]
        if row["state"] in ("assumption", "level", "choice"):
            assert marked or "our assumption" in row["provenance"], row["name"]


@pytest.mark.parametrize(
    "file",
    ["bundles.csv", "members_mix.csv", "start_months.csv", "seasonality.csv",
     "reporting_delay.csv", "plans.csv"],
)  # fmt: skip
def test_files_that_are_wholly_or_partly_assumed_say_so(file):
    assert all("our assumption" in row["provenance"] for row in rows(file))


def test_rates_are_published_or_marked():
    for row in rows("incidence_by_age_sex.csv"):
        marked = "our assumption" in row["provenance"] or "table" in row["provenance"]
        assert marked, row


def test_scenarios_are_marked_except_today():
    for row in rows("scenarios.csv"):
        assert row["scenario"] == "today" or "our assumption" in row["provenance"]


def test_no_address_of_this_projects_own_files_that_is_not_there():
    for file in FILES:
        for row in rows(file.name):
            for found in re.findall(r"[\w/]+\.md", row["provenance"]):
                assert found.startswith("docs/")


def test_the_scheme_of_the_article():
    inputs = read_pack()
    assert sum(plan.enrolments_default for plan in inputs.plans) == 263_000
    assert inputs.assumptions["target_beneficiaries"] == 11_060
    assert inputs.assumptions["target_paid_yuan"] == 11_842_000
    premiums = [plan.premium_yuan for plan in inputs.plans]
    assert (min(premiums), max(premiums)) == (25, 95)


def test_logarithms_agree_with_mean_and_cv():
    for row in rows("severity.csv"):
        if row["mu"]:
            mean, cv = float(row["mean"]), float(row["cv"])
            sigma = np.sqrt(np.log1p(cv**2))
            assert float(row["sigma"]) == pytest.approx(sigma, abs=6e-5)
            assert float(row["mu"]) == pytest.approx(np.log(mean) - sigma**2 / 2, abs=6e-5)


def test_members_of_the_mix_are_the_cells_of_the_default_bundles():
    cells = portfolio_of(read_pack())
    for row in rows("members_mix.csv"):
        sex = "MF".index(row["sex"])
        held = cells.members[(cells.sex == sex) & (cells.band == AGE_BANDS.index(row["age_band"]))]
        assert held.sum() == int(row["members"]), row


def test_women_of_the_scheme():
    cells = portfolio_of(read_pack())
    assert cells.members[cells.sex == 1].sum() == 84_840 == round(0.42 * 202_000)
