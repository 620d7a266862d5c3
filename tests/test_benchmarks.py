"""The benchmarks still run; nothing here is timed."""

import json

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.engine import LINES
from benchmarks.measure import Line, table
from benchmarks.yardstick import CLAIMS, SLIDERS, plain_years, scheme


def test_it_runs_and_keeps_what_it_measured(tmp_path, capsys):
    kept = tmp_path / "results.json"
    kept.write_text('{"default": {"lines": []}}', encoding="utf-8")
    main(["engine", "--small", "--json", str(kept)])
    told = capsys.readouterr().out
    document = json.loads(kept.read_text(encoding="utf-8"))
    lines = document["engine"]["lines"]
    assert len(lines) >= len(LINES) and document["default"] == {"lines": []}
    for line in lines:
        assert line["what"] in told and np.isfinite(line["value"])
    assert all(document["engine"]["machine"].values())
    (exact,) = [line for line in lines if "99.5" in line["what"]]
    assert exact["met"]


def test_the_loop_draws_the_same_scheme():
    drawn, figures = plain_years(250, 3), scheme().figures()
    for column, law in zip(drawn.T, figures.plans.values(), strict=True):
        assert abs(column.mean() - law.mean.value) < 4.0 * law.sd.value / 250**0.5
    assert CLAIMS == 13_537.0


@pytest.mark.parametrize("name", list(SLIDERS))
def test_a_slider_moves_the_figures(name):
    base = scheme()
    assert SLIDERS[name](base, 0.0).figures().total.mean.value == pytest.approx(
        base.figures().total.mean.value, rel=1e-12
    )
    moved = SLIDERS[name](base, 0.1).figures().total.mean.value
    assert abs(moved / base.figures().total.mean.value - 1.0) > 1e-3


def test_a_missed_figure_is_marked():
    line = Line(what="x", value=2.0, unit="times", asked=3.0)
    assert line.met is False and "not met" in table([line])
    assert Line(what="x", value=2.0, unit="MB", asked=3.0, more=False).met


def test_sliders_and_the_national_scheme_run(tmp_path):
    kept = tmp_path / "results.json"
    main(["sliders", "national", "--small", "--json", str(kept)])
    document = json.loads(kept.read_text(encoding="utf-8"))
    assert len(document["sliders"]["lines"]) == 10 and len(document["national"]["lines"]) == 3
    for part in document.values():
        assert all(line["value"] > 0.0 for line in part["lines"])
