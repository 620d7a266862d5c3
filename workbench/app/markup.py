"""HTML of the page: figures that name their place, tables, changed words. Every text is escaped.

Floor 10, no widget here. A figure carries `data-figure` (its place in the JSON documents, see
`workbench.app.seen`), `data-kind` (its format) and, in a comparison, `data-signed`; the tests read
them and compare with the command that the page shows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from html import escape

from workbench.app.seen import LESS, TODAY_PREFIX, Seen, figure_text
from workbench.show.numbers import signed

__all__ = [
    "clauses",
    "compared",
    "details_html",
    "figure",
    "flowing",
    "marked",
    "paragraph",
    "plan_cell",
    "table_html",
]

_SHORT_UNITS = {
    "money": "page.short_money",
    "hundred": "page.short_hundred",
    "yuan": "page.short_hundred",
    "points": "page.points",
}
_TOKENS = re.compile(r"[A-Za-z]+|[\d.,−%]+|\s+|.", re.DOTALL)


def figure(seen: Seen, place: str, kind: str, *, sign: bool = False) -> str:
    """Return a figure without its unit."""
    text = seen.text(place, kind)
    mark = ' data-signed="1"' if sign else ""
    shown = escape(signed(text) if sign else text)
    return f'<span data-figure="{escape(place)}" data-kind="{kind}"{mark}>{shown}</span>'


def compared(seen: Seen, place: str, kind: str) -> str:
    """Return what a figure is above or below today's: 较现行 +1.2 个百分点."""
    less = f"{place}{LESS}{TODAY_PREFIX}{place}"
    shown_kind = "points" if kind in ("percent", "probability") else kind
    text = figure_text(seen.figure(less), shown_kind, seen.language)
    if seen.unchanged or not re.search("[1-9]", text):
        return escape(seen.say("page.same"))
    unit = seen.say(_SHORT_UNITS[shown_kind])
    shown = figure(seen, less, shown_kind, sign=True)
    return seen.say("page.compared", figure=shown, unit=escape(unit))


def marked(text: str, before: str) -> str:
    """Return a text with the part that differs from `before` marked; nothing where all is new."""
    if not before or text == before:
        return escape(text)
    new, old = _TOKENS.findall(text), _TOKENS.findall(before)
    parts = []
    for kind, _, _, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        piece = escape("".join(new[start:end]))
        parts.append(piece if kind == "equal" or not piece.strip() else f"<mark>{piece}</mark>")
    return "".join(parts)


def clauses(content: str) -> str:
    """Return a Chinese sentence whose lines break between its clauses, where they fit a line."""
    parts = re.split("(?<=[，；])", content)
    if len(parts) == 1 or any(part.count("<mark>") != part.count("</mark>") for part in parts):
        return content
    return "".join(f'<span class="wb-clause">{part}</span>' for part in parts)


def paragraph(text: str, name: str = "", style: str = "") -> str:
    """Return a sentence as a paragraph; `name` is what the tests call it."""
    named = f' data-sentence="{name}"' if name else ""
    styled = f' class="{style}"' if style else ""
    return f"<p{named}{styled}>{text}</p>"


def plan_cell(seen: Seen, code: str) -> str:
    """Return the name of a plan behind a square of its colour."""
    name = seen.say("word.total") if not code else seen.plan(code)
    colour = code if re.fullmatch("P[1-5]", code) else "total"
    return f'<span class="plan" style="color:var(--wb-{colour})"></span>{escape(name)}'


def flowing(told: Mapping[str, str], language: str) -> str:
    """Return sentences by name as one paragraph; between English ones stands a space."""
    space = " " if language == "en" else ""
    parts = (f'<span data-sentence="{n}">{escape(text)}</span>' for n, text in told.items())
    return f"<p>{space.join(parts)}</p>"


Head = tuple[str, bool]
"""The words over a column (plain text), and whether its cells are numbers."""


def table_html(
    heads: Sequence[Head], rows: Sequence[Sequence[str]], *, caption: str = "", total: bool = False
) -> str:
    """Return a table; the cells are HTML, the first of a row its head.

    `total` says that the last row is a sum and stands apart.
    """
    style = [' class="number"' if numeric else "" for _, numeric in heads]
    top = "".join(
        f'<th scope="col"{one}>{escape(text)}</th>'
        for (text, _), one in zip(heads, style, strict=True)
    )
    body = []
    for place, row in enumerate(rows, start=1):
        cells = "".join(
            f"<td{one}>{cell}</td>" for cell, one in zip(row[1:], style[1:], strict=True)
        )
        last = ' class="total"' if total and place == len(rows) else ""
        body.append(f'<tr{last}><th scope="row">{row[0]}</th>{cells}</tr>')
    named = f"<caption>{escape(caption)}</caption>" if caption else ""
    return (
        f'<div class="wb-table" tabindex="0"><table>{named}<thead><tr>{top}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def details_html(name: str, summary: str, content: str) -> str:
    """Return a part that is opened by a click; the browser keeps it open when figures change."""
    return f'<details data-wb-keep="{name}"><summary>{escape(summary)}</summary>{content}</details>'
