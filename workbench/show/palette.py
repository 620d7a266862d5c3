"""The colours of every page, chart and table, in light and dark, each under a name.

Charts and style sheets hold names only; the browser turns a name into the colour of the theme in
force. Imports nothing. How to use it::

    from workbench.show.palette import css_variables, palettes
    palettes()["dark"]["P3"]      # "#FF8A3D"
    css_variables()               # ":root{--wb-page:#F7F8FA;…}" for the head of a page

Plan colours stay apart for the colour-blind (the two hospital plans are one hue, dark and light);
`contrast` is the WCAG 2 ratio, and the tests hold both palettes to AA with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["DARK", "LIGHT", "MARKS", "TEXTS", "contrast", "css_variables", "palettes"]

LIGHT: Mapping[str, str] = MappingProxyType(
    {
        "page": "#F7F8FA",
        "card": "#FFFFFF",
        "hairline": "#E3E6EB",
        "text": "#1D2733",
        "secondary": "#5B6775",
        "accent": "#0B6E8A",
        "P1": "#1B4F8A",
        "P2": "#2587B8",
        "P3": "#D55E00",
        "P4": "#AA4499",
        "P5": "#00875F",
        "total": "#1D2733",
        **{f"on_{plan}": "#FFFFFF" for plan in ("P1", "P4", "P5", "total")},
        **{f"on_{plan}": "#0B0F14" for plan in ("P2", "P3")},
        "today": "#7A8696",
        "sound": "#1F7A4D",
        "watch": "#8F5600",
        "short": "#B3261E",
        "flash": "#FFF3CC",
    }
)
"""Colours on a light page: name -> #RRGGBB; `on_P1` is the ink for words on the colour `P1`."""

DARK: Mapping[str, str] = MappingProxyType(
    {
        "page": "#12171D",
        "card": "#1A2129",
        "hairline": "#2B3540",
        "text": "#E8EDF2",
        "secondary": "#9AA7B4",
        "accent": "#4DB3CC",
        "P1": "#6FA8DC",
        "P2": "#9AD7F5",
        "P3": "#FF8A3D",
        "P4": "#D98CC8",
        "P5": "#3CC79A",
        "total": "#E8EDF2",
        **{f"on_{plan}": "#12171D" for plan in ("P1", "P2", "P3", "P4", "P5", "total")},
        "today": "#8593A3",
        "sound": "#5CC48D",
        "watch": "#E8B04A",
        "short": "#FF8A80",
        "flash": "#3D3415",
    }
)
"""Colours on a dark page: the same names."""

TEXTS = ("text", "secondary", "accent", "sound", "watch", "short")
"""Names that colour words: at least 4.5:1 on page and card."""

MARKS = ("P1", "P2", "P3", "P4", "P5", "total", "today")
"""Names that colour marks of a chart: at least 3:1 on page and card."""


def palettes() -> dict[str, dict[str, str]]:
    """Both palettes as plain dictionaries, as the browser takes them."""
    return {"light": dict(LIGHT), "dark": dict(DARK)}


def css_variables() -> str:
    """The palettes as CSS variables `--wb-NAME`.

    Dark holds where the page says so (`data-wb-theme`) or where JupyterLab wears a dark theme.
    """
    light = _declarations(LIGHT)
    dark = _declarations(DARK)
    dark_page = ':root[data-wb-theme="dark"],body[data-jp-theme-light="false"]'
    return f":root{{color-scheme:light;{light}}}\n{dark_page}{{color-scheme:dark;{dark}}}\n"


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours `#RRGGBB`, from 1 to 21.

    Source: W3C, Web Content Accessibility Guidelines 2.2, definition of contrast ratio.
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _declarations(palette: Mapping[str, str]) -> str:
    return "".join(f"--wb-{name}:{colour};" for name, colour in palette.items())


def _luminance(colour: str) -> float:
    """Relative luminance of `#RRGGBB` (W3C, same page)."""
    shares = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
