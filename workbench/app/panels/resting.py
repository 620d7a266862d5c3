"""A panel whose figures come when the reader rests: who stays, what moves a figure most.

Floor 10. It says how far it is where it takes more than a second, and may be stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets

from workbench.app.chart import Chart
from workbench.app.desk import Desk
from workbench.app.markup import details_html, figure, paragraph, table_html
from workbench.app.panels.choices import Choice
from workbench.app.panels.commands import command_row
from workbench.app.panels.parts import LaterPanel, Tools, card, headed, region, show_picture
from workbench.app.panels.slot import progress_html
from workbench.app.seen import Seen, name_of, question_of
from workbench.names import allowed_name
from workbench.show.charts import ChartSpec
from workbench.show.numbers import number
from workbench.show.premium_pictures import band_picture
from workbench.show.risk_pictures import tornado_picture

__all__ = ["BandPanel", "RestingPanel", "TornadoPanel"]

BAND_ROWS = (
    ("enrolments", "count"),
    ("cost_per_enrolment_yuan", "price"),
    ("loss_ratio", "percent"),
    ("expected_surplus_yuan", "money"),
    ("deficit_probability", "probability"),
)


class RestingPanel(LaterPanel):
    """Choice, picture, figures, and how far it is; a subclass says what is asked and shown.

    `view` is what its page looks at.
    """

    title = ""
    choices: tuple[tuple[str, str], ...] = ()
    """Words and values of what the picture may draw."""

    def __init__(self, desk: Desk, tools: Tools, view: Any, changed: Callable[[], None]) -> None:
        self._desk, self._view, self._changed = desk, view, changed
        self._chart, self._head, self.told = Chart(height=340), region(), region()
        self._choice = Choice(tools, self._chosen)
        self._bar = region("wb-progress")
        self._stop, self._again = ipywidgets.Button(), ipywidgets.Button()
        self._stop.on_click(tools.guarded(lambda _: self._stopped()))
        self._again.on_click(tools.guarded(lambda _: self._asked()))
        self._slot = ipywidgets.HBox([self._stop, self._again, self._bar])
        self._slot.add_class("wb-slot").add_class("wb-rest")
        self.widget = card(self._head, self._choice.widget, self._chart, self._slot, self.told)
        self._settle()

    @property
    def name(self) -> str:
        """The name of the question whose answer is shown."""
        raise NotImplementedError

    @property
    def drawn(self) -> str:
        """What the picture draws."""
        raise NotImplementedError

    def draw(self, seen: Seen) -> ChartSpec:
        """Return the picture."""
        raise NotImplementedError

    def table(self, seen: Seen) -> str:
        """Return the figures of the picture."""
        raise NotImplementedError

    def _chosen(self, value: str) -> None:
        raise NotImplementedError

    def _stopped(self) -> None:
        self._desk.stop_later()
        self._settle(stopped=True)

    def _asked(self) -> None:
        self._settle()
        self._desk.look_again()

    def _settle(self, *, stopped: bool = False) -> None:
        """Nothing is under way, or it was stopped."""
        self._bar.value = ""
        self._stop.disabled, self._again.disabled = True, not stopped

    def progress(self, done: int, whole: int) -> None:
        """Say how far it is."""
        self._bar.value = progress_html(done, whole, self._desk.language)
        self._stop.disabled = False

    def wait(self, seen: Seen) -> None:
        """Put title, choice and buttons into the language."""
        say = seen.say
        self._head.value = headed(say(self.title))
        options = [(say(key), value) for key, value in self.choices]
        self._choice.offer(options, self.drawn, tip=say(self.title))
        self._stop.description, self._again.description = say("page.stop"), say("page.ask_again")
        self._settle()

    def show(self, seen: Seen) -> None:
        """Show picture and figures."""
        self._settle()
        show_picture(self._chart, self.draw(seen))
        command = details_html(
            question_of(self.name), seen.say("page.command_of_these"), command_row(seen, self.name)
        )
        table = details_html(
            f"{question_of(self.name)}-table", seen.say("page.year_table"), self.table(seen)
        )
        self.told.value = f'<div data-rest-rev="{seen.asked.revision}">{table}{command}</div>'

    def refuse(self, seen: Seen, reason: str) -> None:
        """Say why there is no answer with these settings."""
        self._settle()
        told = paragraph(escape(reason), "panel_refused")
        self.told.value = f'<div data-rest-rev="{seen.asked.revision}">{told}</div>'


class BandPanel(RestingPanel):
    """Who stays at each premium of the chosen plan, as a band."""

    title = "page.band_title"
    choices = (
        ("page.band_enrolments", "enrolments"),
        ("page.band_surplus", "expected_surplus_yuan"),
    )

    @property
    def name(self) -> str:
        """The name of the question whose answer is shown."""
        return name_of("participation", {"plan": self._view.plan})

    @property
    def drawn(self) -> str:
        """What the picture draws."""
        return self._view.band

    def _chosen(self, value: str) -> None:
        self._view.band = value
        self._changed()

    def draw(self, seen: Seen) -> ChartSpec:
        """Return the picture."""
        return band_picture(
            seen.documents[self.name],
            seen.pack,
            language=seen.language,
            plan=self._view.plan,
            figure=self._view.band,
        )

    def table(self, seen: Seen) -> str:
        """Return today, nobody reacting, and the band at the tier that is asked about."""
        say, at = seen.say, f"{self.name}/plans/{self._view.plan}"
        cases = ("today", "nobody", "low", "central", "high")
        heads = [(say("head.figure"), False), *((say(f"word.case_{one}"), True) for one in cases)]
        rows = []
        for key, kind in BAND_ROWS:
            places = [f"{at}/today/{key}", f"{at}/nobody_reacts/{key}"]
            places += [f"{at}/new/{key}/{end}" for end in ("low", "central", "high")]
            label = say(f"head.{key}")
            if kind in ("money", "price"):
                unit = say("unit.money" if kind == "money" else "unit.yuan")
                label = say("head.with_unit", label=label, unit=unit)
            rows.append([escape(label), *(figure(seen, place, kind) for place in places)])
        return table_html(heads, rows)


class TornadoPanel(RestingPanel):
    """What moves the loss ratio or the deficit of the chosen plan most."""

    title = "page.tornado_title"
    choices = (("head.loss_ratio", "loss_ratio"), ("head.deficit_probability", "deficit"))

    @property
    def name(self) -> str:
        """The name of the question whose answer is shown."""
        return name_of("sensitivity", {"figure": self._view.moved, "of": self._view.plan})

    @property
    def drawn(self) -> str:
        """What the picture draws."""
        return self._view.moved

    def _chosen(self, value: str) -> None:
        self._view.moved = value
        self._changed()

    def draw(self, seen: Seen) -> ChartSpec:
        """Return the picture."""
        return tornado_picture(seen.documents[self.name], seen.pack, language=seen.language)

    def table(self, seen: Seen) -> str:
        """Return the figure at both ends of every range that moves it."""
        say = seen.say
        kind = "probability" if self._view.moved == "deficit" else "percent"
        keys = ("range_low", "range_high", "figure_at_low", "figure_at_high")
        heads = [
            (say("page.head_assumption"), False),
            *((say(f"head.{key}"), True) for key in keys),
        ]
        rows = []
        for place, bar in enumerate(seen.documents[self.name]["tornado"]["bars"]):
            if abs(bar["swing"]["value"]) <= (bar["swing"]["error"] or 0.0):
                continue  # it moves nothing
            entry = allowed_name(seen.pack, bar["name"])
            meaning = bar["name"] if entry is None else say(entry.meaning)
            at = f"{self.name}/tornado/bars/{place}"
            ends = (escape(number(bar[end], 4)) for end in ("low", "high"))
            cells = (figure(seen, f"{at}/{end}", kind) for end in ("at_low", "at_high"))
            rows.append([escape(meaning), *ends, *cells])
        return table_html(heads, rows)
