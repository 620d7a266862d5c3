"""Settings kept side by side: save, name, open again, remove; a table with today's scheme.

Floor 10. A name is the reader's own text and is escaped wherever it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import ipywidgets

from workbench.app.markup import figure, paragraph, table_html
from workbench.app.panels.parts import Tools, card, region
from workbench.app.saved import MOST, Kept
from workbench.app.seen import LESS, TODAY_PREFIX, Seen, kept_prefix
from workbench.show.sentences import tightest
from workbench.show.words import words

__all__ = ["KeptActions", "KeptPanel"]

_ROWS = (
    ("contribution_yuan", "run/total/contribution_yuan", "money"),
    ("paid_yuan", "run/total/paid_yuan/mean", "money"),
    ("bad_year", "run/total/paid_yuan/quantile/0.95", "money"),
    ("expected_surplus_yuan", "run/total/expected_surplus_yuan", "money"),
    ("hundred_benefits", "price/total/per_hundred/benefits", "hundred"),
)
"""Word of the row, place of the figure, its format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptActions:
    """What the page does: `keep(name)`, `rename(place, name)`, `open(place)`, `remove(place)`."""

    keep: Callable[[str], None]
    rename: Callable[[int, str], None]
    open: Callable[[int], None]
    remove: Callable[[int], None]


class _Slot:
    """Name box and buttons of one place."""

    def __init__(self, place: int, tools: Tools, actions: KeptActions) -> None:
        self.place, self._actions, self._placing = place, actions, False
        self.name = ipywidgets.Text(continuous_update=False)
        self.name.observe(tools.guarded(self._named), "value")
        self.open, self.remove = ipywidgets.Button(), ipywidgets.Button()
        self.open.on_click(tools.guarded(lambda _: actions.open(place)))
        self.remove.on_click(tools.guarded(lambda _: actions.remove(place)))
        self.widget = ipywidgets.HBox([self.name, self.open, self.remove])
        self.widget.add_class("wb-slot")

    def _named(self, change: dict) -> None:
        if not self._placing:
            self._actions.rename(self.place, change["new"])

    def show(self, kept: Sequence[Kept], language: str) -> None:
        say, there = words(language), self.place < len(kept)
        self.widget.layout.display = "" if there else "none"
        self.name.tooltip = say("page.kept_name", place=self.place + 1)
        self.open.description, self.remove.description = say("page.kept_open"), say("page.kept_off")
        self._placing = True
        try:
            self.name.value = kept[self.place].name if there else ""
        finally:
            self._placing = False


def _cell(seen: Seen, prefix: str, place: str, kind: str) -> str:
    """A figure, and in small type what it is above today's."""
    own = f"{prefix}{place}"
    shown = figure(seen, own, kind)
    if prefix == TODAY_PREFIX:
        return shown
    less = figure(seen, f"{own}{LESS}{TODAY_PREFIX}{place}", kind, sign=True)
    return f'{shown}<small class="wb-remark">{less}</small>'


def _tight(seen: Seen, prefix: str, code: str) -> str:
    chance = figure(seen, f"{prefix}run/plans/{code}/deficit_probability", "probability")
    return f'{chance}<small class="wb-remark">{escape(seen.plan(code))}</small>'


def kept_table(seen: Seen, kept: Sequence[Kept]) -> str:
    """Return today and the kept settings side by side."""
    say, columns = seen.say, {TODAY_PREFIX: seen.today}
    columns |= {kept_prefix(at): one for at, one in enumerate(seen.kept, start=1)}
    units = {"money": say("unit.money"), "hundred": say("unit.yuan")}
    rows = []
    for key, place, kind in _ROWS:
        label = say("head.with_unit", label=say(f"page.row_{key}"), unit=units[kind])
        rows.append([escape(label), *(_cell(seen, prefix, place, kind) for prefix in columns)])
    tight = [
        _tight(seen, prefix, tightest(one.answers["run"].result.result.plans))
        for prefix, one in columns.items()
    ]
    rows.append([escape(say("page.row_tightest")), *tight])
    heads = [(say("page.kept_head"), False), (say("page.today"), True)]
    return table_html([*heads, *((one.name, True) for one in kept)], rows)


def _commands(seen: Seen, kept: Sequence[Kept]) -> str:
    """What each of the kept settings asks, as a command."""
    lines = [
        f'<p class="wb-small">{escape(one.name)}：<code class="wb-inline" data-kept="{at}">'
        f"{escape(seen.command_of('run', one.settings))}</code></p>"
        for at, one in enumerate(kept, start=1)
    ]
    return f'<div class="wb-note">{"".join(lines)}</div>'


class KeptPanel:
    """Keep settings, and compare them."""

    def __init__(self, tools: Tools, actions: KeptActions) -> None:
        self._actions = actions
        self._title, self._table = region(), region()
        self._name = ipywidgets.Text(continuous_update=True)
        self._keep = ipywidgets.Button()
        self._keep.on_click(tools.guarded(lambda _: self._kept()))
        self._slots = [_Slot(place, tools, actions) for place in range(MOST)]
        new = ipywidgets.HBox([self._name, self._keep]).add_class("wb-slot")
        self.widget = card(self._title, new, *(one.widget for one in self._slots), self._table)

    def _kept(self) -> None:
        name, self._name.value = self._name.value, ""
        self._actions.keep(name)

    def show(self, seen: Seen, kept: Sequence[Kept]) -> None:
        """Show the list and, where it has an entry, the table."""
        say = seen.say
        self._title.value = (
            f'<h2 class="wb-section">{escape(say("page.kept_title"))}</h2>'
            f'<div class="wb-note">{paragraph(escape(say("page.kept_note", most=MOST)))}</div>'
        )
        self._name.placeholder = say("page.kept_new", place=len(kept) + 1)
        self._name.tooltip = say("page.kept_new_tip")
        self._keep.description = say("page.kept_save")
        self._keep.disabled = len(kept) >= MOST
        for slot in self._slots:
            slot.show(kept, seen.language)
        self._table.value = kept_table(seen, kept) + _commands(seen, kept) if kept else ""
