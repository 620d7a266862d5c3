"""The pictures that a cell of a notebook shows, one call each, for an answer to a question.

Floor 10; `workbench.app.cells` hands them on. The figures of a picture stand in the tables of the
same answer: `cells.view(answer, lang)`.
"""

from __future__ import annotations

import ipywidgets as widgets

from workbench.app.chart import Chart
from workbench.questions import Answer, document
from workbench.show.charts import ChartSpec
from workbench.show.choice_pictures import equal_cost_picture, frontier_picture
from workbench.show.fund_pictures import fund_picture
from workbench.show.history_pictures import counties_picture, runoff_picture
from workbench.show.premium_pictures import (
    band_picture,
    fairness_picture,
    tier_grid_picture,
    waterfall_picture,
)
from workbench.show.risk_pictures import scenario_picture, tornado_picture, triangle_picture

__all__ = [
    "band",
    "box",
    "counties",
    "equal_cost",
    "fairness",
    "frontier",
    "fund",
    "page",
    "picture",
    "runoff",
    "scenarios",
    "tier_grid",
    "tornado",
    "triangle",
    "waterfall",
]


def box(style: str, children: list[widgets.Widget]) -> widgets.Widget:
    """Return widgets one below the other under a style of the house."""
    return widgets.VBox(children).add_class(style)


def page(children: list[widgets.Widget]) -> widgets.Widget:
    """Return what one cell shows, in the look of the pages."""
    return box("wb-page", children).add_class("wb-cell")


def picture(spec: ChartSpec, height: int | None = None) -> widgets.Widget:
    """Return a picture in a card; `height` in pixels, by default as it was made for."""
    return page([box("wb-card", [Chart(spec, height=height or spec.height)])])


def waterfall(answer: Answer, lang: str, plan: str = "P3") -> widgets.Widget:
    """Show what a plan's technical premium is made of, for an answer to `price`."""
    pack = answer.asked.inputs
    return picture(waterfall_picture(document(answer), pack, language=lang, plan=plan))


def tier_grid(
    answer: Answer, lang: str, rule: str = "", process: Answer | None = None
) -> widgets.Widget:
    """Show every plan's tiers and the scheme, for an answer to `tiers`.

    `rule` is the code of a rule, the first by default; `process` the answer with yearly fluctuation
    alone, drawn thin, where `answer` has uncertain parameters in it.
    """
    beside = None if process is None else document(process)
    pack = answer.asked.inputs
    spec = tier_grid_picture(document(answer), pack, language=lang, rule=rule, process=beside)
    return picture(spec)


def fairness(answer: Answer, lang: str, plan: str = "P3") -> widgets.Widget:
    """Show each group's expected benefit beside what all pay, for an answer to `fairness`."""
    pack = answer.asked.inputs
    return picture(fairness_picture(document(answer), pack, language=lang, plan=plan))


def band(answer: Answer, lang: str, plan: str = "P3", figure: str = "enrolments") -> widgets.Widget:
    """Show who stays at each premium, for an answer to `participation`.

    `figure` is "enrolments" or "expected_surplus_yuan".
    """
    pack = answer.asked.inputs
    spec = band_picture(document(answer), pack, language=lang, plan=plan, figure=figure)
    return picture(spec)


def equal_cost(answer: Answer, lang: str) -> widgets.Widget:
    """Show which values of two terms cost the same, for an answer to `design` with two terms."""
    return picture(equal_cost_picture(document(answer), answer.asked.inputs, language=lang))


def frontier(answer: Answer, lang: str) -> widgets.Widget:
    """Show what safety costs a year, for an answer to `optimise`."""
    return picture(frontier_picture(document(answer), answer.asked.inputs, language=lang))


def tornado(answer: Answer, lang: str) -> widgets.Widget:
    """Show what moves a figure most, for an answer to `sensitivity` of kind "tornado"."""
    return picture(tornado_picture(document(answer), answer.asked.inputs, language=lang))


def scenarios(answer: Answer, lang: str, figure: str = "surplus", of: str = "") -> widgets.Widget:
    """Show the named scenarios side by side, for an answer to `sensitivity` of that kind.

    `figure` is "surplus" or "loss_ratio"; `of` a plan's code, "" for the scheme.
    """
    pack = answer.asked.inputs
    spec = scenario_picture(document(answer), pack, language=lang, figure=figure, of=of)
    return picture(spec)


def fund(answer: Answer, lang: str, today: Answer | None = None) -> widgets.Widget:
    """Show the fund over the years as a fan, for an answer to `fund`; `today` behind it."""
    beside = None if today is None else document(today)
    return picture(fund_picture(document(answer), language=lang, today=beside))


def triangle(answer: Answer, lang: str) -> widgets.Widget:
    """Show the link ratios of a triangle as a heat map, for an answer to `triangle`."""
    return picture(triangle_picture(answer, lang))


def runoff(answer: Answer, lang: str, plan: str = "") -> widgets.Widget:
    """Show why a past reserve was off, for an answer to `runoff`; `plan` a code, "" for all."""
    pack = answer.asked.inputs
    return picture(runoff_picture(document(answer), pack, language=lang, plan=plan))


def counties(answer: Answer, lang: str, figure: str = "level") -> widgets.Widget:
    """Show the counties' levels with intervals, for an answer to `counties`.

    `figure` "deficit" shows the possibility of a deficit of each alone.
    """
    return picture(counties_picture(document(answer), language=lang, figure=figure))
