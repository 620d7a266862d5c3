"""Where each plan's 100 yuan go.

Floor 10.
"""

from __future__ import annotations

from workbench.app.chart import Chart
from workbench.app.panels.parts import (
    Buttons,
    Tools,
    card,
    chart_labels,
    save_picture,
    save_table,
)
from workbench.app.seen import Seen
from workbench.questions import Span
from workbench.show.charts import PlanShares, hundred_yuan_chart
from workbench.show.numbers import plain, yuan

__all__ = ["HundredPanel", "hundred_rows"]

_PARTS = ("benefits", "expenses", "surplus")


def hundred_rows(seen: Seen) -> list[PlanShares]:
    """Return the rows of the picture: the plans, then the scheme."""
    places = [(code, f"plans/{code}") for code in seen.pack.plan_codes]
    return [_row(seen, code, place) for code, place in [*places, ("total", "total")]]


def _row(seen: Seen, code: str, place: str) -> PlanShares:
    at = f"price/{place}"
    split = seen.figure(f"{at}/loss_ratio_range")
    benefits, expenses, surplus = (seen.value(f"{at}/per_hundred/{part}") for part in _PARTS)
    return PlanShares(
        plan=code,
        name=seen.say("word.total") if code == "total" else seen.plan(code),
        benefits=benefits,
        expenses=expenses,
        surplus=surplus,
        benefits_range=(split.low * 100.0, split.high * 100.0) if isinstance(split, Span) else None,
    )


def _labels(seen: Seen, rows: list[PlanShares]) -> dict[str, str]:
    say = seen.say
    plans = sorted(rows[:-1], key=lambda row: row.benefits)
    least, most = plans[0], plans[-1]
    named = say(
        "chart.hundred_title",
        least=least.name,
        least_yuan=plain(least.benefits, 0),
        most=most.name,
        most_yuan=plain(most.benefits, 0),
    )
    told = "".join(
        say(
            "chart.hundred_alt_row",
            plan=row.name,
            **{part: yuan(getattr(row, part), 1) for part in _PARTS},
        )
        for row in rows
    )
    return chart_labels(
        seen,
        "hundred",
        (*_PARTS, "range", "subtitle"),
        unit=say("unit.yuan"),
        title=named,
        alt=say("chart.hundred_alt", title=named, rows=told),
    )


class HundredPanel:
    """Bars of each plan's 100 yuan."""

    def __init__(self, tools: Tools) -> None:
        self._chart = Chart(height=330)
        self._seen: Seen | None = None
        self._buttons = Buttons(
            tools,
            {
                "page.save_picture": lambda: save_picture(self._chart, self._seen),
                "page.save_csv": lambda: save_table(tools, self._seen, "price", "hundred"),
            },
        )
        self.widget = card(self._chart, self._buttons.widget)

    def show(self, seen: Seen) -> None:
        """Draw the answers."""
        self._seen = seen
        rows = hundred_rows(seen)
        self._chart.show(hundred_yuan_chart(rows, _labels(seen, rows)))
        self._buttons.show(seen.language)
