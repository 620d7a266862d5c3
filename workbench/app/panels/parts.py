"""What panels are built of: a region of HTML, a row of buttons, names of files to save.

Floor 10.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import ipywidgets

from workbench.app.chart import Chart
from workbench.app.markup import paragraph
from workbench.app.seen import Seen
from workbench.questions import Table, tables
from workbench.show.charts import ChartSpec
from workbench.show.tables import csv_text, title
from workbench.show.words import words

__all__ = [
    "BOM",
    "Buttons",
    "LaterPanel",
    "Tools",
    "answered",
    "card",
    "chart_labels",
    "file_name",
    "headed",
    "region",
    "save_picture",
    "save_table",
    "show_picture",
    "table_named",
]

BOM = "\ufeff"
"""Without it Excel takes UTF-8 for another code."""

_BAD_IN_NAMES = re.compile(r'[\\/:*?"<>|\s]+')


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What a panel may do in the browser: `save(name, content, media type, pictures)`.

    `guarded` wraps a call-back, so that a fault is told to the reader and never sent as it is.
    """

    save: Callable[..., None]
    guarded: Callable[[Callable[..., None]], Callable[..., None]]


def region(*styles: str) -> ipywidgets.HTML:
    """Return an empty region of HTML with classes."""
    made = ipywidgets.HTML()
    for style in styles:
        made.add_class(style)
    return made


def card(*children: ipywidgets.Widget, style: str = "wb-card") -> ipywidgets.VBox:
    """Return a box with a class."""
    box = ipywidgets.VBox(list(children))
    box.add_class(style)
    return box


class Buttons:
    """A row of buttons under a picture or a table; labels are words of the catalogue."""

    def __init__(self, tools: Tools, actions: Mapping[str, Callable[[], None]]) -> None:
        self._buttons = {}
        for key, action in actions.items():
            button = ipywidgets.Button()
            button.on_click(tools.guarded(lambda _, action=action: action()))
            self._buttons[key] = button
        self.widget = ipywidgets.HBox(list(self._buttons.values()))
        self.widget.add_class("wb-foot")

    def show(self, language: str) -> None:
        """Put the labels into a language."""
        for key, button in self._buttons.items():
            button.description = words(language)(key)

    def explain(self, key: str, text: str) -> None:
        """Say on hover what a button does."""
        self._buttons[key].tooltip = text

    def allow(self, allowed: bool) -> None:
        """Let the buttons be pressed, or not for now."""
        for button in self._buttons.values():
            button.disabled = not allowed


def headed(title: str, content: str = "") -> str:
    """Return the title of a card, and what stands under it as HTML."""
    return f'<h2 class="wb-section">{escape(title)}</h2>{content}'


def show_picture(chart: Chart, spec: ChartSpec) -> None:
    """Draw a picture at the height that it is made for."""
    with chart.hold_sync():
        chart.height = spec.height
        chart.show(spec)


class LaterPanel:
    """A panel whose figures come after the head; a subclass has `widget`, `told` and `show`."""

    widget: ipywidgets.Widget
    told: ipywidgets.HTML

    def show(self, seen: Seen) -> None:
        """Show the answers."""
        raise NotImplementedError

    def wait(self, seen: Seen) -> None:
        """Put what does not hang on the answers into the language."""

    def refuse(self, seen: Seen, reason: str) -> None:
        """Say why there is no answer with these settings."""
        told = paragraph(escape(reason), "panel_refused")
        self.told.value = answered(seen, told)

    def stale(self, is_stale: bool) -> None:
        """Grey the figures while newer ones are on their way."""
        (self.widget.add_class if is_stale else self.widget.remove_class)("wb-stale")


def answered(seen: Seen, content: str) -> str:
    """Return content that says to which answer it belongs."""
    return f'<div data-answer-rev="{seen.asked.revision}">{content}</div>'


def file_name(text: str, ending: str) -> str:
    """Return a title as the name of a file."""
    return _BAD_IN_NAMES.sub(" ", text).strip()[:60] + ending


def table_named(seen: Seen, question: str, name: str) -> Table:
    """Return a table of an answer by its name."""
    return next(one for one in tables(seen.answer(question)) if one.name == name)


def save_table(tools: Tools, seen: Seen | None, question: str, name: str) -> None:
    """Hand a table to the reader as CSV with all digits."""
    if seen is None:
        return
    table = table_named(seen, question, name)
    content = BOM + csv_text(table, seen.language)
    tools.save(file_name(title(table, seen.language), ".csv"), content, "text/csv")


def save_picture(chart: Chart, seen: Seen | None) -> None:
    """Hand a picture to the reader as PNG; its title is the file's name."""
    if seen is not None:
        named = str(chart.option.get("title", {}).get("text", "")) or seen.say("app.title")
        chart.download(file_name(named, ".png"))


def chart_labels(seen: Seen, chart: str, names: Sequence[str], **more: Any) -> dict[str, str]:
    """Return the words of a chart by name: keys `chart.CHART_NAME`, and what is already made."""
    return {**{name: seen.say(f"chart.{chart}_{name}") for name in names}, **more}
