"""Why, and how sure: assumptions in force with their sources, method, run id.

Floor 10.
"""

from __future__ import annotations

from html import escape

from workbench.app.knobs import Range, every_knob, knob_label, knob_unit, knobs_of, range_of
from workbench.app.markup import details_html, paragraph, table_html
from workbench.app.meanings import meaning_of
from workbench.app.panels.parts import card, region
from workbench.app.seen import Seen
from workbench.app.state import in_force, value_of
from workbench.assumptions import Belief
from workbench.show.answers import basis_lines
from workbench.show.numbers import number
from workbench.show.words import fault_text

__all__ = ["BasisPanel"]


def _told_of(seen: Seen, name: str) -> tuple[str, str, str]:
    """Range, state and source of a name that stands elsewhere than today."""
    for knob in every_knob(seen.pack):
        if knob.name == name:
            ends = _ends(range_of(seen.pack, knob))
            return ends, seen.say("page.state_choice"), seen.say(f"page.knob_why_{knob.topic}")
    state, source = _source(seen, name)
    return _range(seen, name), state, source


def _source(seen: Seen, name: str) -> tuple[str, str]:
    """State and source of a name: as the pack says."""
    belief = seen.pack.assumptions.beliefs.get(name)
    if belief is not None:
        return _state(seen, belief), belief.provenance
    return seen.say("page.state_choice"), ""


def _state(seen: Seen, belief: Belief) -> str:
    key = f"page.state_{belief.state}"
    return seen.say(key) if key in seen.say else belief.state


def _force_rows(seen: Seen) -> list[list[str]]:
    """The sliders that are assumptions, and whatever else stands elsewhere than today."""
    rows, told = [], in_force(seen.pack, seen.asked.settings)
    for knob in knobs_of(seen.pack):
        if knob.plan:
            continue
        told.pop(knob.name, None)
        now = number(value_of(seen.pack, seen.asked.settings, knob))
        state, _ = _source(seen, knob.name)
        why = seen.say(f"page.knob_why_{knob.topic}")
        unit = knob_unit(knob, seen.language)
        label = knob_label(seen.pack, knob, seen.language)
        named = seen.say("page.knob_name", label=label, unit=unit)
        rows.append([named, now, _ends(range_of(seen.pack, knob)), state, why])
    for name, (value, _) in told.items():
        shown = value if isinstance(value, str) else number(value)
        rows.append([meaning_of(seen.pack, name, seen.language), shown, *_told_of(seen, name)])
    return [[escape(cell) for cell in row] for row in rows]


def _ends(ends: Range) -> str:
    return f"{number(ends.low)}–{number(ends.high)}"


def _range(seen: Seen, name: str) -> str:
    belief = seen.pack.assumptions.beliefs.get(name)
    if belief is None or belief.low is None or belief.high is None:
        return "—"
    return f"{number(belief.low)}–{number(belief.high)}"


def _all_rows(seen: Seen) -> list[list[str]]:
    """Every assumption of the pack as it stands today."""
    beliefs = seen.pack.assumptions.beliefs.values()
    told = {one.name: escape(meaning_of(seen.pack, one.name, seen.language)) for one in beliefs}
    return [
        [
            f"{told[belief.name]}<br><code>{escape(belief.name)}</code>",
            escape(number(belief.value)),
            escape(_range(seen, belief.name)),
            escape(_state(seen, belief)),
            escape(belief.provenance),
        ]
        for belief in beliefs
    ]


def _force_table(seen: Seen, heads: list[tuple[str, bool]]) -> str:
    return table_html(heads, _force_rows(seen), caption=seen.say("page.force_caption"))


class BasisPanel:
    """Assumptions and method in small type."""

    def __init__(self) -> None:
        self._now, self._all = region(), region()
        self._language = ""
        self.widget = card(self._now, self._all)

    def show(self, seen: Seen) -> None:
        """Show what the answers stand on."""
        say, answer = seen.say, seen.answer("run")
        heads = [
            (say("page.head_assumption"), False),
            (say("head.value"), True),
            (say("page.head_limits"), True),
            (say("head.state"), False),
            (say("head.source"), False),
        ]
        lines = basis_lines(answer, seen.language, differences=seen.differences)
        warnings = [
            say("cli.warning", text=fault_text(warning, seen.language))
            for warning in answer.asked.warnings
        ]
        told = "".join(paragraph(escape(line)) for line in [*warnings, *lines])
        self._now.value = (
            f'<h2 class="wb-section">{escape(say("page.basis_title"))}</h2>'
            f'<div class="wb-force">{_force_table(seen, heads)}</div>'
            f'<div class="wb-note">{told}</div>'
        )
        if self._language != seen.language:
            self._language = seen.language
            table = f'<div class="wb-beliefs">{table_html(heads, _all_rows(seen))}</div>'
            self._all.value = details_html("beliefs", say("page.all_assumptions"), table)
