"""Starts a notebook as a page, and JupyterLab, with everything set; nobody types server options.

How to use it::

    from workbench.app.server import Serving, find_notebook, serve
    serve(Serving(notebook=find_notebook("app")), announce=print)    # returns when stopped

The page is for this machine: the server listens on 127.0.0.1 and refuses a foreign `Host`. To give
it to an office, put a web server with encryption and a login in front, which sends that `Host`.
Each open page is one kernel; kernels end with their page, after half an hour without a page, and
above `max_kernels` a visitor is asked to wait (status 503).

Imports the standard library at its top; Voilà is loaded when a server starts.
"""

from __future__ import annotations

import os
import platform
import socket
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.guard import refuse
from workbench.resources import builtin
from workbench.show.palette import css_variables

__all__ = [
    "FIRST_PORT",
    "Serving",
    "configuration",
    "find_notebook",
    "free_port",
    "serve",
    "serve_lab",
]

FIRST_PORT = 8866
"""Voilà's usual port; the next free one is taken where it is in use."""

EXTENSIONS = (
    "@jupyter-widgets/jupyterlab-manager",
    "@voila-dashboards/widgets-manager8",
    "anywidget",
)
"""All that a page loads of JupyterLab's extensions; a visitor is sent no other."""

TEMPLATE_WORDS = tuple(
    f"app.{key}"
    for key in (
        *("title", "lost", "reload", "script", "calculating", "cell_failed"),
        *("failed", "failed_do", "missing", "missing_do", "crowded", "crowded_do"),
    )
)
"""Keys of the words that stand in the page template."""

POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' ws://127.0.0.1:* ws://localhost:* blob: data:; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
"""The browser itself refuses any request that leaves this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What to serve, and how.

    Attributes
    ----------
    notebook : Path
        The notebook shown as a page.
    port : int
        First port to try.
    lang : str
        "zh" or "en": language of the page until its address or its reader says otherwise.
    open_browser : bool
        Whether to open the page in a browser.
    warmed : int
        Kernels kept ready for the next visitor; 0 for none.
    max_kernels : int
        Most kernels at one time, the warmed ones included.
    idle_seconds : int
        A kernel without a page ends after this time.
    environment : Mapping[str, str]
        Variables that the notebook's kernels see; WORKBENCH_LANG is always among them.
    verbose : bool
        Whether the server tells what it does, on standard error.
    """

    notebook: Path
    port: int = FIRST_PORT
    lang: str = "zh"
    open_browser: bool = True
    warmed: int = 2
    max_kernels: int = 16
    idle_seconds: int = 1800
    environment: Mapping[str, str] = field(default_factory=dict)
    verbose: bool = False


def find_notebook(name: str) -> Path:
    """The file of a notebook: a path, or the name of a built-in one with or without its ending.

    Raises
    ------
    InputRefused
        `unknown-notebook`, with the names of the built-in ones.
    """
    folder = builtin("notebooks")
    for path in (Path(name), folder / name, folder / f"{name}.ipynb"):
        if path.suffix == ".ipynb" and path.is_file():
            return path.resolve()
    known = ", ".join(sorted(path.stem for path in folder.glob("*.ipynb")))
    raise refuse("unknown-notebook", value=name, allowed=known)


def free_port(first: int = FIRST_PORT, tries: int = 50) -> int:
    """The first port of this machine from `first` on that nobody listens on.

    Raises
    ------
    InputRefused
        `no-free-port`, if all `tries` are taken.
    """
    for port in range(first, min(first + tries, 65536)):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            if os.name == "posix":  # as the server does; on Windows it would allow a second one
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise refuse("no-free-port", low=first, high=first + tries - 1)


