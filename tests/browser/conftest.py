"""Chromium, a server for a notebook, and a log of requests, for the tests that need a page.

The browser is the one named by WORKBENCH_BROWSER, else /usr/bin/chromium. With CI=true a missing
browser fails the tests, at a desk it skips them. How a test uses it::

    def test_page(serve, visit):
        address = serve(notebook)                  # one server a notebook and options, shared
        seen = visit(address, width=390)           # a fresh window; seen.page is Playwright's page
        assert seen.outside() == []                # nothing left this machine
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
BROWSER = os.environ.get("WORKBENCH_BROWSER", "/usr/bin/chromium")
OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START = """
import json, sys
from pathlib import Path
from workbench.app.server import Serving, serve
options = json.loads(sys.argv[1])
notebook = Path(options.pop("notebook"))
serve(Serving(notebook=notebook, open_browser=False, **options),
      announce=lambda address: print(address, flush=True))
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, so that `-m "not browser"` leaves them out."""
    for item in items:
        if Path(item.path).parent == Path(__file__).parent:
            item.add_marker("browser")


@dataclass
class Visit:
    """One window on a page, and what went over the wire meanwhile."""

    page: Any
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)

    def outside(self) -> list[str]:
        """Addresses asked that are not on this machine."""
        inside = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "about:")
        return [address for address in self.requests if not address.startswith(inside)]

    def settled(self, charts: int | None = None) -> Any:
        """Wait until every chart of the page is drawn; return the page."""
        self.page.wait_for_function(
            """(count) => {
                const charts = [...document.querySelectorAll(".wb-chart")];
                return charts.length >= (count ?? 1) && charts.every((c) => c.dataset.rev);
            }""",
            arg=charts,
            timeout=60_000,
        )
        return self.page


class Server:
    """A serving process, stopped by `stop`."""

    def __init__(self, notebook: Path, **options: Any) -> None:
        asked = json.dumps({"notebook": str(notebook), **options})
        paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
        self.process = subprocess.Popen(
            [sys.executable, "-c", START, asked],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        if not self.address:
            self.stop()
            raise AssertionError("the server ended before it listened")

    @property
    def root(self) -> str:
        """The address without its query."""
        return self.address.split("?")[0]

    def stop(self) -> None:
        """End the server and its kernels."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)
        if self.process.stdout:
            self.process.stdout.close()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    """The browser; gone after this folder, because Playwright's loop runs in the tests' thread."""
    missing = None
    if not Path(BROWSER).is_file():
        missing = f"no browser at {BROWSER}"
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing = "playwright is not installed"
    if missing and os.environ.get("CI") == "true":
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=BROWSER, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def serve() -> Iterator[Callable[..., str]]:
    """`serve(notebook, **options of Serving)`: an address; the same call gives the same server."""
    running: dict[str, Server] = {}

    def start(notebook: Path, **options: Any) -> str:
        key = json.dumps([str(notebook), options], sort_keys=True)
        if key not in running:
            running[key] = Server(notebook, **options)
        return running[key].address

    yield start
    for server in running.values():
        server.stop()


@pytest.fixture
def own_server() -> Iterator[Callable[..., Server]]:
    """`own_server(notebook, **options)` returns a `Server` for one test, which may stop it."""
    running: list[Server] = []

    def start(notebook: Path, **options: Any) -> Server:
        running.append(Server(notebook, **options))
        return running[-1]

    yield start
    for server in running:
        server.stop()


@pytest.fixture(scope="package")
def open_window(chromium: Any) -> Callable[..., Visit]:
    """`open_window(address, width=1280, dark=False)`: close it by `seen.page.context.close()`."""

    def start(address: str, *, width: int = 1280, dark: bool = False, **options: Any) -> Visit:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            **options,
        )
        seen = Visit(page=context.new_page())
        seen.page.on("request", lambda request: seen.requests.append(request.url))
        seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
        seen.page.on("websocket", lambda socket: _listen(seen, socket))
        seen.page.goto(address)
        return seen

    return start


@pytest.fixture
def visit(open_window: Callable[..., Visit]) -> Iterator[Callable[..., Visit]]:
    """`visit(address, width=1280, dark=False)` opens a fresh window for one test."""
    opened: list[Visit] = []

    def start(address: str, **options: Any) -> Visit:
        opened.append(open_window(address, **options))
        return opened[-1]

    yield start
    for seen in opened:
        seen.page.context.close()


def _listen(seen: Visit, socket: Any) -> None:
    def received(frame: str | bytes) -> None:
        seen.frames.append(frame.decode("utf-8", "replace") if isinstance(frame, bytes) else frame)

    seen.requests.append(socket.url)
    socket.on("framereceived", received)
