"""The run-off test: what was held a year ago against what happened, and why they differ.

Floor 10.
"""

from __future__ import annotations

from collections.abc import Sequence

from workbench.app.markup import details_html, figure, plan_cell, table_html
from workbench.app.panels.reserve_history import HistoryPanel
from workbench.app.seen import Seen
from workbench.show.charts import ChartSpec
from workbench.show.charts.rows import row_height
from workbench.show.claim_histories import runoff_sentences
from workbench.show.history_pictures import runoff_picture

__all__ = ["RunoffPanel"]

Columns = tuple[tuple[str, str, str], ...]

COLUMNS: Columns = (
    ("held_yuan", "runoff_held", "yuan"),
    ("paid_since_yuan", "runoff_paid", "yuan"),
    ("still_held_yuan", "runoff_left", "yuan"),
    ("difference_yuan", "runoff_difference", "price"),
    ("causes_yuan/numbers", "runoff_numbers", "price"),
    ("causes_yuan/delay", "runoff_delay", "price"),
    ("causes_yuan/cost", "runoff_cost", "price"),
)
"""Key of the document, words of the column, kind: the causes to the fen, so that they add up."""

CLAIMS: Columns = (
    ("claims_held", "runoff_claims_held", "count"),
    ("claims_found", "runoff_claims_found", "count"),
    ("held_error_yuan", "runoff_error", "yuan"),
)
BARS = 4


class RunoffPanel(HistoryPanel):
    """Choice of a plan, sentences, waterfall, every plan with its causes."""

    title, note = "page.reserves_runoff_title", "page.reserves_runoff_note"
    height, room = row_height(BARS), 470

    @property
    def name(self) -> str:
        """The name of the question whose answer is shown."""
        return "runoff"

    @property
    def drawn(self) -> str:
        """Which plan the picture draws, "" for all."""
        return self._view.past

    def _chosen(self, value: str) -> None:
        self._view.past = value
        self._changed()

    def draw(self, seen: Seen) -> ChartSpec:
        """Return the causes of the difference."""
        document = seen.documents[self.name]
        return runoff_picture(document, seen.pack, language=seen.language, plan=self.drawn)

    def sentences(self, seen: Seen) -> Sequence[str]:
        """Return what was held and found, the causes, and the truth of the simulation."""
        return runoff_sentences(seen.answer(self.name), seen.language, changed=False)

    def table(self, seen: Seen) -> str:
        """Return held, paid, still unpaid, the difference and its causes by plan; the numbers."""
        say, past = seen.say, seen.documents[self.name]["past_date"]
        caption = say("page.reserves_runoff_table", unit=say("unit.yuan"), date=past)
        counted = self._rows_of(seen, CLAIMS)
        folded = details_html("runoff-claims", say("page.reserves_runoff_claims"), counted)
        return self._rows_of(seen, COLUMNS, caption) + folded

    def _rows_of(self, seen: Seen, columns: Columns, caption: str = "") -> str:
        """A row a plan, the total last; yuan are told in the head where no caption tells them."""
        say, unit = seen.say, seen.say("unit.yuan")
        heads = [(say("head.plan"), False)]
        for _, key, kind in columns:
            label = say(f"head.{key}")
            if kind == "yuan" and not caption:
                label = say("head.with_unit", label=label, unit=unit)
            heads.append((label, True))
        rows = []
        for code in (*seen.documents[self.name]["plans"], ""):
            at = f"{self.name}/plans/{code}" if code else f"{self.name}/total"
            cells = [figure(seen, f"{at}/{key}", kind) for key, _, kind in columns]
            rows.append([plan_cell(seen, code), *cells])
        return table_html(heads, rows, caption=caption, total=True)
