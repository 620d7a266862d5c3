"""Three persons: what each contributes, is paid, and when; today beside it where it differs.

Floor 10.
"""

from __future__ import annotations

from html import escape

from workbench.app.markup import compared, figure, paragraph
from workbench.app.panels.parts import Buttons, Tools, card, region, save_table
from workbench.app.seen import Seen
from workbench.questions.persons import PERSONS

__all__ = ["PersonsPanel"]


def _plan_line(seen: Seen, person: str, code: str) -> str:
    """What one plan pays, and when."""
    at = f"persons/persons/{person}/plans/{code}"
    return seen.say(
        "page.person_plan",
        plan=escape(seen.plan(code)),
        paid=figure(seen, f"{at}/paid_yuan", "yuan"),
        half=figure(seen, f"{at}/days_half", "count"),
        most=figure(seen, f"{at}/days_most", "count"),
    )


def _card(seen: Seen, person: str) -> str:
    say, at = seen.say, f"persons/persons/{person}"
    found = seen.documents["persons"]["persons"][person]
    lines = "".join(f"<li>{_plan_line(seen, person, code)}</li>" for code in found["plans"])
    cost = ""
    if found["cost_yuan"] is not None:
        cost = say("page.person_cost", cost=figure(seen, f"{at}/cost_yuan", "yuan"))
    premium = say("page.person_premium", premium=figure(seen, f"{at}/premium_yuan", "number"))
    return (
        f'<div class="wb-figure wb-person"><p class="wb-figure-label">'
        f"{escape(say(f'person.{person}'))}</p>"
        f'<p class="wb-figure-value">{figure(seen, f"{at}/paid_yuan", "yuan")}'
        f"<small>{escape(say('unit.yuan'))}</small></p>"
        f'<p class="wb-figure-note">{compared(seen, f"{at}/paid_yuan", "yuan")}</p>'
        f"<ul>{lines}</ul>"
        f'<p class="wb-figure-note wb-small">{premium}{cost}</p></div>'
    )


class PersonsPanel:
    """Three cards."""

    def __init__(self, tools: Tools) -> None:
        self._region = region()
        self._seen: Seen | None = None
        self._buttons = Buttons(
            tools, {"page.save_csv": lambda: save_table(tools, self._seen, "persons", "persons")}
        )
        self.widget = card(self._region, self._buttons.widget)

    def show(self, seen: Seen) -> None:
        """Show the answers."""
        self._seen = seen
        cards = "".join(_card(seen, one.code) for one in PERSONS)
        note = paragraph(escape(seen.say("page.persons_note")))
        self._region.value = (
            f'<h2 class="wb-section">{escape(seen.say("page.persons_title"))}</h2>'
            f'<div class="wb-persons">{cards}</div><div class="wb-note">{note}</div>'
        )
        self._buttons.show(seen.language)
