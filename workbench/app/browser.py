"""The bridge between a page and its browser: address, language, theme, clipboard, files to save.

One `PageBridge` a page, displayed once (it is invisible). How to use it::

    bridge = PageBridge(lang="zh", title="互助保障精算工作台")
    bridge.observe(on_arrival, "arrived")    # {"page": "premium", "lang": "en"}: the address asked
    bridge.query = {"page": "premium"}       # writes the address, without loading the page again
    bridge.lang, bridge.title                # set both when the reader changes the language
    bridge.theme = "dark"                    # or "light", "auto"; remembered by the browser
    bridge.save("结果.csv", content, "text/csv")   # from the call-back of a button
    bridge.copy("workbench run --json")      # then `on_copied(done)` is called
    bridge.on_go = turn_to                   # a click on <a data-wb-go="tiers">
    bridge.on_back = arrive                  # "back" of the browser: the query it goes back to

For a copy button inside HTML, `<button data-wb-copy="#command">` copies the text of the element
`#command` at the click itself, which every browser allows. What comes from `arrived` was typed by
anybody: compare it with the names allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from workbench.app import stylesheet

__all__ = ["PageBridge"]


class PageBridge(anywidget.AnyWidget):
    """Invisible widget that speaks with the browser.

    Attributes
    ----------
    arrived : dict
        The query of the address with which the page was opened; written once by the browser.
    query : dict
        The query to stand in the address bar, names and values as text.
    lang : str
        "zh" or "en": language of the document.
    title : str
        Title of the document; empty leaves it.
    theme : str
        "auto", "light" or "dark".
    dark : bool
        Whether the page is dark now; written by the browser.
    """

    _esm = Path(__file__).with_name("browser.js")
    css = traitlets.Unicode().tag(sync=True)
    opened = traitlets.Bool(False).tag(sync=True)
    arrived = traitlets.Dict().tag(sync=True)
    query = traitlets.Dict().tag(sync=True)
    lang = traitlets.Enum(["zh", "en"], "zh").tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    theme = traitlets.Enum(["auto", "light", "dark"], "auto").tag(sync=True)
    dark = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        *,
        on_copied: Callable[[bool], None] | None = None,
        on_go: Callable[[str], None] | None = None,
        on_back: Callable[[dict[str, Any]], None] | None = None,
        **traits: Any,
    ) -> None:
        super().__init__(css=stylesheet(), **traits)
        self._on_copied, self.on_go, self.on_back = on_copied, on_go, on_back
        self.on_msg(self._heard)

    def save(
        self, name: str, content: str | bytes, media_type: str, pictures: Sequence[str] = ()
    ) -> None:
        """Hand `content` to the reader as a file called `name`; text goes as UTF-8.

        A CSV meant for Excel needs its byte order mark in `content`. `{{picture:NAME}}` in a text
        becomes the address of the picture that this chart shows, for each name of `pictures`.
        """
        raw = content.encode("utf-8") if isinstance(content, str) else content
        told: dict[str, Any] = {"kind": "save", "name": name, "type": media_type}
        self.send(told | ({"pictures": list(pictures)} if pictures else {}), [raw])

    def copy(self, text: str) -> None:
        """Put `text` on the clipboard; the answer comes to `on_copied`."""
        self.send({"kind": "copy", "text": text})

    def _heard(self, _widget: Any, content: dict[str, Any], _buffers: Any) -> None:
        kind = content.get("kind")
        if self._on_copied and kind == "copied":
            self._on_copied(bool(content.get("done")))
        if self.on_go and kind == "go":
            self.on_go(str(content.get("page")))
        if self.on_back and kind == "back" and isinstance(content.get("query"), dict):
            self.on_back(content["query"])
