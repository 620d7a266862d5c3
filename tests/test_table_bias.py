"""The bias of the sealed tables: below a tenth of a standard error at a million years.

Nothing is drawn: `tests/implied.py` computes the law that the tables imply, and it is held to the
exact law on the same lattice: at the default setting and at two random ones of `test_agreement.py`,
where costly stays are rare or days follow cost closely; and the shock that areas have of their own.
"""

from dataclasses import replace

import numpy as np
import pytest

from tests.implied import ImpliedYear
from tests.test_agreement import random_setting
from workbench.engine.events import scheme_of
from workbench.engine.grouping import claims_tables
from workbench.engine.inversion import annual_law, collective_transform
from workbench.engine.lattice import split_mass
from workbench.engine.payment_laws import Points
from workbench.engine.stages import measures_of, year_laws
from workbench.engine.tables import SHOCK_ONE
from workbench.pack import new_pack, read_pack
from workbench.pack.many_areas import spread_over_areas

YEARS = 1_000_000
LARGEST = 0.1
"""Bias over standard error."""
LEVELS = (0.75, 0.95, 0.995)
SETTINGS = ("default", 1, 7)


def errors(law):
    """Standard errors of mean and sd at `YEARS` years; of a quantile as a probability."""
    centred = law.yuan - law.mean
    second, fourth = (float(np.sum(law.mass * centred**order)) for order in (2, 4))
    return law.sd / np.sqrt(YEARS), np.sqrt((fourth - second**2) / second / 4.0 / YEARS)


def figure_biases(law, table):
    """Bias over standard error of mean, sd, quantiles and tail means of one law."""
    of_mean, of_sd = errors(law)
    found = {"mean": (table.mean - law.mean) / of_mean, "sd": (table.sd - law.sd) / of_sd}
    for level in LEVELS:
        place = law.quantile(level)
        error = np.sqrt(level * (1.0 - level) / YEARS)
        found[f"q{level}"] = (law.cdf(place) - table.cdf(place)) / error
        excess = np.maximum(law.yuan - place, 0.0)
        mean = float(np.sum(law.mass * excess))
        spread = np.sqrt(float(np.sum(law.mass * excess**2)) - mean**2)
        moved = table.expected_excess(place) - law.expected_excess(place)
        found[f"t{level}"] = moved / spread * np.sqrt(YEARS)
    return found


def plan_biases(inputs, year):
    """Biases of the figures of every plan and the total, by (plan, figure); the variances."""
    scheme = scheme_of(inputs)
    found, variances = {}, []
    for place, weights in enumerate([*np.eye(len(scheme.plans)), np.ones(len(scheme.plans))]):
        exact = measures_of(scheme, weights)
        table = year.law(exact, year.measures(exact, weights))
        variances.append(table.sd**2)
        name = inputs.plan_codes[place] if place < len(scheme.plans) else "total"
        # On the lattice of the other: a lumpy law's own would be finer.
        known = annual_law(exact, transform=collective_transform)
        biases = figure_biases(known, table)
        found |= {(name, figure): bias for figure, bias in biases.items()}
    return found, variances


def pair_biases(inputs, year, variances):
    """Biases of the covariances, by pair of plans."""
    scheme, laws, plans = scheme_of(inputs), year_laws(inputs), len(inputs.plans)
    found = {}
    for first in range(plans):
        for second in range(first):
            weights = np.zeros(plans)
            weights[[first, second]] = 1.0
            _, both = year.moments(year.measures(measures_of(scheme, weights), weights))
            known = laws.covariance[first, second]
            implied = (both - variances[first] - variances[second]) / 2.0
            spread = laws.laws[first].sd * laws.laws[second].sd
            error = np.sqrt((spread**2 + known**2) / YEARS)
            codes = (inputs.plan_codes[second], inputs.plan_codes[first])
            found[codes] = (implied - known) / error
    return found


def people_biases(inputs, year):
    """Biases of beneficiaries and persons; over the error of a Poisson number, the least it has."""
    laws = year_laws(inputs)
    counts, persons = year.people(len(inputs.plans))
    known = np.append(laws.beneficiaries, laws.persons_paid)
    apart = (np.append(counts, persons) - known) / np.sqrt(known / YEARS)
    return dict(zip([*inputs.plan_codes, "persons"], apart, strict=True))


