"""Numbers as they are shown: digits by the error, units, minus, missing, probabilities."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.risk import Figure
from workbench.show import numbers


@pytest.mark.parametrize(
    ("error", "decimals"),
    [(0.035, 2), (0.1, 1), (1.0, 0), (9.99, 0), (10.0, -1), (4364.0, -3), (0.0, None),
     (math.nan, None), (None, None), (-1.0, None), (math.inf, None)],
)  # fmt: skip
def test_digits_follow_the_error(error, decimals):
    assert numbers.decimals_supported(error) == decimals


@pytest.mark.parametrize(
    ("value", "decimals", "error", "text"),
    [
        (8_246_037.0, 0, 4_364.0, "8,246,000"),
        (8_246_037.0, 0, 0.01, "8,246,037"),
        (0.38123, 3, 0.02, "0.38"),
        (-1234.5, 1, None, "−1,234.5"),
        (0.0, 3, None, "0"),
        (-0.001, 1, None, "0.0"),
        (300.0, 0, 4_000.0, "0"),
        (math.nan, 2, None, "—"),
        (math.inf, 2, None, "—"),
    ],
)
def test_plain_numbers(value, decimals, error, text):
    assert numbers.plain(value, decimals, error) == text


def test_money_has_one_unit_a_language():
    assert numbers.money(11_842_000.0, "zh") == "1,184.2"
    assert numbers.money(11_842_000.0, "en") == "11.842"
    assert numbers.money(Figure(8_232_834.0, 13_579.0), "zh") == "823"
    assert numbers.money(Figure(8_232_834.0, 13_579.0), "en") == "8.23"
    assert numbers.money(None, "zh") == "—"
    assert numbers.money(-32_000.0, "zh") == "−3.2"


@pytest.mark.parametrize(
    ("yuan", "zh", "en"),
    [
        (17_500_000.0, "1,750 万元", "17.50 million yuan"),
        (11_842_000.0, "1,184 万元", "11.84 million yuan"),
        (80_070.0, "8 万元", "80,100 yuan"),
        (587_000.0, "58.7 万元", "587,000 yuan"),
        (Figure(1_600_000.0, 300_000.0), "160 万元", "1.6 million yuan"),
        (0.0, "0 万元", "0 yuan"),
        (math.nan, "—", "—"),
    ],
)
def test_money_in_a_sentence(yuan, zh, en):
    assert numbers.money_words(yuan, "zh") == zh
    assert numbers.money_words(yuan, "en") == en


def test_people_in_a_sentence():
    assert numbers.people_words(263_000, "zh") == "26.3 万"
    assert numbers.people_words(11_060.0, "zh") == "1.11 万"
    assert numbers.people_words(11_060.0, "en") == "11,100"
    assert numbers.people_words(206.3, "zh") == "206 "
    assert numbers.people_words(None, "zh") == "—"


@pytest.mark.parametrize(
    ("chance", "text"),
    [
        (0.0, "< 0.1 %"),
        (5.5e-8, "< 0.1 %"),
        (0.00099, "< 0.1 %"),
        (0.001, "0.1 %"),
        (0.3809, "38.1 %"),
        (Figure(0.387, 0.0109), "39 %"),
        (0.9995, "> 99.9 %"),
        (1.0, "> 99.9 %"),
        (None, "—"),
    ],
)
def test_probabilities(chance, text):
    assert numbers.probability(chance, "en") == text


@pytest.mark.parametrize(
    ("chance", "words"),
    [
        (0.0005, "不到千分之一"),
        (0.0044, "不到百分之一（0.4%）"),
        (0.0148, "约百分之一（1.5%）"),
        (0.124, "约一成（12.4%）"),
        (0.149, "约一成半（14.9%）"),
        (0.178, "近两成（17.8%）"),
        (0.221, "约两成（22.1%）"),
        (0.25, "约两成半（25.0%）"),
        (0.381, "近四成（38.1%）"),
        (0.402, "约四成（40.2%）"),
        (0.584, "近六成（58.4%）"),
        (0.97, "九成五以上（97.0%）"),
        (math.nan, "—"),
    ],
)
def test_probabilities_in_chinese_words(chance, words):
    assert numbers.probability_words(chance, "zh") == words


def test_shares_and_ranges():
    assert numbers.percent(0.67668, "en") == "67.7 %"
    assert numbers.percent(Figure(0.67668, 0.02), "zh") == "68%"
    assert numbers.percent(None, "zh") == "—"
    assert numbers.share_range(0.66846, 0.87582, "zh") == "66.8–87.6%"
    assert numbers.share_range(0.6206, 0.6207, "en") == "62.1 %"
    assert numbers.share_range(math.nan, 1.0, "zh") == "—"
    assert numbers.hundred(0.67668) == "68"


def test_any_number():
    assert numbers.number(0.0608184612) == "0.0608185"
    assert numbers.number(7_913.91) == "7,913.91"
    assert numbers.number(118_000.0) == "118,000"
    assert numbers.number(0.0) == "0"
    assert numbers.number(None) == "—"
    assert numbers.number(-0.03) == "−0.03"
    assert numbers.count(Figure(11_045.3, 17.2)) == "11,050"
    assert numbers.yuan(33.1717) == "33.17"
    assert numbers.signed("1.2") == "+1.2"
    assert numbers.signed("−1.2") == "−1.2"
    assert numbers.signed("0") == "0"


@given(
    value=st.floats(-1e9, 1e9, allow_nan=False),
    error=st.floats(1e-6, 1e6),
    decimals=st.integers(0, 4),
)
def test_what_is_shown_is_within_half_a_digit(value, error, decimals):
    shown = numbers.plain(value, decimals, error)
    back = float(shown.replace(",", "").replace("−", "-"))
    place = min(decimals, numbers.decimals_supported(error))
    assert abs(back - value) <= 0.5 * 10.0**-place * (1 + 1e-9) + 1e-9 * abs(value)
