"""Counties: level by credibility, who would fail alone, what pooling is worth.

Floor 10. It answers the sliders of the scheme; counties and history are marked where they are not
the agency's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from workbench.app.markup import details_html, figure, table_html
from workbench.app.panels.reserve_history import HistoryPanel
from workbench.app.seen import OVER, Seen
from workbench.show.charts import ChartSpec
from workbench.show.charts.rows import row_height
from workbench.show.claim_histories import counties_sentences
from workbench.show.history_pictures import counties_picture
from workbench.show.numbers import percent

__all__ = ["CountiesPanel"]

COLUMNS = (
    ("share_of_members", "county_share", "percent"),
    ("county_level/value", "county_level", "ratio"),
    ("county_level/error", "county_level_error", "ratio"),
    ("credibility", "county_factor", "percent"),
    ("deficit_probability", "county_deficit", "probability"),
    ("deficit_probability_level_uncertain", "county_deficit_level", "probability"),
    ("expected_shortfall_yuan", "county_shortfall", "yuan"),
)
"""Key of the document, words of the column, kind."""

USUAL = 12
"""Counties that room is kept for while none are known."""


def _synthetic(seen: Seen) -> bool:
    return any("synthetic" in one.provenance for one in seen.pack.counties)


class CountiesPanel(HistoryPanel):
    """Choice of the figure, sentences, dots, worth of pooling, every county."""

    title, note = "page.reserves_counties_title", "page.reserves_counties_note"
    height, room = row_height(USUAL), 290
    choices = (("page.reserves_county_level", "level"), ("page.reserves_county_deficit", "deficit"))

    @property
    def name(self) -> str:
        """The name of the question whose answer is shown."""
        return "counties"

    @property
    def drawn(self) -> str:
        """What the picture draws."""
        return self._view.county

    def _chosen(self, value: str) -> None:
        self._view.county = value
        self._changed()

    def options(self, seen: Seen) -> list[tuple[str, str]]:
        """Return level, and possibility of a deficit alone."""
        return [(seen.say(key), one) for key, one in self.choices]

    def marks(self, seen: Seen) -> tuple[str, ...]:
        """Return the keys of the marks: the history, and counties that are synthetic."""
        synthetic = ("page.reserves_synthetic",) if _synthetic(seen) else ()
        return (*super().marks(seen), *synthetic)

    def notes(self, seen: Seen) -> tuple[str, ...]:
        """Return the keys of the lines under the title."""
        synthetic = ("page.reserves_counties_synthetic",) if _synthetic(seen) else ()
        return (*super().notes(seen), *synthetic)

    def draw(self, seen: Seen) -> ChartSpec:
        """Return levels with intervals, or possibilities of a deficit."""
        document = seen.documents[self.name]
        return counties_picture(document, language=seen.language, figure=self.drawn)

    def sentences(self, seen: Seen) -> Sequence[str]:
        """Return who would fail alone, how the pool stands, what pooling is worth."""
        return counties_sentences(seen.answer(self.name), seen.language, changed=False)

    def table(self, seen: Seen) -> str:
        """Return what pooling is worth, and every county by itself."""
        every = details_html("counties-all", seen.say("page.reserves_counties_all"), _every(seen))
        return self._worth(seen) + every

    def _worth(self, seen: Seen) -> str:
        say, name, unit = seen.say, self.name, seen.say("unit.money")
        heads = [(say("head.county_confidence"), False)]
        for key in ("county_together", "county_saved", "county_saved_share"):
            heads.append((say(f"head.{key}"), True))
        rows = []
        for level in seen.documents[name]["pooling_saves_yuan"]:
            saved = f"{name}/pooling_saves_yuan/{level}"
            share = OVER.join((saved, f"{name}/pool/contribution_yuan"))
            together = figure(seen, f"{name}/pool/claims_at_yuan/{level}", "money")
            cells = [together, figure(seen, saved, "money"), figure(seen, share, "percent")]
            rows.append([escape(percent(float(level), seen.language, 1)), *cells])
        caption = say("head.with_unit", label=say("table.counties_pooling"), unit=unit)
        return table_html(heads, rows, caption=caption)


def _every(seen: Seen) -> str:
    """Each county: share, level with error, credibility, deficit alone, expected shortfall."""
    say, yuan, document = seen.say, seen.say("unit.yuan"), seen.documents["counties"]
    heads = [(say("head.county"), False)]
    for _, key, kind in COLUMNS:
        label = say(f"head.{key}")
        heads.append(
            (say("head.with_unit", label=label, unit=yuan) if kind == "yuan" else label, True)
        )
    rows = []
    for code, one in document["counties"].items():
        at = f"counties/counties/{code}"
        cells = [figure(seen, f"{at}/{key}", kind) for key, _, kind in COLUMNS]
        rows.append([escape(one[f"name_{seen.language}"]), *cells])
    cells = [figure(seen, f"counties/pool/{key}", kind) for key, _, kind in COLUMNS]
    rows.append([escape(say("word.pool")), *cells])
    return table_html(heads, rows, total=True)
