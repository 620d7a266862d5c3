"""Sliders of the pages in a browser: milliseconds from a key press to the changed picture.

A line is one function of `LINES`. `python -m benchmarks pages`. Needs Playwright and a Chromium
(WORKBENCH_BROWSER, else /usr/bin/chromium); without them there is no line.

Method: the built-in scheme is served, a page opened, and arrow keys are pressed on the sliders in
turn, one every 0.7 s. From the key's event in the browser to the frame after the last change of
what is watched: the texts at the head and the revision that every picture carries when it is drawn.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.limits import Limits
from benchmarks.measure import Line, Sizes

__all__ = ["LINES", "measured"]

ROOT = Path(__file__).parent.parent
BROWSER = os.environ.get("WORKBENCH_BROWSER", "/usr/bin/chromium")
START = """
from pathlib import Path
from workbench.app.server import Serving, serve
serve(Serving(notebook=Path("notebooks/app.ipynb"), open_browser=False, warmed=0),
      announce=lambda address: print(address, flush=True))
"""
WATCH = """(selector) => {
  window.pressed = window.changed = 0;
  document.addEventListener("keydown", () => {
    window.pressed = performance.now(); window.changed = 0;
  }, true);
  const seen = () => requestAnimationFrame(() => { window.changed = performance.now(); });
  const watcher = new MutationObserver(seen);
  for (const node of document.querySelectorAll(selector)) {
    watcher.observe(node, { subtree: true, childList: true, characterData: true,
      attributes: true, attributeFilter: ["data-rev"] });
  }
}"""
WAIT_MS, PRESSES = 700, 26
MEDIAN_ASKED_MS, HIGH_ASKED_MS = 100.0, 200.0

CASES = (
    ("What if: head and all pictures", "what_if", ".wb-top, .wb-chart"),
    ("Premium tiers: the head", "tiers", ".wb-top"),
    ("Premium tiers: all plans over 71 tiers", "tiers", ".wb-body > :first-child .wb-chart"),
)
"""What is watched, the page, its elements."""


@contextmanager
def _browser() -> Iterator[tuple[Any, str]]:
    """Yield a browser and the address of a server; both end with the block."""
    from playwright.sync_api import sync_playwright

    server = subprocess.Popen(
        [sys.executable, "-c", START],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert server.stdout is not None
    address = server.stdout.readline().strip().split("?")[0]
    try:
        with sync_playwright() as tool:
            yield tool.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"]), address
    finally:
        server.terminate()
        server.wait(20)


def _latencies(page: Any, selector: str, presses: int) -> list[float]:
    """Return milliseconds of each press that changed what is watched."""
    page.evaluate(WATCH, selector)
    sliders = page.locator(".wb-rail [role=slider]:visible")
    found = []
    for place in range(presses):
        slider = sliders.nth(place % sliders.count())
        slider.focus()
        value = float(slider.get_attribute("aria-valuenow") or 0)
        most = float(slider.get_attribute("aria-valuemax") or 0)
        page.keyboard.press("ArrowLeft" if value >= most else "ArrowRight")
        page.wait_for_timeout(WAIT_MS)
        pressed, changed = page.evaluate("[window.pressed, window.changed]")
        if changed:
            found.append(changed - pressed)
    return found


def sliders(sizes: Sizes, limits: Limits) -> list[Line]:
    """Median and 95 % of key to picture, page by page."""
    found = []
    presses = sizes.of(PRESSES, 3)
    with _browser() as (browser, address):
        for what, name, selector in CASES:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"{address}?page={name}")
            page.wait_for_function(
                "[...document.querySelectorAll('.wb-chart')].some((one) => one.dataset.rev > 0)"
            )
            page.wait_for_timeout(6000)
            times = _latencies(page, selector, presses)
            page.close()
            note = f"{len(times)} of {presses} presses changed something"
            for label, value, asked in (
                ("median", float(np.median(times)), MEDIAN_ASKED_MS),
                ("95 %", float(np.quantile(times, 0.95)), HIGH_ASKED_MS),
            ):
                line = {"what": f"{what}, {label}", "unit": "ms", "more": False, "note": note}
                found.append(Line(value=value, asked=asked, **line))
    return found


LINES = (sliders,)
"""Every benchmark of the pages."""


def measured(sizes: Sizes, limits: Limits) -> list[Line]:
    """Measure every line; none where there is no browser."""
    try:
        import playwright  # noqa: F401
    except ImportError:
        return []
    if not Path(BROWSER).is_file():
        return []
    return [line for measure in LINES for line in measure(sizes, limits)]
