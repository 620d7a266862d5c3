"""Sliders of the pages in a browser: milliseconds from a key press to the changed picture.

A line is one function of `LINES`. `python -m benchmarks pages`. Needs Playwright and a Chromium
(WORKBENCH_BROWSER, else /usr/bin/chromium); without them there is no line.

Method: the built-in scheme is served, a page opened, and arrow keys are pressed on the sliders in
turn, one every 0.7 s (0.9 s on the page Fund). From the key's event in the browser to the frame
after the last change of what is watched: the texts at the head and the revision that every picture
carries when it is drawn; a first picture is the first change of a picture.
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
  window.pressed = window.changed = window.drawn = 0;
  document.addEventListener("keydown", () => {
    window.pressed = performance.now(); window.changed = window.drawn = 0;
  }, true);
  const seen = (changes) => {
    const picture = changes.some((one) => one.attributeName === "data-rev");
    requestAnimationFrame(() => {
      window.changed = performance.now();
      if (picture && !window.drawn) window.drawn = window.changed;
    });
  };
  const watcher = new MutationObserver(seen);
  for (const node of document.querySelectorAll(selector)) {
    watcher.observe(node, { subtree: true, childList: true, characterData: true,
      attributes: true, attributeFilter: ["data-rev"] });
  }
}"""
WAIT_MS, PRESSES = 700, 26
MEDIAN_ASKED_MS, HIGH_ASKED_MS = 100.0, 200.0
FUND_WAIT_MS, FUND_LOAD_MS = 900, 20_000
"""Before a second has passed nothing is asked of uncertain assumptions; first they are answered."""
FUND_ASKED_MS, FUND_ALL_ASKED_MS = 150.0, 500.0
MONEY = ("premium_yuan", "expense_share", "opening_fund_yuan")
"""Ends of the names of the sliders that move no claim."""
SLIDERS = """(money) => {
  const all = [...document.querySelectorAll(".wb-rail [role=slider]")];
  return all.flatMap((one, place) => {
    const name = one.closest(".wb-knob")?.className ?? "";
    const free = money.some((end) => name.split(" ").some((word) => word.endsWith(end)));
    return one.offsetParent ? [[place, free]] : [];
  });
}"""

CASES = (
    ("What if: head and all pictures", "what_if", ".wb-top, .wb-chart"),
    ("Premium tiers: the head", "tiers", ".wb-top"),
    ("Premium tiers: all plans over 71 tiers", "tiers", ".wb-body > :first-child .wb-chart"),
    ("Reserves: the head", "reserves", ".wb-top"),
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


def _latencies(
    page: Any, selector: str, presses: int, *, only: list[int] | None = None, wait: int = WAIT_MS
) -> list[tuple[float, float]]:
    """Return milliseconds to the last change and to the first picture, of each press that changed.

    `only` places of sliders among all of the rail; the first picture is 0.0 where none was drawn.
    """
    page.evaluate(WATCH, selector)
    every = page.locator(".wb-rail [role=slider]")
    places = only or [place for place, _ in page.evaluate(SLIDERS, [])]
    found = []
    for press in range(presses):
        slider = every.nth(places[press % len(places)])
        slider.focus()
        value = float(slider.get_attribute("aria-valuenow") or 0)
        most = float(slider.get_attribute("aria-valuemax") or 0)
        page.keyboard.press("ArrowLeft" if value >= most else "ArrowRight")
        page.wait_for_timeout(wait)
        pressed, changed, drawn = page.evaluate("[window.pressed, window.changed, window.drawn]")
        if changed:
            found.append((changed - pressed, drawn - pressed if drawn else 0.0))
    return found


def _opened(browser: Any, address: str, name: str) -> Any:
    """Open a page and wait until a picture is drawn."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{address}?page={name}")
    page.wait_for_function(
        "[...document.querySelectorAll('.wb-chart')].some((one) => one.dataset.rev > 0)"
    )
    return page


def _lines(
    what: str, times: list[float], asked: tuple[float | None, float | None], presses: int
) -> list[Line]:
    """Median and 95 % of milliseconds, with what is asked of each."""
    note = f"{len(times)} of {presses} presses changed something"
    pairs = (("median", 0.5, asked[0]), ("95 %", 0.95, asked[1]))
    return [
        Line(
            what=f"{what}, {label}",
            value=float(np.quantile(times, level)) if times else float("nan"),
            unit="ms",
            asked=most,
            more=False,
            note=note,
        )
        for label, level, most in pairs
    ]


def fund(sizes: Sizes, limits: Limits) -> list[Line]:
    """The page Fund: what moves no claim with all paths, what moves claims first and in full."""
    presses, found = sizes.of(PRESSES, 3), []
    with _browser() as (browser, address):
        page = _opened(browser, address, "fund")
        page.locator(".wb-rail > button").last.click()  # the sliders that are folded away
        page.wait_for_timeout(FUND_LOAD_MS)
        sliders = page.evaluate(SLIDERS, list(MONEY))
        told = {"wait": FUND_WAIT_MS}
        for money in (True, False):
            only = [place for place, free in sliders if free is money]
            times = _latencies(page, ".wb-top, .wb-chart", presses, only=only, **told)
            last, first = [one for one, _ in times], [one for _, one in times if one]
            if money:
                asked = (FUND_ASKED_MS, FUND_ASKED_MS)
                found += _lines("Fund: premium, expenses, opening fund", last, asked, presses)
                continue
            asked = (FUND_ASKED_MS, FUND_ASKED_MS)
            found += _lines("Fund: others, first picture", first, asked, presses)
            asked = (FUND_ALL_ASKED_MS, FUND_ALL_ASKED_MS)
            found += _lines("Fund: others, all paths", last, asked, presses)
    return found


def sliders(sizes: Sizes, limits: Limits) -> list[Line]:
    """Median and 95 % of key to picture, page by page."""
    found, presses = [], sizes.of(PRESSES, 3)
    with _browser() as (browser, address):
        for what, name, selector in CASES:
            page = _opened(browser, address, name)
            page.wait_for_timeout(6000)
            times = [last for last, _ in _latencies(page, selector, presses)]
            page.close()
            # Nothing is asked of the page Reserves: its lines are for information.
            asked = (None, None) if name == "reserves" else (MEDIAN_ASKED_MS, HIGH_ASKED_MS)
            found += _lines(what, times, asked, presses)
    return found


LINES = (sliders, fund)
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
