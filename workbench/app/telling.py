"""What a page says of the settings and of faults, in words.

Floor 10, no widget here.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping

from workbench.app.knobs import every_knob
from workbench.app.meanings import meaning_of, scenario_name
from workbench.app.state import Settings, in_force
from workbench.guard import Fault, WorkbenchError
from workbench.inputs import Inputs
from workbench.show.numbers import number
from workbench.show.words import fault_text, words

__all__ = ["differences_told", "message_of"]


def differences_told(pack: Inputs, settings: Settings, language: str) -> list[str]:
    """Return what settings change: what the scenario sets, then what the reader moved."""
    say, found = words(language), in_force(pack, settings)
    moved = {name: found.pop(name) for name in settings.changes.values if name in found}
    told = []
    if found:
        named = scenario_name(pack, settings.scenario, language)
        listed = _listed(pack, found, language)
        told.append(say("page.differs_scenario", scenario=named, list=listed))
    if moved:
        told.append(say("page.differs", list=_listed(pack, moved, language)))
    return told


def _listed(
    pack: Inputs, found: Mapping[str, tuple[float | str, float | None]], language: str
) -> str:
    """Names with their values and today's."""
    say, told = words(language), []
    for name, (value, today) in found.items():
        shown = value if isinstance(value, str) else number(value)
        key = "page.differs_new" if today is None else "page.differs_one"
        before = "" if today is None else number(today)
        named = meaning_of(pack, name, language)
        told.append(say(key, name=named, value=shown, today=before))
    return say("page.differs_join").join(told)


def message_of(pack: Inputs, error: Exception, language: str) -> str:
    """Return a refusal in words; any other fault goes to the server's log alone."""
    if isinstance(error, WorkbenchError):
        return " ".join(fault_text(_named(pack, one, language), language) for one in error.faults)
    traceback.print_exception(error, file=sys.stderr)
    return words(language)("page.failed")


def _named(pack: Inputs, fault: Fault, language: str) -> Fault:
    """A fault that calls a slider as the page does."""
    name = fault.parts.get("name")
    if name not in [knob.name for knob in every_knob(pack)]:
        return fault
    return Fault(fault.code, {**fault.parts, "name": meaning_of(pack, str(name), language)})
