"""What each plan should charge: technical premium line by line, and what three principles require.

Floor 10.
"""

from __future__ import annotations

from html import escape

from workbench.app.markup import details_html, figure, flowing, paragraph, plan_cell, table_html
from workbench.app.panels.parts import Buttons, Tools, card, region, save_table
from workbench.app.seen import LESS, Seen
from workbench.show.numbers import number, percent
from workbench.show.reports import price_sentences

__all__ = ["PremiumPanel"]


def _price_table(seen: Seen) -> str:
    """Tier, technical premium, and the three principles, plan by plan."""
    say, yuan = seen.say, seen.say("unit.yuan")
    first = seen.pack.plan_codes[0]
    principles = list(seen.documents["price"]["plans"][first]["required"])
    keys = ("premium_yuan", "technical_premium_yuan", "premium_margin_yuan")
    heads = [
        (say("head.plan"), False),
        *((say(f"head.{key}"), True) for key in keys),
        *((say(f"head.required_{one}_yuan"), True) for one in principles),
    ]
    rows = []
    for code in seen.pack.plan_codes:
        at = f"price/plans/{code}"
        places = [f"{at}/premium_yuan", f"{at}/technical_premium_yuan"]
        places += [LESS.join(places), *(f"{at}/required/{one}/premium_yuan" for one in principles)]
        cells = [figure(seen, place, "price") for place in places]
        rows.append([plan_cell(seen, code), *cells])
    caption = say("head.with_unit", label=say("page.price_caption"), unit=yuan)
    return table_html(heads, rows, caption=caption)


def _lines_table(seen: Seen) -> str:
    """The lines of the technical premium, adding up to it."""
    plans = seen.documents["price"]["plans"]
    lines = {code: [line["code"] for line in one["lines"]] for code, one in plans.items()}
    rows = []
    for line in dict.fromkeys(line for codes in lines.values() for line in codes):
        cells = [
            figure(seen, f"price/plans/{code}/lines/{own.index(line)}/yuan", "price")
            if line in own
            else "—"
            for code, own in lines.items()
        ]
        rows.append([escape(seen.say(f"line.{line}")), *cells])
    total = [figure(seen, f"price/plans/{code}/technical_premium_yuan", "price") for code in plans]
    rows.append([escape(seen.say("line.technical")), *total])
    heads = [(seen.say("head.line"), False), *((seen.plan(code), True) for code in plans)]
    return table_html(heads, rows, total=True)


def _note(seen: Seen) -> str:
    """What the principles are, with the parameters of the answer."""
    first = seen.documents["price"]["plans"][seen.pack.plan_codes[0]]["required"]
    return seen.say(
        "page.premium_note",
        sd=number(first["standard_deviation"]["parameter"]),
        level=percent(first["quantile"]["parameter"], seen.language, 0),
    )


class PremiumPanel:
    """The premium table and its lines."""

    def __init__(self, tools: Tools) -> None:
        self._region = region()
        self._seen: Seen | None = None
        self._buttons = Buttons(
            tools,
            {
                "page.save_csv": lambda: save_table(tools, self._seen, "price", "price"),
                "page.save_lines": lambda: save_table(tools, self._seen, "price", "price_lines"),
            },
        )
        self.widget = card(self._region, self._buttons.widget)

    def show(self, seen: Seen) -> None:
        """Show the answers."""
        self._seen = seen
        say = seen.say
        told = price_sentences(seen.answer("price"), seen.language, changed=not seen.unchanged)
        lead = flowing({f"price_{at}": line for at, line in enumerate(told)}, seen.language)
        self._region.value = (
            f'<h2 class="wb-section">{escape(say("page.premium_title"))}</h2>'
            f'<div class="wb-sentence wb-two">{lead}</div>{_price_table(seen)}'
            f'<div class="wb-note">{paragraph(escape(_note(seen)))}</div>'
            f"{details_html('lines', say('table.price_lines'), _lines_table(seen))}"
        )
        self._buttons.show(seen.language)
