"""The same bits: drawn years do not depend on how, where or with what else they are drawn.

From the same sealed tables every drawn integer is the same whatever the block size, the order of
blocks, the number of threads or processes, and the features of the processor; computed figures
agree to 1e-9 of themselves there (a small difference of large ones to a fen, as a record says).
"""

import dataclasses
import hashlib
import json
import os
import platform
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from tests.faults.records import asked
from workbench.engine.claims import draw_chunk
from workbench.engine.events import scheme_of
from workbench.engine.individual import IndividualCounts
from workbench.engine.totals import draw_totals
from workbench.engine.totals_tables import totals_tables
from workbench.exact import exact_run
from workbench.record import keep, open_record
from workbench.record.keeping import AGREEMENT
from workbench.simulate import simulate_totals, simulate_years
from workbench.streams import BLOCK_YEARS

ROOT = Path(__file__).parent.parent
FORMS = ("collective", "individual")
ENGINES = ("claims", "totals")
YEARS = {"claims": 4 * BLOCK_YEARS, "totals": 3_000}
SEED = 20261124


@pytest.fixture(scope="module")
def places(inputs, tmp_path_factory):
    """Records on disk by engine and form: the sealed tables that every process draws from."""
    folder = tmp_path_factory.mktemp("records")
    found = {}
    for engine in ENGINES:
        for form in FORMS:
            place = folder / f"{engine}-{form}.wbrun"
            place.write_bytes(keep(asked(inputs, engine, form, years=2), who="a reviewer"))
            found[engine, form] = place
    return found


def drawn_from(record, form, **choices):
    """Everything that is drawn from a record's tables, as one array of whole numbers."""
    if record.manifest["choices"]["own"]["engine"] == "totals":
        choices = {"years": YEARS["totals"], **choices}
        return simulate_totals(record.pack, seed=SEED, form=form, tables=record.tables, **choices)
    choices = {"years": YEARS["claims"], **choices}
    years = simulate_years(record.pack, seed=SEED, form=form, tables=record.tables, **choices)
    return together(years)


def together(years):
    return np.column_stack([years.paid_fen, years.beneficiaries, years.persons_paid])


def digest(numbers):
    return hashlib.sha256(np.ascontiguousarray(numbers, dtype="<i8").tobytes()).hexdigest()


@pytest.fixture(scope="module")
def records(places):
    return {kind: open_record(place) for kind, place in places.items()}


@pytest.fixture(scope="module")
def whole(records):
    """All years drawn in one piece, by engine and form."""
    return {(engine, form): drawn_from(one, form) for (engine, form), one in records.items()}


def part_of_a_run(place, form, part):
    """Years of some blocks, drawn in a process of their own from the record on disk."""
    return drawn_part(open_record(place), form, part)


def drawn_part(record, form, part):
    """Years of some blocks alone (of totals: some years alone)."""
    if record.manifest["choices"]["own"]["engine"] == "totals":
        return draw_totals(record.tables, SEED, part)
    counts = None
    scheme = dataclasses.replace(scheme_of(record.pack), rates=record.tables.rates)
    if form == "individual":
        counts = IndividualCounts(scheme=scheme, shock=record.tables.shock, seed=SEED)
    tables = {"shock": record.tables.shock, "plans": len(scheme.plans), "counts_of": counts}
    return together(draw_chunk(record.tables.groups, SEED, part, **tables))


def parts_of(engine):
    if engine == "claims":
        return [range(0, 1), range(1, 3), range(3, 4)]
    return [range(0, 1_001), range(1_001, 1_002), range(1_002, YEARS["totals"])]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("engine", ENGINES)
def test_blocks_of_any_size_in_any_order(records, whole, engine, form):
    record, kept = records[engine, form], whole[engine, form]
    sizes = ("chunk_blocks", (1, 3, 16)) if engine == "claims" else ("chunk_years", (1, 777, 9_999))
    for size in sizes[1]:
        assert np.array_equal(drawn_from(record, form, **{sizes[0]: size}), kept), size

    def backwards(function, parts):
        drawn = [function(part) for part in reversed(list(parts))]
        return drawn[::-1]

    mixed = drawn_from(record, form, **{sizes[0]: sizes[1][1], "mapper": backwards})
    assert np.array_equal(mixed, kept)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("engine", ENGINES)
def test_one_and_two_threads(records, whole, engine, form):
    size = {"chunk_blocks": 1} if engine == "claims" else {"chunk_years": 100}
    for threads in (1, 2):
        with ThreadPoolExecutor(threads) as pool:
            drawn = drawn_from(records[engine, form], form, mapper=pool.map, **size)
        assert np.array_equal(drawn, whole[engine, form]), threads


