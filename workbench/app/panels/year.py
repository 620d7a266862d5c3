"""The year: how the scheme's surplus may turn out, today's scheme behind it.

Floor 10.
"""

from __future__ import annotations

from html import escape

from workbench.app.chart import Chart
from workbench.app.markup import details_html, figure, flowing, paragraph, table_html
from workbench.app.panels.parts import (
    Buttons,
    Tools,
    card,
    chart_labels,
    region,
    save_picture,
    save_table,
)
from workbench.app.seen import Answers, Seen
from workbench.questions.curves import year_curve
from workbench.questions.surge import surge_of
from workbench.show.charts import Curve, Distribution, Mark, distribution_chart, steady
from workbench.show.numbers import money, money_factor, money_words, per_cent, probability
from workbench.show.sentences import bad_year_sentence, surge_sentence

__all__ = ["YearPanel", "year_chart"]

_WORDS = ("beyond", "beyond_today", "today", "limit")
_LEVELS = ("0.75", "0.9", "0.95", "0.99", "0.995")
_HEIGHTS = {"mean": 1.05, "p95": 0.62, "p995": 0.34}


def _curve(answers: Answers, factor: float) -> Curve:
    """The law of the surplus in the unit shown: contributions less expenses less benefits."""
    answer = answers.answers["run"]
    total, law = answer.result.result.total, year_curve(answer.asked)
    income = total.contribution_yuan - total.expenses_yuan.value
    return Curve(
        amounts=(income - law.paid_yuan[::-1]) * factor,
        density=law.density[::-1] / factor,
        beyond=law.above[::-1],
    )


def _marks(seen: Seen) -> dict[str, float]:
    """Mean, one-in-twenty and one-in-two-hundred surplus of the scheme, yuan."""
    total = seen.answer("run").result.result.total
    income = total.contribution_yuan - total.expenses_yuan.value
    return {
        "mean": total.expected_surplus_yuan.value,
        "p95": income - total.quantiles[0.95].value,
        "p995": income - total.quantiles[0.995].value,
    }


def year_chart(seen: Seen, axis: tuple[float, float] | None) -> Distribution:
    """Return the picture's content; `axis` is the range in force, kept while all lies inside."""
    factor = money_factor(seen.language)
    curve = _curve(seen.asked, factor)
    ghost = None if seen.unchanged else _curve(seen.today, factor)
    curves = [curve] if ghost is None else [curve, ghost]
    low = min(float(one.amounts[0]) for one in curves)
    high = max(float(one.amounts[-1]) for one in curves)
    marks = tuple(
        Mark(key=key, amount=amount * factor, height=_HEIGHTS[key])
        for key, amount in _marks(seen).items()
    )
    return Distribution(
        curve=curve,
        today=ghost,
        marks=marks,
        limit=0.0,
        deficit="below",
        axis=steady(axis, min(0.0, low), high),
        digits=0 if seen.language == "zh" else 1,
    )


def _labels(seen: Seen) -> dict[str, str]:
    """Finished words of the picture."""
    say, marks = seen.say, _marks(seen)
    told = {key: money_words(abs(amount), seen.language) for key, amount in marks.items()}
    ending = "deficit" if marks["mean"] < 0 else "short" if marks["p95"] < 0 else "covered"
    named = say(f"chart.year_title_{ending}", **told)
    unit = say("unit.money")
    chance = probability(seen.answer("run").result.result.total.deficit_probability, seen.language)
    at = {key: money(amount, seen.language) for key, amount in marks.items()}
    words = {key: say(f"chart.year_{key}", amount=text, unit=unit) for key, text in at.items()}
    return chart_labels(
        seen,
        "year",
        _WORDS,
        **words,
        unit=unit,
        per_cent=per_cent("", seen.language),
        title=named,
        subtitle=say("chart.year_subtitle", unit=unit),
        axis=say("chart.year_axis", unit=unit),
        alt=say("chart.year_alt", title=named, chance=chance, unit=unit, **at),
    )


class YearPanel:
    """Picture of the year's result, with its figures as a table."""

    def __init__(self, tools: Tools) -> None:
        self._chart = Chart(name="year", height=300)
        self._lead, self._table = region("wb-sentence", "wb-lead"), region()
        self._seen: Seen | None = None
        self._axis: dict[str, tuple[float, float]] = {}
        self._buttons = Buttons(
            tools,
            {
                "page.save_picture": lambda: save_picture(self._chart, self._seen),
                "page.save_csv": lambda: save_table(tools, self._seen, "run", "run_risk"),
            },
        )
        self.widget = card(self._chart, self._lead, self._table, self._buttons.widget)

    def show(self, seen: Seen) -> None:
        """Draw the answers."""
        self._seen = seen
        content = year_chart(seen, self._axis.get(seen.language))
        self._axis[seen.language] = content.axis
        self._chart.show(distribution_chart(content, _labels(seen)))
        self._lead.value = _lead(seen)
        self._table.value = details_html("year", seen.say("page.year_table"), _table(seen))
        self._buttons.show(seen.language)


def _lead(seen: Seen) -> str:
    """The bad year, and what more (or less) illness does where it was changed."""
    answer = seen.answer("run")
    told = {"bad_year": bad_year_sentence(answer.result.result.total, seen.language)}
    if surge := surge_of(answer.asked):
        told["surge"] = surge_sentence(surge, seen.language)
    return flowing(told, seen.language)


def _table(seen: Seen) -> str:
    """Benefits of the year by level: the picture's content for those who do not see it."""
    say, unit = seen.say, seen.say("unit.money")
    rows = [[escape(say("head.mean")), *_row(seen, "run/total/paid_yuan/mean", "")]]
    for level in _LEVELS:
        label = say("page.level", share=f"{float(level) * 100:g}")
        places = (f"run/total/paid_yuan/{name}/{level}" for name in ("quantile", "tail_mean"))
        rows.append([escape(label), *_row(seen, *places)])
    heads = [
        (say("page.level_head"), False),
        (say("head.with_unit", label=say("page.benefits_at_most"), unit=unit), True),
        (say("head.with_unit", label=say("page.benefits_beyond"), unit=unit), True),
    ]
    chance = figure(seen, "run/total/deficit_probability", "probability")
    spread = figure(seen, "run/total/paid_yuan/sd", "money")
    note = say("page.year_note", chance=chance, sd=spread, unit=escape(unit))
    return table_html(heads, rows) + paragraph(note, style="wb-note")


def _row(seen: Seen, *places: str) -> list[str]:
    return [figure(seen, place, "money") if place else "—" for place in places]
