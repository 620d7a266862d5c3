"""Rules of a pack that need more than one cell: order, sums, bundles against plans.

Floor 2, inside `pack`. Each rule looks only at what is sound, so that one mistake is told once.
"""

from __future__ import annotations

from collections.abc import Set

from workbench.consistency import bundle_faults, plan_faults
from workbench.pack.beliefs import check_beliefs
from workbench.pack.building import build_bundle, build_plans, millionths
from workbench.pack.counties import check_counties
from workbench.pack.faults import FaultList
from workbench.pack.fund import (
    check_actions,
    check_renewal,
    check_retirement,
    check_scenario_years,
)
from workbench.pack.programmes import check_programmes, check_relativities
from workbench.pack.rows import Row, Table
from workbench.pack.rules import check_rules
from workbench.pack.tables import nearest
from workbench.plans import Plan
from workbench.portfolio import BundleRow
from workbench.rates import RATE_EVENTS
from workbench.schema import INCIDENCE_FACTOR, INCIDENCE_UNIT
from workbench.timeline import AGE_BANDS, SEXES

__all__ = ["check_tables"]

_MILLION = 1_000_000
_CLOSE = 1e-9


def check_tables(
    tables: dict[str, Table], faults: FaultList, borrowed: Set[str] = frozenset()
) -> None:
    """Note every broken rule of the tables in `faults`; `borrowed` files are the built-in ones."""
    _plans(tables["plans.csv"], faults)
    if "plans.csv" not in faults.files:
        _bundles(tables["bundles.csv"], tables["plans.csv"], faults)
    _mix(tables["members_mix.csv"], faults)
    _incidence(tables["incidence_by_age_sex.csv"], faults)
    for name in ("parameters.csv", "severity.csv", "economics.csv", "participation.csv"):
        check_beliefs(tables[name], faults)
    _months(tables["start_months.csv"], faults)
    _months(tables["seasonality.csv"], faults)
    _delay(tables["reporting_delay.csv"], faults)
    check_rules(tables["rules.csv"], faults)
    check_programmes(tables["programmes.csv"], faults)
    check_relativities(tables["relativities.csv"], faults)
    check_renewal(tables["renewal.csv"], faults)
    check_retirement(tables["retirement.csv"], faults)
    # Built-in actions stand in for a pack's own: a plan that it lacks is none of its mistakes.
    known = "plans.csv" not in faults.files and "actions.csv" not in borrowed
    codes = [row.texts["plan_id"] for row in tables["plans.csv"]] if known else None
    check_actions(tables["actions.csv"], codes, faults)
    check_scenario_years(tables["scenario_years.csv"], faults)
    check_counties(tables["counties.csv"], faults)


def _plans(table: Table, faults: FaultList) -> None:
    """Terms that a form needs, order of ages, waiting days and lumps."""
    for row, plan in zip(table, build_plans(table), strict=True):
        for fault in plan_faults(plan, row.number):
            faults.take(fault)


def _bundles(table: Table, plans: Table, faults: FaultList) -> None:
    """Known plans, sexes, one plan of a form, women + men = members, enrolments of plans.csv."""
    by_code = {plan.code: plan for plan in build_plans(plans)}
    first: dict[tuple, Row] = {}
    bundles: list[BundleRow] = []
    for row in table:
        if row["women"] + row["men"] != row["members"]:
            told = f"{row['women']} + {row['men']}"
            faults.cell(
                "members-not-women-and-men", row, "members", value=told, allowed=row["members"]
            )
        if _known_plans(row, list(by_code), faults):
            bundle = build_bundle(row, tuple(by_code))
            bundles.append(bundle)
            for fault in bundle_faults(bundle, by_code, row.number):
                faults.take(fault)
            _other_order(row, bundle, first, faults)
    if table.whole and "bundles.csv" not in faults.files:
        _enrolments(plans, by_code, bundles, faults)


def _known_plans(row: Row, codes: list[str], faults: FaultList) -> bool:
    """Note plans of a bundle that are unknown or doubled; return whether there are none."""
    before = faults.count
    parts = row.texts["bundle"].split("+")
    for code in dict.fromkeys(parts):
        if code not in codes:
            near = nearest(code, codes) or ", ".join(codes)
            faults.cell("bundle-plan-unknown", row, "bundle", value=code, nearest=near)
        elif parts.count(code) > 1:
            faults.cell("bundle-plan-doubled", row, "bundle", value=code)
    return faults.count == before


