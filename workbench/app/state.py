"""What the reader has chosen: a scenario and the sliders he moved; nothing else is the state.

Floor 10, no widget here. A slider stands where its own change puts it, else where the scenario
does, else at today's value. Moving one slider never moves another; choosing a scenario moves those
that it names, and `named_by` says which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from workbench.app.knobs import Knob, every_knob, range_of
from workbench.changes import Changes, apply, parse_set, scenario
from workbench.guard import Fault, InputRefused, refuse
from workbench.inputs import Inputs
from workbench.names import allowed_name, checked_value
from workbench.questions import Choices
from workbench.textfile import shown

__all__ = [
    "TODAY",
    "Settings",
    "choices_of",
    "choose",
    "from_query",
    "in_force",
    "knob_named",
    "move",
    "to_query",
    "value_of",
]

TODAY = "today"
"""Code of the scenario that changes nothing."""

MOST_QUERY = 2000
"""Longest text of changes that is read from an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A scenario of the pack, and the sliders that stand elsewhere than it puts them."""

    scenario: str = TODAY
    changes: Changes = field(default_factory=Changes)


def _by_scenario(pack: Inputs, code: str) -> Mapping[str, float | str]:
    return {} if code == TODAY else scenario(pack, code).values


def knob_named(pack: Inputs, name: str) -> Knob:
    """Return the slider with this name of `--set` (InputRefused if there is none)."""
    for knob in every_knob(pack):
        if knob.name == name:
            return knob
    known = ", ".join(knob.name for knob in every_knob(pack))
    raise refuse("change-name-unknown", name=shown(name), nearest=known)


def value_of(pack: Inputs, settings: Settings, knob: Knob) -> float:
    """Return where a slider stands."""
    today = range_of(pack, knob).today
    given = {**_by_scenario(pack, settings.scenario), **settings.changes.values}
    return float(given.get(knob.name, today))


def move(pack: Inputs, settings: Settings, name: str, value: object) -> Settings:
    """Return the settings with one slider at `value`, a number or what was typed.

    Raises
    ------
    InputRefused
        The fault in the value: no number, or out of the slider's range.
    """
    knob = knob_named(pack, name)
    checked = checked_value(pack, name, value.strip() if isinstance(value, str) else value)
    if isinstance(checked, Fault):
        raise InputRefused([_with_range(pack, knob, checked)])
    ends = range_of(pack, knob)
    number = float(f"{round(float(checked), 9):.12g}")  # a browser's slider adds up its steps
    if not ends.low <= number <= ends.high:
        fault = Fault("change-out-of-range", {"name": name, "value": shown(value)})
        raise InputRefused([_with_range(pack, knob, fault)])
    before = replace(settings, changes=_without(settings.changes, {name}))
    if number == value_of(pack, before, knob):
        return before
    return replace(settings, changes=settings.changes.merge(Changes({name: number})))


def _with_range(pack: Inputs, knob: Knob, fault: Fault) -> Fault:
    """Return a fault that names the slider's range."""
    ends = range_of(pack, knob)
    told = {"low": f"{ends.low:.15g}", "high": f"{ends.high:.15g}"}
    return Fault(fault.code, {**fault.parts, **told})


def _without(changes: Changes, names: set[str]) -> Changes:
    return Changes({name: value for name, value in changes.values.items() if name not in names})


def choose(pack: Inputs, settings: Settings, code: str) -> Settings:
    """Return the settings under a scenario; sliders that it names stand where it puts them.

    Raises
    ------
    InputRefused
        `scenario-unknown`, or what cannot be taken together with the sliders already moved.
    """
    if code not in (TODAY, *(one.code for one in pack.scenarios)):
        raise refuse("scenario-unknown", value=shown(code), nearest=TODAY)
    given = _by_scenario(pack, code)
    chosen = Settings(scenario=code, changes=_without(settings.changes, set(given)))
    apply(pack, Changes({**given, **chosen.changes.values}))
    return chosen


def choices_of(settings: Settings) -> Choices:
    """Return what is asked with these settings."""
    named = None if settings.scenario == TODAY else settings.scenario
    return Choices(scenario=named, changes=settings.changes)


def in_force(pack: Inputs, settings: Settings) -> dict[str, tuple[float | str, float | None]]:
    """Return every name that stands elsewhere than today: its value, and today's where it has one.

    Sliders first, then names of the scenario that have no slider.
    """
    given = {**_by_scenario(pack, settings.scenario), **settings.changes.values}
    order = [knob.name for knob in every_knob(pack)]
    found: dict[str, tuple[float | str, float | None]] = {}
    for name in sorted(given, key=lambda one: order.index(one) if one in order else len(order)):
        allowed = allowed_name(pack, name)
        today = None if allowed is None else allowed.current
        if given[name] != today:
            found[name] = (given[name], today)
    return found


def to_query(settings: Settings, language: str) -> dict[str, str]:
    """Return the query of an address that opens the page with these settings."""
    query = {"lang": language}
    if settings.scenario != TODAY:
        query["scenario"] = settings.scenario
    if settings.changes:
        query["set"] = ";".join(settings.changes.lines)
    return query


def from_query(pack: Inputs, query: Mapping[str, object]) -> Settings:
    """Return the settings that an address asks for.

    Raises
    ------
    InputRefused
        An unknown scenario or name, or a value that its slider does not take.
    """
    settings = Settings()
    if query.get("scenario"):
        settings = choose(pack, settings, str(query["scenario"])[:100])
    asked = str(query.get("set") or "")[:MOST_QUERY]
    changes = parse_set([part for part in asked.split(";") if part])
    for name, value in changes.values.items():
        settings = move(pack, settings, name, value)
    return settings