def configuration(serving: Serving, say: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """The hardened configuration of Voilà; `say` holds the template's words by language.

    What each line closes was tried as a visitor: a theme or template named in the address runs
    script or hangs, files beside the notebook are readable, kernels stay when a page is left.
    """
    return {
        "Voila": _server_settings(serving),
        "VoilaConfiguration": _page_settings(serving, say),
        "VoilaExecutor": {"cell_error_instruction": " ".join(say["app.cell_failed"].values())},
        **_kernel_settings(serving),
    }


def _server_settings(serving: Serving) -> dict[str, Any]:
    return {
        "ip": "127.0.0.1",
        "config_file_paths": [],  # no file of the desk opens a lock again
        "log_level": "INFO" if serving.verbose else "ERROR",
        "tornado_settings": {
            # The page's farewell, which ends its kernel, cannot carry the token.
            "disable_check_xsrf": True,
            "allow_remote_access": False,
            "local_hostnames": ["localhost"],
            "ws_ping_interval": 30_000,
            "ws_ping_timeout": 30_000,
            "headers": {
                "Content-Security-Policy": POLICY,
                "X-Content-Type-Options": "nosniff",
                "Referrer-Policy": "no-referrer",
            },
        },
    }


def _page_settings(serving: Serving, say: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    return {
        "template": "workbench",
        "theme": "light",
        "allow_template_override": "NO",
        "allow_theme_override": "NO",
        "file_allowlist": [],
        "strip_sources": True,
        "show_tracebacks": False,
        "preheat_kernel": serving.warmed > 0,
        "default_pool_size": serving.warmed,
        "extension_allowlist": list(EXTENSIONS),
        "multi_kernel_manager_class": "workbench.app.hosting.CappedKernels",
        "kernel_spec_manager_class": "workbench.app.hosting.OwnKernel",
        "resources": {"workbench": {"lang": serving.lang, "palette": css_variables(), "say": say}},
    }


def _kernel_settings(serving: Serving) -> dict[str, Any]:
    return {
        "VoilaKernelManager": {"fill_delay": 10},
        "CappedKernels": {"max_kernels": serving.max_kernels},
        "KernelManager": {"transport": _transport()},
        "MappingKernelManager": {
            "cull_idle_timeout": serving.idle_seconds,
            "cull_interval": min(60, serving.idle_seconds),
            "cull_connected": False,
        },
        # A lost message would leave a picture stale; the sender is our own kernel.
        "ZMQChannelsWebsocketConnection": {"limit_rate": False},
    }


def serve(serving: Serving, *, announce: Callable[[str], None] | None = None) -> None:
    """Serve a notebook as a page until the process is stopped.

    Parameters
    ----------
    serving : Serving
        What to serve.
    announce : Callable or None
        Called once with the address when the server listens.

    Raises
    ------
    InputRefused
        `no-free-port`.
    """
    _prepare_environment({"WORKBENCH_LANG": serving.lang, **serving.environment})
    from traitlets.config import Config

    from workbench.app.hosting import WorkbenchServer

    say = template_words()
    config = Config(configuration(serving, say))
    config.Voila.port = free_port(serving.port)
    WorkbenchServer.clear_instance()
    server = WorkbenchServer.instance(config=config)
    server.say = say
    server.query = f"?lang={serving.lang}"
    server.browser_wanted = serving.open_browser and _has_screen()
    if announce:
        server.announce = announce
    server.initialize([str(serving.notebook)])
    server.start()


def serve_lab(folder: Path, *, open_browser: bool = True, port: int = 8888) -> int:
    """Open JupyterLab on `folder` until it is stopped; returns its exit status.

    It asks nothing of the internet: no news, no search for updates or extensions.
    """
    _prepare_environment({})
    from jupyterlab.labapp import main

    options = [
        f"--ServerApp.root_dir={folder}",
        f"--ServerApp.port={free_port(port)}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.open_browser={open_browser and _has_screen()}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
    ]
    if getattr(os, "geteuid", lambda: 1)() == 0:  # the administrator of a desk, or a container
        options.append("--allow-root")
    return main(options) or 0


def template_words() -> dict[str, dict[str, str]]:
    """The words of the page template, key by key in every language."""
    from workbench.show.words import LANGUAGES, words

    return {name: {lang: words(lang)(name) for lang in LANGUAGES} for name in TEMPLATE_WORDS}


def _transport() -> str:
    """How server and kernels speak: by files that no other user of the machine can read.

    Windows has none, and a path over about 100 characters is refused; there it is local TCP.
    """
    return "ipc" if platform.system() == "Linux" and len(tempfile.gettempdir()) <= 40 else "tcp"


def _prepare_environment(variables: Mapping[str, str]) -> None:
    """What this process and its kernels must see: Jupyter's folder of ours, one thread a kernel."""
    share = str(builtin("share"))
    for name in ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH"):
        paths = [path for path in os.environ.get(name, "").split(os.pathsep) if path]
        os.environ[name] = os.pathsep.join([share, *(path for path in paths if path != share)])
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.update(variables)


def _has_screen() -> bool:
    """Whether a browser window can open here; a text browser would take the terminal."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    return platform.system() != "Linux" or any(os.environ.get(name) for name in screens)
