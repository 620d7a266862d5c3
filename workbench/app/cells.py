"""All that a cell of a notebook calls besides the public names: one import, one call a cell.

Floor 10. Works in JupyterLab and on a page; a table is a `Card`, a picture the house's chart. How a
notebook begins::

    import workbench as wb
    from workbench.app import cells
    lang = cells.language()              # or "zh", "en"
    pack = cells.pack_in_use()           # or wb.read_pack("folder")
    cells.opening(pack, lang)
"""

from __future__ import annotations

import os
from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets as widgets

from workbench.app.browser import PageBridge
from workbench.app.cells_pictures import (
    band,
    box,
    counties,
    equal_cost,
    fairness,
    frontier,
    fund,
    page,
    picture,
    runoff,
    scenarios,
    tier_grid,
    tornado,
    triangle,
    waterfall,
)
from workbench.app.chart import Chart
from workbench.app.practice import edit, practice_folder
from workbench.changes import Changes
from workbench.guard import WorkbenchError
from workbench.inputs import Inputs
from workbench.pack import differences, read_pack
from workbench.questions import Answer, Choices, ask, command
from workbench.show.comparing import same_draws
from workbench.show.language import language
from workbench.show.notebook import (
    DATA_VARIABLE,
    Card,
    agreement,
    check,
    compared,
    pack_in_use,
    refusal,
    say,
    size_of,
    view,
)
from workbench.show.pack_tables import (
    age_table,
    assumption_table,
    bundle_table,
    plan_table,
    term_table,
)
from workbench.show.pictures import hundred_picture, tier_picture, year_picture
from workbench.show.sentences import basis_sentence
from workbench.show.words import plan_name, words

__all__ = [
    "Card",
    "age_table",
    "agreement",
    "assumption_table",
    "band",
    "bundle_table",
    "check",
    "compared",
    "counties",
    "edit",
    "equal_cost",
    "fairness",
    "frontier",
    "fund",
    "hundred",
    "language",
    "opening",
    "pack_in_use",
    "plan_table",
    "practice_folder",
    "premium_slider",
    "runoff",
    "same_draws",
    "say",
    "scenarios",
    "term_table",
    "tier_grid",
    "tornado",
    "triangle",
    "view",
    "waterfall",
    "year",
]

YEAR_HEIGHT, HUNDRED_HEIGHT, TIER_HEIGHT = 320, 330, 424


def opening(pack: Inputs, lang: str) -> widgets.Widget:
    """Show which data and language the notebook uses; brings the style of the house.

    From here on a refusal shows its message in place of a traceback.
    """
    _quiet_refusals(lang)
    told, other = words(lang), words("en" if lang == "zh" else "zh")
    found = len(differences(pack, read_pack()))
    lines = (
        size_of(pack, lang),
        told("cli.pack_differs", count=found).rstrip("：:") if found else told("cli.pack_same"),
    )
    card = Card(
        language=lang,
        sentences=(basis_sentence(lang, differences=found),),
        notes=(" ".join(lines), other("notebook.switch")),
    )
    bridge = PageBridge(lang=lang, title=told("app.title"))
    return page([bridge, widgets.HTML(card.inner_html())])


def year(answer: Answer, lang: str, plan: str = "") -> widgets.Widget:
    """Show the law of the year's benefits of the scheme or of one plan, for an answer to `run`."""
    return picture(year_picture(answer, lang, plan), YEAR_HEIGHT)


def hundred(answer: Answer, lang: str) -> widgets.Widget:
    """Show where each 100 yuan of contributions go, for an answer to `price`."""
    return picture(hundred_picture(answer, lang), HUNDRED_HEIGHT)


def premium_slider(pack: Inputs, lang: str, plan: str = "P3") -> widgets.Widget:
    """Show what each premium from 25 to 95 yuan leads to, with a slider and a choice of the plan.

    All tiers are computed once; a move of the slider looks them up.
    """
    answer, told = ask("tiers", pack=pack), words(lang)
    plan = plan if plan in pack.plan_codes else pack.plan_codes[0]
    names = [(plan_name(one, lang), one.code) for one in pack.plans]
    which = widgets.ToggleButtons(options=names, value=plan)
    premium = widgets.IntSlider(_in_force(answer, plan), 25, 95, readout=False)
    number = widgets.BoundedIntText(premium.value, 25, 95)
    widgets.link((premium, "value"), (number, "value"))
    chart, note = Chart(height=TIER_HEIGHT), widgets.HTML()

    def show(change: Any = None) -> None:
        chart.show(tier_picture(answer, lang, which.value, float(premium.value)))
        note.value = _tier_command(pack, which.value, premium.value, lang)

    def other_plan(change: Any) -> None:
        premium.value = _in_force(answer, which.value)
        show()

    which.observe(other_plan, "value")
    premium.observe(show, "value")
    show()
    return page([box("wb-card", [which, _knob(premium, number, told), chart, note])])


def _in_force(answer: Answer, plan: str) -> int:
    return round(answer.result.tiers[plan].in_force_yuan)


def _knob(slider: widgets.Widget, number: widgets.Widget, told: Callable[..., str]) -> Any:
    label = told("head.with_unit", label=told("head.premium_yuan"), unit=told("unit.yuan"))
    slider.tooltip = number.tooltip = label
    head = box("wb-knob-head", [widgets.HTML(escape(label)), number])
    return box("wb-knob", [head, slider])


def _tier_command(pack: Inputs, plan: str, premium: int, lang: str) -> str:
    """Return the command that gives the figures of the whole scheme at this premium."""
    today = pack.plan(plan).premium_yuan == premium
    changes = Changes({} if today else {f"plans.{plan}.premium_yuan": premium})
    asked = command("run", Choices(changes=changes), data=os.environ.get(DATA_VARIABLE))
    return Card(language=lang, commands=(asked,)).lines_html()


def _quiet_refusals(lang: str) -> None:
    """Let a refusal in a later cell show its message alone."""
    from IPython import get_ipython
    from IPython.display import display

    shell = get_ipython()
    if shell is None:
        return

    def tell(shell: Any, kind: type, error: WorkbenchError, trace: Any, **more: Any) -> None:
        display(refusal(error, lang))

    shell.set_custom_exc((WorkbenchError,), tell)
