"""A choice among a few values: a row of buttons or a list that opens; and what a page looks at.

Floor 10.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets

from workbench.app.panels.parts import Tools
from workbench.guard import refuse
from workbench.inputs import Inputs
from workbench.textfile import shown

__all__ = ["Choice", "View"]


@dataclass(slots=True, kw_only=True)
class View:
    """What the page Premium tiers looks at: a plan, a rule by its code, and what a panel draws.

    `moved` is the figure of the tornado, `band` that of the band, `by` what members are told apart
    by. None of it changes a setting.
    """

    plan: str = ""
    rule: str = ""
    moved: str = "loss_ratio"
    band: str = "enrolments"
    by: str = "age"

    def query(self) -> dict[str, str]:
        """Return plan and rule as a part of an address."""
        found = {"plan": self.plan, "rule": self.rule}
        return {name: value for name, value in found.items() if value}

    def look_at(self, pack: Inputs, query: Mapping[str, object]) -> None:
        """Look at the plan and the rule of an address.

        Raises
        ------
        InputRefused
            `unknown-choice` for a plan or rule that the pack does not have.
        """
        known = {"plan": pack.plan_codes, "rule": tuple(one.code for one in pack.rules)}
        for name, allowed in known.items():
            value = str(query.get(name) or "")
            if value and value not in allowed:
                raise refuse("unknown-choice", name=name, value=shown(value), allowed=allowed)
            setattr(self, name, value or getattr(self, name))


class Choice:
    """A widget that reports only what the reader chose among the values on offer."""

    def __init__(self, tools: Tools, chosen: Callable[[Any], None], *, opens: bool = False) -> None:
        self.widget: Any = ipywidgets.Dropdown() if opens else ipywidgets.ToggleButtons()
        self.widget.observe(tools.guarded(self._picked), "value")
        self._chosen, self._placing = chosen, False
        self._values: list[Any] = []

    @property
    def value(self) -> Any:
        """The value chosen."""
        return self.widget.value

    def offer(self, options: Sequence[tuple[str, Any]], value: Any, *, tip: str = "") -> None:
        """Offer values by name; new options would choose the first by themselves."""
        self._values = [one for _, one in options]
        self._placing = True
        try:
            if tuple(self.widget.options) != tuple(options):
                self.widget.options = tuple(options)
            self.widget.value = value
            self.widget.tooltip = tip
        finally:
            self._placing = False

    def _picked(self, change: dict) -> None:
        if not self._placing and change["new"] in self._values:
            self._chosen(change["new"])
