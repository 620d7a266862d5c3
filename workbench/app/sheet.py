"""The one-page sheet for a meeting: sentences, four figures, picture, table, command, run id.

Floor 10. One HTML file in light colours that asks for nothing outside; printed on A4 it is one
page. The browser puts the picture of the year in its place. Every text is escaped.
"""

from __future__ import annotations

import datetime
from html import escape

from workbench.app.markup import paragraph
from workbench.app.panels.answer import gap_kind, tightest_plan
from workbench.app.panels.change import change_sentences
from workbench.app.panels.leaving import leaving_sentences
from workbench.app.panels.sure import uncertain_sentences
from workbench.app.seen import OVER, Seen
from workbench.questions.surge import surge_of
from workbench.resources import read_builtin_text
from workbench.show.palette import css_variables
from workbench.show.persons import person_sentences
from workbench.show.sentences import (
    answer_sentence,
    bad_year_sentence,
    basis_sentence,
    income_sentence,
    surge_sentence,
    tightest_sentence,
)
from workbench.show.status import STATUS_SIGNS, status_of

__all__ = ["PICTURE", "sheet_html", "sheet_sentences"]

PICTURE = "year"
"""Name of the chart that stands on the sheet."""

MOST_SIGNS = {"zh": 500, "en": 1300}
"""Signs of the sentences above which they are set small, so that one page holds all."""

_STYLE = "voila/templates/workbench/static/sheet.css"


def sheet_sentences(seen: Seen) -> list[str]:
    """Return what the sheet says below the answer, as plain texts."""
    answer, language = seen.answer("run"), seen.language
    total, plans = answer.result.result.total, answer.result.result.plans
    tight, surge = tightest_plan(seen), surge_of(answer.asked)
    return [
        income_sentence(total, language, changed=not seen.unchanged),
        bad_year_sentence(total, language),
        *([surge_sentence(surge, language)] if surge else []),
        tightest_sentence(plans[tight], seen.plan(tight), language),
        *(uncertain_sentences(seen) or change_sentences(seen)).values(),
        *(leaving_sentences(seen) if "leaving" in seen.asked.answers else ()),
        *person_sentences(seen.answer("persons"), language, changed=not seen.unchanged),
    ]


def _figures(seen: Seen) -> str:
    """The four figures of the page."""
    say, tight = seen.say, tightest_plan(seen)
    money, yuan = say("unit.money"), say("unit.yuan")
    cards = (
        ("page.card_surplus", "run/total/expected_surplus_yuan", "money", money),
        ("page.card_benefits", "run/total/paid_yuan/mean", "money", money),
        ("page.card_hundred", "price/total/per_hundred/benefits", "hundred", yuan),
        ("page.card_deficit", f"run/plans/{tight}/deficit_probability", "probability", ""),
    )
    found = []
    for key, place, kind, unit in cards:
        before = seen.text(f"today:{place}", kind)
        note = say("page.sheet_today", figure=before, unit=unit).strip()
        if key == "page.card_deficit":
            note = f"{seen.plan(tight)} · {note}"
        shown = f"{seen.text(place, kind)} {unit}".strip()
        found.append(
            f'<div class="figure"><small>{escape(say(key))}</small><b>{escape(shown)}</b>'
            f"<small>{escape(note)}</small></div>"
        )
    return f'<div class="figures">{"".join(found)}</div>'


def _row(seen: Seen, code: str) -> list[str]:
    at, say = f"run/plans/{code}" if code else "run/total", seen.say
    chance = f"{at}/deficit_probability"
    gap = "—"
    if seen.value(chance) >= 0.001:
        gap = seen.text(f"{at}/expected_shortfall_yuan{OVER}{chance}", gap_kind(seen.language))
    status = ""
    if code:
        state = status_of(seen.answer("run").result.result.plans[code])
        status = f"{STATUS_SIGNS[state]} {say(f'page.status_{state}')}"
    return [
        seen.plan(code) if code else say("word.total"),
        status,
        seen.text(f"price/plans/{code}/premium_yuan", "number") if code else "",
        seen.text(f"{at}/loss_ratio", "percent"),
        seen.text(chance, "probability"),
        gap,
        seen.text(f"{at}/expected_surplus_yuan", "money"),
    ]


def _table(seen: Seen) -> str:
    say = seen.say
    heads = [
        say("head.plan"),
        say("page.head_status"),
        say("head.with_unit", label=say("head.premium_yuan"), unit=say("unit.yuan")),
        say("head.loss_ratio"),
        say("head.deficit_probability"),
        say(
            "head.with_unit",
            label=say("head.mean_gap_yuan"),
            unit=say(f"unit.{gap_kind(seen.language)}"),
        ),
        say("head.with_unit", label=say("head.expected_surplus_yuan"), unit=say("unit.money")),
    ]
    style = ["", "", *[' class="number"'] * 5]
    top = "".join(f"<th{one}>{escape(head)}</th>" for one, head in zip(style, heads, strict=True))
    rows = []
    for code in (*seen.pack.plan_codes, ""):
        cells = zip(style, _row(seen, code), strict=True)
        row = "".join(f"<td{one}>{escape(cell)}</td>" for one, cell in cells)
        last = "" if code else ' class="total"'
        rows.append(f"<tr{last}>{row}</tr>")
    return f"<table><thead><tr>{top}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _foot(seen: Seen) -> str:
    """The 10th sentence, the command, the run id, the day."""
    say = seen.say
    told = [
        basis_sentence(seen.language, differences=seen.differences),
        say("page.sheet_process"),
        say(
            "page.sheet_made",
            run_id=seen.answer("run").record["run_id"],
            date=datetime.date.today().isoformat(),
        ),
    ]
    lines = "".join(paragraph(escape(line)) for line in told)
    return f"<footer>{lines}<p><code>{escape(seen.command('run'))}</code></p></footer>"


def sheet_html(seen: Seen, differs: list[str]) -> str:
    """Return the sheet as one HTML file; `differs` says in words what is not as today."""
    say = seen.say
    total = seen.answer("run").result.result.total
    answer = answer_sentence(total, seen.plan(tightest_plan(seen)), seen.language)
    lines = sheet_sentences(seen)
    told = "".join(paragraph(escape(line)) for line in lines)
    body = ' class="dense"' if sum(map(len, lines)) > MOST_SIGNS[seen.language] else ""
    changed = "".join(paragraph(escape(line), style="differs") for line in differs)
    lang = "en" if seen.language == "en" else "zh-CN"
    title = escape(say("page.sheet_title"))
    alt = escape(say("page.sheet_picture"))
    style = read_builtin_text("share", _STYLE)
    picture = f"{{{{picture:{PICTURE}}}}}"
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{css_variables()}{style}</style></head><body{body}><h1>{title}</h1>"
        f'<p class="answer">{escape(answer)}</p>{changed}{_figures(seen)}{told}'
        f"<h2>{alt}</h2>"
        f'<img src="{picture}" alt="{alt}">{_table(seen)}{_foot(seen)}</body></html>\n'
    )
