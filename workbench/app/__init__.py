"""The faces in a browser: chart widget, page bridge, latest-wins worker, server, template, style.

Floor 10. Importing this package is cheap: widgets and server are imported where they are used.

- `workbench.app.page.what_if`: the page What if; `state` what the reader chose, `knobs` its
  sliders, `controls` the rail, `seen` answers and figures by their place, `markup` its HTML,
  `panels/` one module a panel.
- `workbench.app.chart.Chart`: shows what `workbench.show.charts` builds.
- `workbench.app.browser.PageBridge`: address, language, theme, clipboard, files to save.
- `workbench.app.latest.LatestWins`: keeps a page answering while sliders move.
- `workbench.app.server.serve`: a notebook as a page; `serve_lab`: JupyterLab.

The style names classes for a page to give to its boxes (`box.add_class("wb-card")`)::

    wb-page                           the whole page; everything below stands inside it
      wb-head                         name of the workbench, language, theme
      wb-layout                       three children, in this order:
        wb-top                          wb-answer (one sentence), wb-figures (four wb-figure)
        wb-rail                         controls: left at a desk, below the answer on a phone
        wb-body                         wb-card after wb-card
    wb-figure                         wb-figure-label, wb-figure-value, wb-figure-note inside
    wb-knob                           wb-knob-head (label, number box, reset) and a slider under it
    wb-table                          around an HTML table; td.number is right-aligned
    wb-status-sound -watch -short     shape, word and colour of a status
    wb-note, wb-command, wb-message, wb-stale, wb-changed, wb-busy
"""

from __future__ import annotations

from workbench.resources import read_builtin_text
from workbench.show.palette import css_variables

__all__ = ["stylesheet"]

_STYLE = "voila/templates/workbench/static/style.css"


def stylesheet() -> str:
    """The style of every page: the palettes as variables, then the rules."""
    return css_variables() + read_builtin_text("share", _STYLE)