def test_processes(places, whole):
    """Two new processes, which share nothing but the records."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for (engine, form), place in places.items():
            parts = list(pool.map(partial(part_of_a_run, place, form), parts_of(engine)))
            assert np.array_equal(np.concatenate(parts), whole[engine, form]), (engine, form)


@pytest.mark.parametrize("form", FORMS)
def test_any_year_alone_and_the_first_years(records, whole, form):
    for engine in ENGINES:
        record, kept = records[engine, form], whole[engine, form]
        for years in (2, 65, 130):
            assert np.array_equal(drawn_from(record, form, years=years), kept[:years])
    for year in (0, 63, 64, 200):
        block = year // BLOCK_YEARS
        alone = drawn_part(records["claims", form], form, range(block, block + 1))
        assert np.array_equal(alone[year % BLOCK_YEARS], whole["claims", form][year])
    tables = records["totals", form].tables
    for year in (0, 1, 5, 2_999):
        alone = draw_totals(tables, SEED, range(year, year + 1))
        assert np.array_equal(alone[0], whole["totals", form][year])


@pytest.mark.parametrize("form", FORMS)
def test_the_order_of_plans_moves_no_draw(inputs, form):
    order = [3, 1, 4, 0, 2]
    other = dataclasses.replace(inputs, plans=tuple(inputs.plans[place] for place in order))
    one, again = (simulate_years(pack, years=64, seed=4, form=form) for pack in (inputs, other))
    assert np.array_equal(one.paid_fen[:, order], again.paid_fen)
    assert np.array_equal(one.persons_paid, again.persons_paid)


def test_the_order_of_plans_moves_no_total(inputs):
    """Tables are sums over plans in another order: a fen at most, and the same ties."""
    order = [3, 1, 4, 0, 2]
    other = dataclasses.replace(inputs, plans=tuple(inputs.plans[place] for place in order))
    one, again = (simulate_totals(pack, years=2_000, seed=4) for pack in (inputs, other))
    assert np.max(np.abs(one[:, order] - again)) <= 1
    first, second = (totals_tables(pack).ties for pack in (inputs, other))
    assert np.max(np.abs(first[:, order][:, :, order] - second)) <= 1


def test_a_plan_beside_the_others_moves_no_draw(inputs):
    """A sixth plan, held by members of an old bundle."""
    sixth = dataclasses.replace(inputs.plan("P5"), code="P6", daily_yuan=50.0)
    rows = tuple(
        dataclasses.replace(row, plans=(*row.plans, "P6")) if row.plans == ("P3",) else row
        for row in inputs.rows
    )
    more = dataclasses.replace(inputs, plans=(*inputs.plans, sixth), rows=rows)
    before, after = (simulate_years(pack, years=64, seed=4) for pack in (inputs, more))
    assert np.array_equal(before.paid_fen, after.paid_fen[:, :5])
    before, after = (simulate_totals(pack, years=500, seed=4) for pack in (inputs, more))
    assert np.array_equal(before, after[:, :5])


# --- other processors -------------------------------------------------------------------------

NEW_NAMES = np.lib.NumpyVersion(np.__version__) >= "2.4.0"
NUMPY_PLAIN = "X86_V3 X86_V4" if NEW_NAMES else "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX"
PROCESSORS = {
    "NumPy without AVX2 and FMA": {"NPY_DISABLE_CPU_FEATURES": NUMPY_PLAIN},
    "C library without AVX2 and FMA": {
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA",
        "OPENBLAS_CORETYPE": "HASWELL",
    },
    "a processor of 2008": {
        "NPY_DISABLE_CPU_FEATURES": NUMPY_PLAIN,
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA",
        "OPENBLAS_CORETYPE": "NEHALEM",
        "OPENBLAS_NUM_THREADS": "1",
    },
}


def numbers_of(noun, path=""):
    """Every number in a run's result by its path."""
    if isinstance(noun, float | int):
        return {path: float(noun)}
    if dataclasses.is_dataclass(noun):
        entries = {one.name: getattr(noun, one.name) for one in dataclasses.fields(noun)}
        return numbers_of(entries, path)
    if hasattr(noun, "items"):
        parts = [numbers_of(one, f"{path}/{name}") for name, one in noun.items()]
        return {name: number for part in parts for name, number in part.items()}
    return {}


def everything_again(places):
    """Digests of what is drawn from the records, and the computed figures in both forms."""
    told = {}
    for name, place in places.items():
        engine, form = name.split(" ")
        record = open_record(Path(place))
        choices = {"chunk_blocks": 3} if engine == "claims" else {}
        told[name] = digest(drawn_from(record, form, **choices))
        told[f"exact {form}"] = numbers_of(exact_run(record.pack, form=form))
    return told


@pytest.fixture(scope="module")
def here(places):
    return everything_again({" ".join(kind): str(place) for kind, place in places.items()})


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc" or platform.machine() != "x86_64",
    reason="this C library takes no setting of processor features",
)
@pytest.mark.parametrize("processor", PROCESSORS)
def test_other_processors(places, whole, here, processor):
    named = {" ".join(kind): str(place) for kind, place in places.items()}
    code = (
        "import json, sys; from tests.test_bits import everything_again;"
        "print(json.dumps(everything_again(json.loads(sys.argv[1]))))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, json.dumps(named)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **PROCESSORS[processor]},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    for kind, numbers in whole.items():
        assert told[" ".join(kind)] == digest(numbers), kind
    for form in FORMS:
        known, found = here[f"exact {form}"], told[f"exact {form}"]
        assert known.keys() == found.keys() and len(known) > 100
        for name, number in known.items():
            if not name.endswith("/error"):
                least = AGREEMENT["yuan" if "yuan" in name else "share"]
                near = max(AGREEMENT["relative"] * abs(number), least)
                assert number != number or abs(found[name] - number) <= near, name


def test_the_comparison_of_bits_can_fail(whole):
    """One fen in one year is seen."""
    changed = whole["claims", "collective"].copy()
    changed[100, 0] += 1
    assert digest(changed) != digest(whole["claims", "collective"])


def test_a_record_states_how_near_figures_are(records):
    agreement = records["claims", "collective"].manifest["agreement"]
    assert agreement["integers"] == "bits"
    assert agreement["figures"] == AGREEMENT
    assert AGREEMENT["relative"] == 1e-9
