"""The triangle: methods side by side on a simulated history, and its link ratios as a heat map.

Floor 10. It comes when the reader rests. Every line says that the history is simulated.
"""

from __future__ import annotations

from html import escape

from workbench.app.markup import details_html, figure, paragraph, table_html
from workbench.app.panels.commands import command_row
from workbench.app.panels.parts import headed, show_picture
from workbench.app.panels.resting import RestingPanel
from workbench.app.seen import Seen
from workbench.show.charts import ChartSpec
from workbench.show.risk_pictures import triangle_picture
from workbench.show.triangles import triangle_sentences

__all__ = ["TrianglePanel"]


class TrianglePanel(RestingPanel):
    """Choice of plans, sentences, methods, heat map."""

    title = "page.reserves_triangle_title"

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

    def wait(self, seen: Seen) -> None:
        """Put title, choice and buttons into the language."""
        say = seen.say
        badge = f'<span class="wb-badge">{escape(say("page.reserves_simulated"))}</span>'
        note = paragraph(badge + escape(say("page.reserves_triangle_note")), style="wb-quiet")
        self._head.value = headed(say(self.title), note)
        options = [(say("page.reserves_all_plans"), "")]
        options += [(seen.plan(code), code) for code in seen.pack.plan_codes]
        self._choice.offer(options, self.drawn, tip=say(self.title))
        self._stop.description, self._again.description = say("page.stop"), say("page.ask_again")
        self._settle()

    def show(self, seen: Seen) -> None:
        """Show sentences, methods and picture."""
        self._settle()
        show_picture(self._chart, self.draw(seen))
        lines = triangle_sentences(seen.answer(self.name), seen.language, changed=False)
        told = "".join(paragraph(escape(line), f"triangle_{n}") for n, line in enumerate(lines))
        row = command_row(seen, self.name)
        row = details_html("triangle", seen.say("page.command_of_these"), row)
        self.told.value = (
            f'<div data-rest-rev="{seen.asked.revision}"><div class="wb-sentence">{told}</div>'
            f"{self.table(seen)}{row}</div>"
        )

    def table(self, seen: Seen) -> str:
        """Return what each method says in total, the truth of the simulation first."""
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
        return table_html(heads, rows, caption=say("page.reserves_methods"))
