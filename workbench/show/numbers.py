"""Numbers as a reader sees them: unit, thousands, and only the digits that the error supports.

Floor 9. Used by tables, sentences, charts and pages alike, so that a figure reads the same
everywhere. Minus is −, missing is —, zero is 0. Sources of the rules: docs/architecture.md (look).
"""

from __future__ import annotations

from math import floor, isfinite, log10

from workbench.risk import Figure
from workbench.show.words import words

__all__ = [
    "MINUS",
    "MISSING",
    "Number",
    "count",
    "decimals_supported",
    "hundred",
    "money",
    "money_factor",
    "money_words",
    "number",
    "people_words",
    "per_cent",
    "percent",
    "plain",
    "probability",
    "probability_words",
    "share_range",
    "signed",
    "yuan",
]

MINUS, MISSING = "−", "—"
LEAST_PROBABILITY = 0.001
"""A probability below this is printed as '< 0.1 %', in Chinese '< 0.1%'."""

_MONEY = {"zh": (1e-4, 1), "en": (1e-6, 3)}
_WHOLE = 10**15

Number = float | int | Figure | None


def _parts(number: Number) -> tuple[float, float | None]:
    """Return value and error; a missing value is NaN, an exact number has no error."""
    if number is None:
        return float("nan"), None
    if isinstance(number, Figure):
        return float(number.value), float(number.error)
    return float(number), None


def decimals_supported(error: float | None) -> int | None:
    """Return the decimals that an error leaves standing, None where there is no error.

    The last digit shown stands at the first digit of the error: 0.035 leaves 2 decimals, 4,364
    leaves −3 (thousands).
    """
    if error is None or not isfinite(error) or error <= 0.0:
        return None
    return -floor(log10(error))


def plain(value: float, decimals: int, error: float | None = None) -> str:
    """Return a number with thousands separators and at most `decimals`, fewer by its error."""
    if not isfinite(value) or abs(value) >= _WHOLE:
        return MISSING
    if value == 0.0:
        return "0"
    supported = decimals_supported(error)
    places = decimals if supported is None else min(decimals, supported)
    text = f"{round(value, places):,.{max(places, 0)}f}"
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def number(value: Number, digits: int = 6) -> str:
    """Return any number with at most `digits` significant digits, without trailing zeros."""
    plain_value, error = _parts(value)
    if not isfinite(plain_value) or plain_value == 0.0:
        return plain(plain_value, 0)
    decimals = max(0, digits - 1 - floor(log10(abs(plain_value))))
    text = plain(plain_value, decimals, error)
    return text.rstrip("0").rstrip(".") if "." in text else text


def count(value: Number) -> str:
    """Return a number of persons, enrolments or days, whole."""
    plain_value, error = _parts(value)
    return plain(plain_value, 0, error)


def yuan(value: Number, decimals: int = 2) -> str:
    """Return an amount in yuan without its unit."""
    plain_value, error = _parts(value)
    return plain(plain_value, decimals, error)


def money_factor(language: str) -> float:
    """Return the factor from yuan to the large unit of tables: 万元 or million yuan."""
    return _MONEY[language][0]


def money(value: Number, language: str) -> str:
    """Return an amount of yuan in the large unit of tables, without the unit.

    万元 with one decimal in Chinese, million yuan with three in English: the same resolution.
    """
    factor, decimals = _MONEY[language]
    plain_value, error = _parts(value)
    return plain(plain_value * factor, decimals, None if error is None else error * factor)


def money_words(value: Number, language: str) -> str:
    """Return an amount with its unit for a sentence, three or four digits at most.

    "1,184 万元", "8 万元", "11.84 million yuan", "80,100 yuan".
    """
    amount, error = _parts(value)
    if not isfinite(amount):
        return MISSING
    say = words(language)
    factor = _MONEY[language][0]
    part = amount * factor
    if language == "en" and abs(part) < 1.0:
        return say("number.yuan", number=_three_digits(amount, error))
    decimals = 2 if language == "en" else 0 if abs(part) >= 99.95 else 1
    text = plain(part, decimals, None if error is None else error * factor)
    return say("number.money", number=text.removesuffix(".0"))


