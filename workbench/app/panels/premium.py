"""What each plan should charge: tier, technical premium, and what eight principles require.

Floor 10.
"""

from __future__ import annotations

from html import escape

from workbench.app.markup import details_html, figure, flowing, paragraph, plan_cell, table_html
from workbench.app.panels.parts import (
    Buttons,
    LaterPanel,
    Tools,
    answered,
    card,
    headed,
    region,
    save_table,
)
from workbench.app.seen import LESS, Seen
from workbench.show.numbers import number
from workbench.show.reports import price_sentences

__all__ = ["PremiumPanel"]

USUAL = ("standard_deviation", "quantile", "tail_mean")
"""Principles beside the technical premium; all of them stand under More."""


def _price_table(seen: Seen) -> str:
    """Tier, technical premium, and the usual principles, plan by plan."""
    say, yuan = seen.say, seen.say("unit.yuan")
    keys = ("premium_yuan", "technical_premium_yuan", "premium_margin_yuan")
    heads = [
        (say("head.plan"), False),
        *((say(f"head.{key}"), True) for key in keys),
        *((say(f"head.required_{one}_yuan"), True) for one in USUAL),
    ]
    rows = []
    for code in seen.pack.plan_codes:
        at = f"price/plans/{code}"
        places = [f"{at}/premium_yuan", f"{at}/technical_premium_yuan"]
        places += [LESS.join(places), *(f"{at}/required/{one}/premium_yuan" for one in USUAL)]
        cells = [figure(seen, place, "price") for place in places]
        rows.append([plan_cell(seen, code), *cells])
    caption = say("head.with_unit", label=say("page.price_caption"), unit=yuan)
    return table_html(heads, rows, caption=caption)


def _principles_table(seen: Seen) -> str:
    """Every principle with what it does, and what it requires of each plan."""
    say, plans = seen.say, seen.documents["price"]["plans"]
    heads = [
        (say("page.principle"), False),
        (say("page.principle_number"), True),
        *((seen.plan(code), True) for code in plans),
    ]
    rows = []
    for one in plans[seen.pack.plan_codes[0]]["required"]:
        parameters = [part["required"][one]["parameter"] for part in plans.values()]
        told = say("page.list_join").join(number(each) for each in dict.fromkeys(parameters))
        named = (
            f"{escape(say(f'head.required_{one}_yuan'))}"
            f'<span class="wb-remark">{escape(say(f"page.principle_{one}"))}</span>'
        )
        places = (f"price/plans/{code}/required/{one}/premium_yuan" for code in plans)
        rows.append([named, escape(told), *(figure(seen, place, "price") for place in places)])
    return f'<div class="wb-principles">{table_html(heads, rows)}</div>'


class PremiumPanel(LaterPanel):
    """The premium table; all principles under More."""

    def __init__(self, tools: Tools) -> None:
        self.told = region()
        self._seen: Seen | None = None
        self._buttons = Buttons(
            tools, {"page.save_csv": lambda: save_table(tools, self._seen, "price", "price")}
        )
        self.widget = card(self.told, self._buttons.widget)

    def show(self, seen: Seen) -> None:
        """Show the answers."""
        self._seen = seen
        say = seen.say
        told = price_sentences(seen.answer("price"), seen.language, changed=not seen.unchanged)
        lead = flowing({f"price_{at}": line for at, line in enumerate(told)}, seen.language)
        more = details_html("principles", say("page.principles_all"), _principles_table(seen))
        self.told.value = answered(
            seen,
            headed(say("page.premium_title"), f'<div class="wb-sentence wb-two">{lead}</div>')
            + _price_table(seen)
            + f'<div class="wb-note">{paragraph(escape(say("page.premium_note")))}</div>{more}',
        )
        self._buttons.show(seen.language)
