"""The chart widget: shows a `ChartSpec` in a page or in JupyterLab, in light and dark.

The state is the whole option in synced traits, so a page that opens late, or opens twice, always
shows the newest picture. How to use it::

    chart = Chart(height=320)
    chart.show(hundred_yuan_chart(rows, labels))   # again and again; each is one message
    chart.download("每百元去向.png")                # from the call-back of a button

In the page the element carries `data-rev`, the `rev` of the picture drawn, or "failed".
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from workbench.show.charts import ChartSpec
from workbench.show.palette import palettes
from workbench.show.words import words

__all__ = ["Chart"]


class Chart(anywidget.AnyWidget):
    """An ECharts picture with its title, subtitle and text alternative.

    Attributes
    ----------
    option : dict
        The option with names, as the builders make it. Never changed in place.
    label : str
        Text alternative.
    rev : int
        Counts the pictures shown.
    name : str
        What a file with pictures calls this one; see `PageBridge.save`.
    height : int
        Height of the picture without its title, pixels; fixed, so that nothing jumps.
    theme : str
        "auto" (as the page), "light" or "dark".
    renderer : str
        "canvas" or "svg".
    failed : str
        What stands in place of the picture where it cannot be drawn, in both languages.
    """

    _esm = Path(__file__).with_name("chart.js")
    option = traitlets.Dict().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    rev = traitlets.Int(0).tag(sync=True)
    name = traitlets.Unicode().tag(sync=True)
    height = traitlets.Int(320).tag(sync=True)
    theme = traitlets.Enum(["auto", "light", "dark"], "auto").tag(sync=True)
    renderer = traitlets.Enum(["canvas", "svg"], "canvas").tag(sync=True)
    palette = traitlets.Dict().tag(sync=True)
    failed = traitlets.Unicode().tag(sync=True)

    def __init__(self, spec: ChartSpec | None = None, **traits: Any) -> None:
        failed = " ".join(words(lang)("app.chart_failed") for lang in ("zh", "en"))
        super().__init__(palette=palettes(), failed=failed, **traits)
        if spec is not None:
            self.show(spec)

    def show(self, spec: ChartSpec) -> None:
        """Draw `spec` in place of the picture shown; one message to the page."""
        with self.hold_sync():
            self.label = spec.label
            self.option = dict(spec.option)
            self.rev += 1

    def download(self, name: str) -> None:
        """Hand the picture with its title to the reader as a PNG file called `name`."""
        self.send({"kind": "download", "name": name})
