"""What a name of `--set` and a scenario are called on the pages.

Floor 10, no widget here.
"""

from __future__ import annotations

from workbench.app.knobs import every_knob, knob_label
from workbench.app.state import TODAY
from workbench.inputs import Inputs
from workbench.names import allowed_name
from workbench.show.words import plan_name, words

__all__ = ["meaning_of", "scenario_name", "scenarios_of"]


def meaning_of(pack: Inputs, name: str, language: str) -> str:
    """Return what a name of `--set` means, or the name itself where the catalogue has no words."""
    say = words(language)
    for knob in every_knob(pack):
        if knob.name == name:
            label = knob_label(pack, knob, language)
            return say("page.knob_premium", plan=label) if knob.plan else label
    allowed = allowed_name(pack, name)
    key = allowed.meaning if allowed else f"name.{name.split('.')[0]}"
    told = say(key) if key in say else name
    parts = name.split(".")
    if parts[0] == "plans" and len(parts) == 3:
        return say("page.of_plan", plan=plan_name(pack.plan(parts[1]), language), what=told)
    return told


def scenarios_of(pack: Inputs, language: str) -> list[tuple[str, str]]:
    """Return names and codes; today's scheme first, a name that two have with its code."""
    named = [(words(language)("page.today"), TODAY)]
    for one in pack.scenarios:
        if one.code != TODAY:
            named.append((one.name_zh if language == "zh" else one.name_en, one.code))
    names = [name for name, _ in named]
    return [(f"{n} ({code})" if names.count(n) > 1 else n, code) for n, code in named]


def scenario_name(pack: Inputs, code: str, language: str) -> str:
    """Return what a scenario is called, its code where the pack does not know it."""
    return next((name for name, known in scenarios_of(pack, language) if known == code), code)