@pytest.mark.parametrize("setting", SETTINGS)
def test_no_figure_is_biased_by_a_tenth_of_its_error_at_a_million_years(inputs, setting):
    changed = inputs if setting == "default" else random_setting(inputs, setting)[1]
    year = ImpliedYear(claims_tables(scheme_of(changed)))
    biases, variances = plan_biases(changed, year)
    biases |= pair_biases(changed, year, variances) | people_biases(changed, year)
    assert len(biases) == 6 * 8 + 10 + 6
    assert {name: bias for name, bias in biases.items() if abs(bias) > LARGEST} == {}


def discrete(table):
    """Factors of a sealed shock and their shares: two a group of lanes keep its mean and sd.

    Groups are lanes one by one in the tails and wider inside.
    """
    theta = table.kept / SHOCK_ONE * table.most
    tail = np.cumsum(np.repeat([1, 4, 16, 64], 24))
    middle = np.arange(tail[-1] + 256, len(theta) - tail[-1] - 256, 256)
    edges = np.concatenate([[0], tail, middle, len(theta) - tail[::-1]])
    groups = np.split(theta, edges[1:])
    mean, spread = (np.array([kind(one) for one in groups]) for kind in (np.mean, np.std))
    share = np.array([len(one) for one in groups]) / len(theta) / 2.0
    return np.concatenate([mean - spread, mean + spread]), np.concatenate([share, share])


def areas_law(measures, common, own):
    """The yearly law on the lattice of the exact one, both shocks those of the sealed tables."""

    def moved(mass, step, size):
        points = (measures.illness.yuan, mass, step, size)
        return np.fft.rfft(split_mass(*points, lumpy=measures.lumpy)) - mass.sum()

    def transform(_, step, size):
        guide = collective_transform(measures, step, size)
        kept = np.flatnonzero(np.abs(guide) > 1e-14)
        by_area = [moved(mass, step, size)[kept] for mass in measures.by_area]
        calm = replace(measures, by_area=None, illness=Points.join([]))
        mixed = np.zeros(len(kept), dtype=complex)
        for theta, share in zip(*common, strict=True):
            inside = share + 0j
            for exponent in by_area:
                inside = inside * (own[1] @ np.exp((theta * own[0])[:, None] * exponent))
            mixed += inside
        total = np.zeros(len(guide), dtype=complex)
        total[kept] = mixed * collective_transform(calm, step, size)[kept]
        return total

    return annual_law(measures, transform=transform)


def test_areas_own_shocks_add_no_bias(inputs, tmp_path):
    """With both shocks from the sealed tables, and events as they are, the law is the exact one."""
    place = new_pack(
        tmp_path / "pack", lambda copy: spread_over_areas(copy, areas=2, members=60_000, seed=5)
    )
    scheme = scheme_of(read_pack(place))
    tables = claims_tables(scheme)
    assert tables.area_shock is not None
    measures = measures_of(scheme, np.ones(len(scheme.plans)))
    known = annual_law(measures, transform=collective_transform)
    table = areas_law(measures, discrete(tables.shock), discrete(tables.area_shock))
    biases = figure_biases(known, table)
    del biases["mean"], biases["sd"]  # those of the law are of the events; by the tables below
    shocks = ((tables.shock, scheme_cv(scheme)), (tables.area_shock, scheme.area_shock_cv))
    for shock, exact in shocks:
        theta = shock.kept / SHOCK_ONE * shock.most
        assert theta.mean() == pytest.approx(1.0, abs=LARGEST * known.sd / known.mean / 1e3)
        biases[f"sd {exact}"] = (theta.std() - exact) / (known.sd / known.mean) * 1e3
    assert {name: bias for name, bias in biases.items() if abs(bias) > LARGEST} == {}


def scheme_cv(scheme):
    """Coefficient of variation of the common shock."""
    return scheme.inputs.assumptions["hospital_shock_cv"]
