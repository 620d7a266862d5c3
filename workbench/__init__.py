"""Actuarial workbench for members' mutual-aid plans.

`import workbench as wb` gives the public names; a name loads its module when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOME = {
    "Ceding": "premium.reinsurance",
    "Changes": "changes",
    "Choices": "questions",
    "CompoundModel": "engine.compound",
    "CompoundScheme": "engine.compound",
    "Figure": "risk",
    "FundChoices": "fund",
    "Gamma": "laws",
    "InputRefused": "guard",
    "Inputs": "inputs",
    "Limit": "optimise",
    "Plan": "plans",
    "Poisson": "laws",
    "PriceTerms": "pricing",
    "RunResult": "engine.results",
    "SharedShock": "engine.compound",
    "Table": "questions",
    "Terms": "laws",
    "add_plan": "changes.adding",
    "allowed_names": "changes",
    "apply": "changes",
    "ask": "questions",
    "best_tiers": "optimise",
    "check": "show.notebook",
    "command": "questions",
    "dask_mapper": "cluster",
    "differences": "pack",
    "document": "questions",
    "exact_run": "exact",
    "fund_of": "fund",
    "joiners": "behaviour",
    "new_pack": "pack",
    "pack_in_use": "show.notebook",
    "parse_set": "changes",
    "participation": "behaviour",
    "portfolio_of": "inputs",
    "price": "pricing",
    "read_pack": "pack",
    "reserve": "reserving",
    "say": "show.notebook",
    "scenario": "changes",
    "simulate_run": "simulate",
    "simulate_years": "simulate",
    "tables": "questions",
    "tiers": "pricing",
    "view": "show.notebook",
}
"""Public name → the module, inside `workbench`, that gives it."""

_ROOMS = ("laws",)
"""Rooms that are public as a whole: `workbench.laws.Weibull`."""

__all__ = [*_HOME, *_ROOMS, "__version__"]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return import_module(f"{__name__}.{name}")
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
