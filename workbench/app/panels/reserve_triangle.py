"""The triangle: methods side by side on a simulated history, and its link ratios as a heat map.

Floor 10.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from workbench.app.markup import details_html, figure, plan_cell, table_html
from workbench.app.panels.reserve_history import HistoryPanel
from workbench.app.seen import Seen
from workbench.show.charts import ChartSpec
from workbench.show.risk_pictures import triangle_picture
from workbench.show.triangles import triangle_sentences

__all__ = ["TrianglePanel"]

PARTS = (
    ("unpaid_yuan", "triangle_reserve", "money"),
    ("reported_yuan", "triangle_reported", "money"),
    ("unreported_yuan", "triangle_unreported", "money"),
    ("handling_yuan", "triangle_handling", "money"),
    ("open_claims", "triangle_open_claims", "count"),
)
"""What unpaid claims are made of: key of the document, words of the column, kind."""


class TrianglePanel(HistoryPanel):
    """Choice of plans, sentences, methods, what is unpaid, heat map."""

    title, note = "page.reserves_triangle_title", "page.reserves_triangle_note"
    height, room = 525, 609

    @property
    def name(self) -> str:
        """The name of the question whose answer is shown."""
        return self._view.triangle

    @property
    def drawn(self) -> str:
        """Which plans the triangle is made of."""
        return self._view.plan

    def _chosen(self, value: str) -> None:
        self._view.plan = value
        self._changed()

    def draw(self, seen: Seen) -> ChartSpec:
        """Return the heat map."""
        return triangle_picture(seen.answer(self.name), seen.language)

    def sentences(self, seen: Seen) -> Sequence[str]:
        """Return what the default method says, and how far the methods are apart."""
        return triangle_sentences(seen.answer(self.name), seen.language, changed=False)

    def table(self, seen: Seen) -> str:
        """Return what each method says in total, the truth of the simulation first; the parts."""
        say, name = seen.say, self.name
        document, unit = seen.documents[name], seen.say("unit.money")
        heads = [(say("head.method"), False)]
        for key in ("triangle_reserve", "triangle_error", "triangle_one_year_error"):
            heads.append((say("head.with_unit", label=say(f"head.{key}"), unit=unit), True))
        rows = [[escape(say("word.truth")), figure(seen, f"{name}/truth", "money"), "—", "—"]]
        for key in document["methods"]:
            at = f"{name}/methods/{key}/total"
            cells = [
                figure(seen, f"{at}/{one}", "money")
                for one in ("reserve", "standard_error", "one_year_standard_error")
            ]
            rows.append([escape(say(f"method.{key}")), *cells])
        return table_html(heads, rows, caption=say("page.reserves_methods")) + self._parts(seen)

    def _parts(self, seen: Seen) -> str:
        """What is reported and not paid, what is not reported, what handling costs, by plan."""
        say, name = seen.say, self.name
        parts = seen.documents[name]["parts"]
        if not parts:
            return ""
        heads = [(say("head.plan"), False), *((say(f"head.{head}"), True) for _, head, _ in PARTS)]
        rows = []
        for place, one in enumerate(parts):
            cells = [figure(seen, f"{name}/parts/{place}/{key}", kind) for key, _, kind in PARTS]
            rows.append([plan_cell(seen, one["plan"]), *cells])
        caption = say("page.reserves_parts_table", unit=say("unit.money"))
        table = table_html(heads, rows, caption=caption, total=len(parts) > 1)
        return details_html("parts", say("table.triangle_parts"), table)
