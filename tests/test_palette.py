"""The colours: those decided, readable on their ground in both themes, in one place only."""

import re

import pytest

from workbench.resources import read_builtin_text
from workbench.show.palette import (
    DARK,
    LIGHT,
    MARKS,
    TEXTS,
    contrast,
    css_variables,
    palettes,
)

DECIDED = {
    "page": ("#F7F8FA", "#12171D"),
    "card": ("#FFFFFF", "#1A2129"),
    "hairline": ("#E3E6EB", "#2B3540"),
    "text": ("#1D2733", "#E8EDF2"),
    "secondary": ("#5B6775", "#9AA7B4"),
    "accent": ("#0B6E8A", "#4DB3CC"),
    "P1": ("#1B4F8A", "#6FA8DC"),
    "P2": ("#2587B8", "#9AD7F5"),
    "P3": ("#D55E00", "#FF8A3D"),
    "P4": ("#AA4499", "#D98CC8"),
    "P5": ("#00875F", "#3CC79A"),
}


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#FFFFFF", 21.0),
        ("#FFFFFF", "#FFFFFF", 1.0),
        ("#777777", "#FFFFFF", 4.48),  # the well-known grey just below 4.5
        ("#767676", "#FFFFFF", 4.54),
        ("#0000FF", "#FFFFFF", 8.59),
    ],
)
def test_contrast_of_known_pairs(one, other, ratio):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


def test_the_colours_are_those_decided():
    assert {name: (LIGHT[name], DARK[name]) for name in DECIDED} == DECIDED


def test_both_themes_name_the_same_colours():
    assert set(LIGHT) == set(DARK)
    assert all(re.fullmatch("#[0-9A-F]{6}", colour) for colour in [*LIGHT.values(), *DARK.values()])


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["page", "card"])
def test_words_and_marks_can_be_seen(palette, ground):
    low = {name: contrast(palette[name], palette[ground]) for name in TEXTS}
    assert min(low.values()) >= 4.5, low
    low = {name: contrast(palette[name], palette[ground]) for name in MARKS}
    assert min(low.values()) >= 3.0, low


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_words_on_a_plans_colour_can_be_read(palette):
    inks = {name: contrast(palette[name], palette[name[3:]]) for name in palette if "on_" in name}
    assert len(inks) == 6
    assert min(inks.values()) >= 4.5, inks
    assert contrast(palette["card"], palette["accent"]) >= 4.5  # a pressed button
    assert contrast(palette["card"], palette["short"]) >= 4.5  # the banner
    assert contrast(palette["text"], palette["flash"]) >= 4.5  # a changed figure


def test_pages_get_every_colour_as_a_variable_and_hold_no_other():
    variables = set(re.findall(r"--wb-([\w]+):", css_variables()))
    assert variables == set(LIGHT)
    style = read_builtin_text("share", "voila/templates/workbench/static/style.css")
    assert set(re.findall(r"var\(--wb-([\w]+)\)", style)) <= variables | {"font"}
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)", style)


def test_palettes_are_handed_out_as_copies():
    palettes()["light"]["page"] = "#000000"
    assert palettes()["light"]["page"] == "#F7F8FA"