def _other_order(row: Row, bundle: BundleRow, first: dict[tuple, Row], faults: FaultList) -> None:
    """Note a bundle that an earlier row holds in another order of plans."""
    labels = (bundle.accident_factor, bundle.area, bundle.occupation_class, bundle.segment)
    other = first.setdefault((bundle.plans, *labels), row)
    # The same text in both rows is told already, as a doubled key.
    if other is not row and other.texts["bundle"] != row.texts["bundle"]:
        faults.cell("row-doubled", row, "bundle", other=other.number)


def _enrolments(
    plans: Table, by_code: dict[str, Plan], bundles: list[BundleRow], faults: FaultList
) -> None:
    """Note plans whose enrolments are not the members of the bundles that hold them."""
    for row in plans:
        code = row["plan_id"]
        held = sum(bundle.members for bundle in bundles if code in bundle.plans)
        if by_code[code].enrolments_default != held:
            faults.cell(
                "enrolments-contradict-bundles", row, "enrolments_default", name=code, allowed=held
            )


def _in_order(table: Table, wanted: list[tuple], faults: FaultList) -> bool:
    """Check that the keys of a whole table are `wanted`, in that order."""
    columns = ", ".join(table.file.key)
    found = {tuple(row[name] for name in table.file.key): row for row in table}
    for place, row in found.items():
        if place not in wanted:
            faults.cell("row-not-expected", row, columns, value=_told(place))
    missing = [place for place in wanted if place not in found]
    for place in missing:
        faults.add("row-missing", file=table.file.name, column=columns, value=_told(place))
    if missing or len(found) != len(wanted):
        return False
    for (place, row), right in zip(found.items(), wanted, strict=True):
        if place != right:
            told = {"value": _told(place), "allowed": _told(right)}
            faults.cell("rows-out-of-order", row, columns, **told)
            return False
    return True


def _told(place: tuple) -> str:
    return ", ".join(map(str, place))


def _mix(table: Table, faults: FaultList) -> None:
    """Both sexes with all age bands, youngest first, and shares that add to exactly 1."""
    wanted = [(band, sex) for sex in SEXES for band in AGE_BANDS]
    if not table.whole or not _in_order(table, wanted, faults):
        return
    weights = [millionths(row.texts["share"]) for row in table]
    for row, weight in zip(table, weights, strict=True):
        if weight is None:
            faults.cell("share-too-fine", row, "share")
    total = sum(weight or 0 for weight in weights)
    if None not in weights and total != _MILLION:
        told = f"{total / _MILLION:.6f}"
        faults.add("shares-not-one", file=table.file.name, column="share", value=told)


def _incidence(table: Table, faults: FaultList) -> None:
    """Five events by sex and age band in order, each in its unit and with its factor."""
    if not table.whole:
        return
    wanted = [
        (event, band, sex)
        for event in RATE_EVENTS
        for sex in SEXES
        for band in AGE_BANDS
        # Special disease is given for women; men follow by special_disease_men_relativity.
        if event != "special_disease" or sex == "F"
    ]
    _in_order(table, wanted, faults)
    for row in table:
        unit = INCIDENCE_UNIT[row["event"]]
        if row["unit"] != unit:
            faults.cell("cell-fixed", row, "unit", allowed=unit)
        factor = INCIDENCE_FACTOR.get(row["event"], "")
        if row.texts["times_parameter"] != factor:
            faults.cell("cell-fixed", row, "times_parameter", allowed=factor)


def _months(table: Table, faults: FaultList) -> None:
    """Twelve months in order; start shares add to 1, admission indices have mean 1."""
    if not table.whole or not _in_order(table, [(month,) for month in range(1, 13)], faults):
        return
    column = table.file.columns[1].name
    total = sum(row[column] for row in table)
    starts = table.file.name == "start_months.csv"
    if abs(total - (1.0 if starts else 12.0)) > _CLOSE:
        key = "shares-not-one" if starts else "season-mean-not-one"
        faults.add(key, file=table.file.name, column=column, value=f"{total:.6g}")


def _delay(table: Table, faults: FaultList) -> None:
    """Months rise from 0; paid shares never fall and end at 1."""
    if not table.whole:
        return
    month, shares = "months_since_event", [column.name for column in table.file.columns[1:4]]
    if table.rows[0][month] != 0:
        faults.cell("delay-starts-late", table.rows[0], month)
    for before, row in zip(table.rows, table.rows[1:], strict=False):
        if row[month] <= before[month]:
            faults.cell("rows-out-of-order", row, month, allowed=f"> {before[month]}")
        for name in shares:
            if row[name] < before[name]:
                faults.cell("paid-share-falls", row, name, allowed=before.texts[name])
    for name in shares:
        if table.rows[-1][name] != 1.0:
            faults.cell("paid-share-not-one", table.rows[-1], name)
