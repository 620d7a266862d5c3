"""Run records changed, forged, damaged, hostile: what is found, and how it is told."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import os
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.faults.records import altered, asked, check, edited_table
from workbench.cli import main
from workbench.engine.totals import REST_LANES
from workbench.guard import InputRefused
from workbench.record import keep, open_record, read_record, rerun
from workbench.record.arrays import ArrayFiles, npy_bytes, read_arrays, read_npy
from workbench.record.container import read_members
from workbench.record.differing import figure_differences, table_differences
from workbench.record.keeping import AGREEMENT
from workbench.record.nouns import as_json, from_json
from workbench.record.parts import column_names, part_years, parts_of
from workbench.show.records import outcome_document, outcome_report
from workbench.simulate import simulate_totals, simulate_years

SEAL = 71


@pytest.fixture(scope="module")
def claims(inputs):
    return keep(asked(inputs, "claims"), who="a reviewer")


@pytest.fixture(scope="module")
def totals(inputs):
    return keep(asked(inputs, "totals"), who="a reviewer")


@pytest.fixture(scope="module")
def exact(inputs):
    return keep(asked(inputs, "exact"), who="a reviewer")


def code_of(refused):
    return refused.value.faults[0].code


# --- changed, forged --------------------------------------------------------------------------


def test_a_changed_table_is_named_with_row_column_and_size(totals, capsys, tmp_path):
    entry = 5 * REST_LANES + 7
    forged = edited_table(totals, lambda tables: tables.plans[1].rest_fen, entry, 100_000)
    outcome = rerun(read_record(forged, "forged.wbrun"))
    assert not outcome.identical
    (told,) = [one for one in outcome.differences if one.part == "tables"]
    assert (told.name, told.row, told.column, told.number) == ("plans / P2 / rest_fen", 5, 7, 1)
    assert told.size == -100_000 and not told.near
    assert outcome.causes == ("changed",)
    check("rerun", outcome_document(outcome))
    place = tmp_path / "forged.wbrun"
    place.write_bytes(forged)
    for language, word in (("zh", "不一致"), ("en", "Different")):
        assert main(["rerun", str(place), "--lang", language]) == 3
        out = capsys.readouterr().out
        assert word in out and "plans / P2 / rest_fen" in out and "−100,000" in out


def test_a_forged_table_that_is_drawn_moves_the_results(claims):
    def amounts(tables):
        classes = (one for group in tables.groups for one in group.classes)
        return next(one for one in classes if one.amounts).amounts[0]

    whole = np.flatnonzero(amounts(read_record(claims).tables) > 0)
    forged = edited_table(claims, amounts, whole, 100)
    outcome = rerun(read_record(forged))
    first = outcome.differences[0]
    assert (first.part, first.name, first.row) == ("results", "paid_fen P1", 0)
    assert first.size > 0
    assert outcome.causes == ("changed",)


def test_small_changes_of_tables_are_told_from_rounding(totals):
    """One fen in one entry may be rounding; one fen in every entry is not."""
    one = edited_table(totals, lambda tables: tables.plans[0].rest_fen, 3, 1)
    found = rerun(read_record(one))
    (told,) = [entry for entry in found.differences if entry.part == "tables"]
    assert told.near
    every = edited_table(totals, lambda tables: tables.plans[0].rest_fen, slice(None), 1)
    found = rerun(read_record(every))
    assert not found.identical
    assert [entry.near for entry in found.differences if entry.part == "tables"] == [False]


def test_changed_inputs_choices_figures_and_results_are_found(totals):
    def premium(manifest, members):
        members["inputs.json"] = members["inputs.json"].replace(
            b'"premium_yuan":30.0', b'"premium_yuan":31.0'
        )

    def seed(manifest, members):
        manifest["choices"]["own"]["seed"] = 2

    def figure(manifest, members):
        told = json.loads(members["document.json"])
        told["total"]["loss_ratio"]["value"] += 1e-7
        members["document.json"] = json.dumps(told).encode()

    def sums(manifest, members):
        changed = read_npy(members["results/sums.npy"]).copy()
        changed[0, 2] += 1
        members["results/sums.npy"] = npy_bytes(changed)

    for change, parts in (
        (premium, {"figures", "inputs"}),
        (seed, {"results", "figures"}),
        (figure, {"figures"}),
        (sums, {"results"}),
    ):
        outcome = rerun(read_record(altered(totals, change)))
        assert not outcome.identical, change
        assert {one.part for one in outcome.differences} == parts, change
        assert outcome.causes == ("changed",)


def test_another_version_may_make_its_tables_in_another_way(totals):
    forged = edited_table(totals, lambda tables: tables.plans[4].rest_fen, 65_535, 1_000)

    def older(manifest, members):
        manifest["program"]["versions"]["workbench"] = "0.0.9"

    outcome = rerun(read_record(altered(forged, older)))
    assert outcome.causes == ("version",)
    assert outcome.identical
    assert "0.0.9" in outcome_report(outcome, (), "en")


def test_figures_agree_to_the_stated_digits():
    one = {"paid_yuan": {"value": 1e7, "error": 1.0}, "chance": {"value": 1e-3, "error": 0.0}}
    for path, apart, number in (
        (("paid_yuan", "value"), 0.0099, 0),
        (("paid_yuan", "value"), 0.02, 1),
        (("chance", "value"), 5e-10, 0),
        (("chance", "value"), 2e-9, 1),
    ):
        other = json.loads(json.dumps(one))
        other[path[0]][path[1]] += apart
        found, compared = figure_differences(one, other, AGREEMENT)
        assert (len(found), compared) == (number, 4), (path, apart)
    assert len(figure_differences(one, {**one, "new": None}, AGREEMENT)[0]) == 1


def test_a_record_cannot_widen_its_own_agreement(exact):
    def change(manifest, members):
        manifest["agreement"]["figures"] = {"relative": 1.0, "yuan": 1e9, "share": 1.0}
        told = json.loads(members["document.json"])
        told["total"]["paid_yuan"]["mean"]["value"] *= 1.01
        members["document.json"] = json.dumps(told).encode()

    raw = altered(exact, change)
    assert not rerun(read_record(raw)).identical


# --- damaged, hostile -------------------------------------------------------------------------


def test_every_flipped_bit_is_found(exact):
    raw = exact
    flips = np.random.default_rng(1).integers(0, len(raw) * 8, 150)
    for flip in [*flips, 0, len(raw) * 8 - 1]:
        broken = bytearray(raw)
        broken[flip // 8] ^= 1 << (flip % 8)
        with pytest.raises(InputRefused) as refused:
            read_record(bytes(broken), "year.wbrun")
        assert code_of(refused) in ("record-damaged", "record-broken")


def test_damage_is_named(claims):
    with zipfile.ZipFile(io.BytesIO(claims)) as archive:
        tables = [info for info in archive.infolist() if info.filename.startswith("tables/")]
        info = max(tables, key=lambda one: one.compress_size)
    broken = bytearray(claims)
    broken[info.header_offset + 80] ^= 4
    with pytest.raises(InputRefused) as refused:
        read_record(bytes(broken))
    assert refused.value.faults[0].parts["value"] == [info.filename]


@pytest.mark.parametrize("length", [0, 10, 1000, -SEAL, -1])
def test_a_record_that_was_cut_short(totals, length):
    with pytest.raises(InputRefused) as refused:
        read_record(totals[:length])
    assert code_of(refused) in ("record-not-one", "record-broken", "record-damaged")


def other_zip(**contents):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def test_other_files_are_refused(tmp_path):
    for raw in (b"", b"{}", b"PK\x03\x04", other_zip(a_dot_xml="x"), os.urandom(999)):
        with pytest.raises(InputRefused) as refused:
            read_record(raw)
        assert code_of(refused) in ("record-not-one", "record-broken")
    for place in (tmp_path, tmp_path / "none"):
        with pytest.raises(InputRefused) as refused:
            open_record(place)
        assert code_of(refused) == "record-missing"


def resealed(raw):
    body = raw[:-64]
    return body + hashlib.sha256(raw[:-SEAL]).hexdigest().encode()


def test_hostile_archives_are_refused(totals, monkeypatch):
    """Names that lead elsewhere, members twice, bombs: told, and nothing is unpacked."""
    outside = other_zip(**{"manifest_dot_json": "{}", "_dot__dot___etc__x_dot_json": "x"})
    with pytest.raises(InputRefused) as refused:
        read_record(outside)
    assert code_of(refused) == "record-damaged"
    monkeypatch.setattr("workbench.record.container.MOST_UNPACKED", 1_000_000)
    with pytest.raises(InputRefused) as refused:
        read_record(totals)
    assert code_of(refused) == "record-too-large"
    monkeypatch.setattr("workbench.record.keeping.MOST_BYTES", 1_000)
    with pytest.raises(InputRefused) as refused:
        read_record(totals)
    assert code_of(refused) == "record-too-large"


def test_a_run_too_large_to_read_again_is_not_kept(inputs, monkeypatch):
    answer = asked(inputs, "exact")
    monkeypatch.setattr("workbench.record.container.MOST_BYTES", 1_000)
    with pytest.raises(InputRefused) as refused:
        keep(answer)
    assert code_of(refused) == "record-too-large"


def test_a_newer_format_is_told(totals):
    raw = totals.replace(b"workbench.record/1", b"workbench.record/2")
    assert raw == totals  # compressed: the version stands inside the manifest

    def stored(version):
        manifest, members = read_members(totals, "x")
        manifest["format"] = version
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("manifest.json", json.dumps(manifest))
            for name, content in members.items():
                archive.writestr(name, content)
            archive.comment = b"sha256:" + b" " * 64
        return resealed(out.getvalue())

    assert rerun(read_record(stored("workbench.record/1"))).identical
    for version, code in (("workbench.record/2", "newer"), ("another/1", "not-one")):
        with pytest.raises(InputRefused) as refused:
            read_record(stored(version))
        assert code_of(refused) == f"record-{code}"


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest, members: manifest.update(question="none"),
        lambda manifest, members: manifest.update(choices=[]),
        lambda manifest, members: manifest["choices"].update(set={"a": [1]}),
        lambda manifest, members: members.pop("inputs.json"),
        lambda manifest, members: members.update({"inputs.json": b"[" * 100_000}),
        lambda manifest, members: members.update({"inputs.json": b'{"noun": "Path"}'}),
        lambda manifest, members: members.update({"tables.json": b"{}"}),
        lambda manifest, members: members.update({"tables/000001d.npy": b"\x93NUMPY\x01\x00"}),
        lambda manifest, members: members.update({"results/sums.npy": npy_bytes(np.zeros(3))}),
        lambda manifest, members: members.update(
            {"inputs.json": members["inputs.json"].replace(b'"women":', b'"women":-1', 1)}
        ),
        lambda manifest, members: members.update(
            {"inputs.json": members["inputs.json"].replace(b'"first_stay_share":0', b'"x":0', 1)}
        ),
    ],
)
def test_content_that_does_not_fit_is_told(totals, change):
    with pytest.raises(InputRefused) as refused:
        read_record(altered(totals, change), "year.wbrun")
    assert code_of(refused) == "record-content"


@pytest.mark.parametrize(
    ("own", "value"), [("engine", "exact"), ("engine", "claims"), ("years", 10**12), ("seed", -1)]
)
def test_choices_that_do_not_fit_the_tables_are_told(totals, own, value):
    def change(manifest, members):
        manifest["choices"]["own"][own] = value

    with pytest.raises(InputRefused) as refused:
        rerun(read_record(altered(totals, change)))
    assert code_of(refused) == "record-content"


def test_tables_that_point_nowhere_are_told(claims):
    for old, new in ((b'"medical":0', b'"medical":77'), (b'"stays":1', b'"stays":100000000')):

        def change(manifest, members, old=old, new=new):
            assert old in members["tables.json"]
            members["tables.json"] = members["tables.json"].replace(old, new, 1)

        with pytest.raises(InputRefused) as refused:
            read_record(altered(claims, change))
        assert code_of(refused) == "record-content"


def test_no_pickle_and_no_false_size_is_read():
    for array in (np.array([{}], dtype=object), np.array(["text"])):
        out = io.BytesIO()
        np.save(out, array)
        with pytest.raises(ValueError, match="npy"):
            read_npy(out.getvalue())
    content = npy_bytes(np.arange(4))
    with pytest.raises(ValueError, match="npy"):
        read_npy(content.replace(b"(4,)", b"(9,)"))
    with pytest.raises(ValueError, match="npy"):
        read_npy(content[:-1])


# --- the parts of a record --------------------------------------------------------------------

WHOLE = st.integers(-(2**63), 2**63 - 1)


@given(st.lists(WHOLE, min_size=1, max_size=20), st.sampled_from(["<i8", "<u8", "<f8", ">i8"]))
def test_arrays_come_back_exactly(values, kind):
    array = np.resize(np.array(values, dtype="<i8").view("<u8"), 300).view("<i8")
    array = array.astype(kind) if kind == ">i8" else array.view(kind)
    files = ArrayFiles()
    name = files.add(array)
    assert files.add(array.copy()) == name
    back = read_arrays(files.contents)[name]
    assert back.dtype == np.dtype(kind).newbyteorder("<")
    assert [back.tobytes()] == [np.ascontiguousarray(array, dtype=back.dtype).tobytes()]
    assert back.shape == array.shape
    assert not back.flags.writeable


def test_nouns_come_back_exactly(inputs):
    told = json.loads(json.dumps(as_json(inputs), allow_nan=False))
    back = from_json(told)
    assert as_json(back) == as_json(inputs)
    assert back.plans == inputs.plans and back.rows == inputs.rows
    assert list(back.assumptions) == list(inputs.assumptions)
    assert from_json(as_json((float("inf"), 0.1, 2**64 - 1))) == (float("inf"), 0.1, 2**64 - 1)


def test_parts_name_the_first_years_that_differ(inputs):
    fen = simulate_totals(inputs, years=1_000, seed=1)
    one = parts_of([fen])
    assert (one.years, one.sums.shape) == (64, (16, 5))
    assert np.array_equal(one.sums.sum(axis=0), fen.sum(axis=0))
    assert part_years(10_000_000) % 64 == 0 and 10_000_000 / part_years(10_000_000) <= 4096
    names = column_names(inputs.plan_codes, 11)
    assert names[0] == "paid_fen P1" and names[-2:] == ["beneficiaries P5", "persons_paid"]
    drawn = simulate_years(inputs, years=64, seed=1)
    parts = parts_of([drawn.paid_fen, drawn.beneficiaries, drawn.persons_paid])
    assert parts.sums.shape == (1, 11)


def test_tables_of_another_make_differ_by_structure(inputs, claims, totals):
    one, other = read_record(claims).tables, read_record(totals).tables
    assert table_differences(one, other)
    fewer = dataclasses.replace(one, groups=one.groups[1:])
    assert [entry.name for entry in table_differences(one, fewer)] == ["groups"]
    assert table_differences(one, one) == []
