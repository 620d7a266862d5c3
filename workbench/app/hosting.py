"""Voilà with the locks of the workbench: own kernels only, a cap on them, no traceback on the wire.

Imported by `workbench.app.server` when a server starts; it loads Voilà (about a second).
"""

from __future__ import annotations

import asyncio
import json
import threading
import webbrowser
from collections.abc import Callable
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from jupyter_server.utils import url_path_join
from tornado.web import HTTPError
from traitlets import Int, Unicode, default
from voila.app import Voila
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

__all__ = ["CappedKernels", "OwnKernel", "QuietWebsocket", "WorkbenchServer", "leaks"]


class OwnKernel(KernelSpecManager):
    """Knows one kernel: the Python that runs the server, whatever a user's folder may hold."""

    @default("kernel_dirs")
    def _no_folder(self) -> list[str]:
        return []


class CappedKernels(AsyncMappingKernelManager):
    """Refuses a kernel above `max_kernels` with status 503; each open page is one kernel.

    Voilà makes its pool of warmed kernels a subclass of this class. The pool's own count of itself
    is replaced (`ready_pool_size`), because a visitor must neither wait for a kernel that is only
    planned, nor meet one that was refused earlier.
    """

    max_kernels = Int(16, config=True, help="Most kernels at one time, the warmed ones included.")

    def __init__(self, **kwargs: Any) -> None:
        self._starting = 0
        super().__init__(**kwargs)
        self.get_pool_size = self.ready_pool_size

    fill_if_needed: Callable[..., None]  # of Voilà's pool

    async def start_kernel(self, **kwargs: Any) -> str:  # type: ignore[override]
        """Start a kernel, or refuse with status 503."""
        if len(self) + self._starting >= self.max_kernels:
            raise HTTPError(503, "all %d kernels are in use", self.max_kernels)
        self._starting += 1
        try:
            return await super().start_kernel(**kwargs)
        finally:
            self._starting -= 1

    def ready_pool_size(self, notebook_name: str) -> int:
        """How many warmed kernels a visitor may have now; these are moved to the front."""
        pool: list[asyncio.Future[Any]] = getattr(self, "_pools", {}).get(notebook_name, [])
        planned = len(pool)
        pool[:] = sorted((f for f in pool if not _failed(f)), key=lambda future: not future.done())
        if len(pool) < planned and len(self) + self._starting < self.max_kernels:
            self.fill_if_needed(notebook_name=notebook_name)
        return min(sum(future.done() for future in pool) + self._starting, len(pool))


class QuietWebsocket(VoilaKernelWebsocketHandler):
    """Keeps what a kernel writes to standard error, tracebacks above all, in the server's log."""

    def write_message(self, message: Any, binary: bool = False) -> Any:
        """Send a message to the page, unless it would show the inside of the program."""
        told = leaks(message)
        if told is not None:
            self.log.error("kernel %s: %s", self.kernel_id, told)
            return None
        return super().write_message(message, binary)


class WorkbenchServer(Voila):
    """Voilà that tells its address once it listens, and opens it in a browser if asked."""

    query = Unicode("", help="Query of the address to open, with its question mark.")
    browser_wanted = False
    announce: Callable[[str], None] = staticmethod(lambda address: None)
    say: dict[str, dict[str, str]] = {}

    def init_settings(self) -> dict[str, Any]:
        """Voilà's settings, and the words of the pages for errors."""
        settings = super().init_settings()
        settings["voila_jinja2_env"].globals["say"] = self.say
        return settings

    def init_handlers(self) -> list[Any]:
        """Voilà's addresses, with the quiet connection to the kernel in place of its own."""
        handlers = []
        for address, handler, *rest in super().init_handlers():
            quiet = QuietWebsocket if handler is VoilaKernelWebsocketHandler else handler
            handlers.append((address, quiet, *rest))
        return handlers

    def launch_browser(self) -> None:
        """Tell the address; Voilà calls this when it listens."""
        address = url_path_join(self.connection_url) + self.query
        self.announce(address)
        if self.browser_wanted:
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def leaks(message: Any) -> str | None:
    """The text of a kernel message that no page may see: an error, or standard error.

    Parameters
    ----------
    message : bytes, str or dict
        As it goes to the page; bytes follow the protocol v1.kernel.websocket.jupyter.org.
    """
    header, content = _read(message)
    kind = header.get("msg_type")
    if kind == "error":
        return "\n".join(content.get("traceback", []))
    if kind == "stream" and content.get("name") == "stderr":
        return str(content.get("text", ""))
    return None


def _read(message: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and content of a message; empty where it cannot be read."""
    try:
        if isinstance(message, bytes):
            count = int.from_bytes(message[:8], "little")
            at = [int.from_bytes(message[8 * i : 8 * i + 8], "little") for i in range(1, count + 1)]
            header = json.loads(message[at[1] : at[2]])
            wanted = header.get("msg_type") in ("error", "stream")
            return header, json.loads(message[at[4] : at[5]]) if wanted else {}
        whole = json.loads(message) if isinstance(message, str) else message
        return whole.get("header") or {}, whole.get("content") or {}
    except (ValueError, IndexError, AttributeError, UnicodeDecodeError):
        return {}, {}


def _failed(future: asyncio.Future[Any]) -> bool:
    return future.done() and (future.cancelled() or future.exception() is not None)
