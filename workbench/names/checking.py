"""One value checked against what its name takes.

Floor 1, inside `names`.
"""

from __future__ import annotations

import difflib

from workbench.guard import Fault
from workbench.inputs import Inputs
from workbench.names.listing import LEAVE, AllowedName, allowed_name, allowed_names
from workbench.schema import read_number
from workbench.textfile import shown
from workbench.timeline import AGE_BANDS, FEMALE, MALE, band_bounds

__all__ = ["checked_value"]


def _unknown(inputs: Inputs, name: str) -> Fault:
    belief = inputs.assumptions.beliefs.get(name)
    if belief is not None:
        return Fault("change-name-fixed", {"name": name, "value": f"{belief.value:.15g}"})
    known = [entry.name for entry in allowed_names(inputs)]
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
    return Fault(
        "change-name-unknown",
        {"name": shown(name), "nearest": ", ".join(near or known[:3])},
    )


def _leave_fault(name: str) -> Fault | None:
    """Return the fault of ages that cut through an age band."""
    low, high = (int(part) for part in LEAVE.fullmatch(name).groups())  # type: ignore[union-attr]
    bounds = [band_bounds(band) for band in AGE_BANDS]
    starts, ends = ([bound[place] for bound in bounds] for place in (0, 1))
    if low in starts and high in ends and low < high:
        return None
    told = f"{', '.join(map(str, starts))}; {', '.join(map(str, ends))}"
    return Fault("change-leave-ages", {"name": name, "value": f"{low}-{high}", "allowed": told})


def _bundle_fault(inputs: Inputs, name: str, value: object) -> Fault | None:
    """Return the fault of a segment's bundle: unknown plans, a plan twice, one sex only."""
    codes = {plan.code: plan for plan in inputs.plans}
    parts = str(value).split("+")
    where = {"name": name, "value": shown(value)}
    if not set(parts) <= set(codes) or len(set(parts)) < len(parts):
        return Fault("change-bundle-unknown", {**where, "allowed": ", ".join(codes)})
    for sex in (MALE, FEMALE):
        if inputs.mix[sex].sum() == 0:
            continue
        for code in parts:
            if "MF"[sex] not in codes[code].eligible_sex:
                return Fault("change-bundle-one-sex", {**where, "allowed": code})
    return None


def checked_value(inputs: Inputs, name: str, value: object) -> float | str | Fault:
    """Return `value` as the number or text that `name` takes, or the fault in it.

    Parameters
    ----------
    inputs
        The pack that knows the names and ranges.
    name
        A name of `--set`.
    value
        A number, or text that writes one in plain ASCII digits.
    """
    allowed = allowed_name(inputs, name)
    if allowed is None:
        return _unknown(inputs, name)
    if LEAVE.fullmatch(name) and (fault := _leave_fault(name)):
        return fault
    if allowed.low is None or allowed.high is None:
        return _bundle_fault(inputs, name, value) or str(value)
    return _number(allowed, value)


def _number(allowed: AllowedName, value: object) -> float | Fault:
    """Return the number if it is in the range of its name, else the fault with the range."""
    assert allowed.low is not None and allowed.high is not None
    number = _as_number(value)
    where = {
        "name": allowed.name,
        "value": shown(value),
        "low": f"{allowed.low:.15g}",
        "high": f"{allowed.high:.15g}",
    }
    if isinstance(number, str):
        return Fault(f"change-{number}", where)
    if allowed.name.endswith("elasticity") and number < 0.0:
        return Fault("elasticity-sign", where)
    # Any premium above zero is taken; the low end of the list is one fen.
    premium = allowed.name.endswith(".premium_yuan")
    below = number <= 0.0 if premium else number < allowed.low
    if below or number > allowed.high:
        return Fault("change-out-of-range", where)
    if allowed.whole and not number.is_integer():
        return Fault("change-number-not-whole", where)
    return number


def _as_number(value: object) -> float | str:
    """Return a finite number, or the key of what is wrong with it."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return "number-text"
    if isinstance(value, str):
        return read_number(value)
    return read_number(repr(float(value))) if abs(value) < 1e300 else "number-not-finite"