def people_words(value: Number, language: str) -> str:
    """Return a number of people for a sentence: "1.11 万" in Chinese, "11,100" in English.

    A Chinese number without 万 ends in the gap that stands between a figure and its 人次.
    """
    amount, error = _parts(value)
    if not isfinite(amount):
        return MISSING
    if language == "zh" and abs(amount) >= 1e4:
        decimals = 2 if abs(amount) < 1e5 else 1
        text = plain(amount * 1e-4, decimals, None if error is None else error * 1e-4)
        return words(language)("number.people", number=text)
    text = _three_digits(amount, error)
    return f"{text} " if language == "zh" else text


def _three_digits(amount: float, error: float | None) -> str:
    """Return a whole number with three significant digits."""
    places = 0 if amount == 0.0 else min(0, 2 - floor(log10(abs(amount))))
    return plain(round(amount, places), 0, error)


def percent(value: Number, language: str, decimals: int = 1) -> str:
    """Return a share (0 to 1) in per cent: "67.7%" in Chinese, "67.7 %" in English."""
    share, error = _parts(value)
    text = plain(share * 100.0, decimals, None if error is None else error * 100.0)
    return text if text == MISSING else per_cent(text, language)


def per_cent(text: str, language: str) -> str:
    """Return a number's text with its per cent sign, in English after a gap; the sign for ""."""
    return words(language)("number.per_cent", number=text)


def probability(value: Number, language: str) -> str:
    """Return a probability in per cent; "< 0.1 %" below 0.001, "> 99.9 %" above 0.999."""
    share, _ = _parts(value)
    if not isfinite(share):
        return MISSING
    if share < LEAST_PROBABILITY:
        return per_cent("< 0.1", language)
    if share > 1.0 - LEAST_PROBABILITY:
        return per_cent("> 99.9", language)
    return percent(value, language)


def probability_words(value: Number, language: str) -> str:
    """Return a probability as it is said: "近四成（38.1%）" in Chinese, "38.1 %" in English."""
    share, _ = _parts(value)
    if not isfinite(share):
        return MISSING
    return words(language)(_chance_key(share), told=probability(value, language))


def _chance_key(share: float) -> str:
    """Return the key of the words for a probability."""
    if share < LEAST_PROBABILITY:
        return "number.chance_none"
    if share < 0.01:
        return "number.chance_hundredth"
    if share < 0.05:
        return f"number.chance_{round(share * 100)}_hundredths"
    if share > 0.95:
        return "number.chance_nearly_sure"
    if 0.125 <= share < 0.275 and abs(share * 10 % 1.0 - 0.5) <= 0.25:
        return f"number.chance_{int(share * 10)}_tenths_half"
    tenths = max(1, min(9, round(share * 10)))
    nearly = "nearly_" if 0.005 < tenths / 10 - share < 0.03 else ""
    return f"number.chance_{nearly}{tenths}_tenths"


def hundred(share: Number) -> str:
    """Return a share as whole yuan of each hundred."""
    value, error = _parts(share)
    return plain(value * 100.0, 0, None if error is None else error * 100.0)


def share_range(low: float, high: float, language: str) -> str:
    """Return a range of shares in per cent: "66.0–88.0%" in Chinese, "66.0–88.0 %" in English."""
    if not isfinite(low) or not isfinite(high):
        return MISSING
    ends = (plain(low * 100.0, 1), plain(high * 100.0, 1))
    return per_cent(ends[0] if ends[0] == ends[1] else f"{ends[0]}–{ends[1]}", language)


def signed(text: str) -> str:
    """Return a number's text with its plus sign where it is above zero."""
    return text if text.startswith((MINUS, MISSING)) or text == "0" else f"+{text}"
