"""All pages in one frame: everything that `notebooks/app.ipynb` shows.

Floor 10. The frame has the head (name, pages, language, theme), the busy bar and the page that is
open; pages share one `Desk`, so a setting goes along from page to page and no page needs a kernel
of its own. How to use it::

    from workbench.app.page import open_pages
    open_pages()                 # the widget; what is on it is `open_pages().frame`
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from html import escape

import ipywidgets

from workbench.app.desk import Desk, Looking, Showing
from workbench.app.pages import FRONT, PAGES, make_page
from workbench.app.panels.parts import region
from workbench.app.saved import kept_from, kept_query
from workbench.app.state import from_query, to_query
from workbench.guard import refuse
from workbench.inputs import Inputs
from workbench.pack import differences, read_pack
from workbench.show.language import language as system_language
from workbench.show.notebook import DATA_VARIABLE, pack_in_use
from workbench.show.words import LANGUAGES, words
from workbench.textfile import shown

__all__ = ["Frame", "open_pages"]

THEMES = ("auto", "light", "dark")


class Frame:
    """Head, busy bar and the open page; pages are made when they are first opened."""

    def __init__(
        self,
        pack: Inputs,
        *,
        language: str = "zh",
        data: str | None = None,
        differing: int = 0,
        page: str = FRONT,
    ) -> None:
        self.desk = Desk(pack, language=language, data=data, differing=differing)
        self.desk.settings_changed, self.desk.set_busy = self._write_address, self._set_busy
        self._pages: dict[str, Showing] = {}
        self._languages: dict[str, str] = {}
        self.name = ""
        self.widget = self._layout()
        guarded = self.desk.guarded
        bridge = self.desk.bridge
        bridge.observe(guarded(lambda change: self.arrive(change["new"])), "arrived")
        bridge.on_go, bridge.on_back = guarded(self.turn), guarded(self.arrive)
        self._relabel()
        self.turn(page)

    # ---- parts ----

    def _layout(self) -> ipywidgets.VBox:
        desk = self.desk
        self._title, self._nav, self._busy = region("wb-title"), region("wb-nav"), region("wb-busy")
        self._lang = ipywidgets.ToggleButtons(
            options=[(words(one)("page.language"), one) for one in LANGUAGES], value=desk.language
        )
        self._lang.observe(desk.guarded(lambda change: self.speak(change["new"])), "value")
        self._theme = ipywidgets.ToggleButtons(options=list(zip("◐☀☾", THEMES, strict=True)))
        ipywidgets.link((desk.bridge, "theme"), (self._theme, "value"))
        head = ipywidgets.HBox([self._title, self._nav, self._lang, self._theme])
        head.add_class("wb-head")
        self._stack = ipywidgets.VBox([]).add_class("wb-stack")
        page = ipywidgets.VBox([desk.bridge, self._busy, head, self._stack])
        page.add_class("wb-page")
        return page

    def _set_busy(self, busy: bool) -> None:
        (self._busy.add_class if busy else self._busy.remove_class)("on")

    # ---- pages ----

    @property
    def page(self) -> Showing:
        """The page that is open."""
        return self._pages[self.name]

    def turn(self, name: str) -> None:
        """Open a page; an unknown name opens the front page, which says so."""
        wanted = name if name in PAGES else FRONT
        if wanted != self.name:
            self.name = wanted
            if wanted not in self._pages:
                self._pages[wanted] = make_page(wanted, self.desk)
            if self._languages.get(wanted) != self.desk.language:
                self._languages[wanted] = self.desk.language
                self.page.relabel(self.desk.language)
            self._stack.children = (self.page.widget,)
            self._show_head()
            self.desk.open(self.page)
            self._write_address()
        if name != wanted:
            raise refuse("unknown-page", value=shown(name), allowed=tuple(PAGES))

    def speak(self, language: str) -> None:
        """Change the language; settings, answers and the page stay."""
        if language not in LANGUAGES or language == self.desk.language:
            return
        self._languages[self.name] = language
        self.desk.speak(language)
        self._relabel()
        self._write_address()

    def arrive(self, query: Mapping[str, object]) -> None:
        """Open what an address asks for; what cannot be taken is told on the page it names."""
        desk = self.desk
        if query.get("lang") in LANGUAGES:
            self.speak(str(query["lang"]))
        faults: list[Exception] = []
        for step in (
            lambda: self.turn(str(query.get("page") or FRONT)[:60]),
            lambda: self._take_kept(query),
            lambda: self._look(query),
        ):
            try:
                step()
            except Exception as error:
                faults.append(error)
        desk.take(lambda: from_query(desk.pack, query))
        if faults:
            desk.tell_fault(faults[0])
        self._write_address()

    def _take_kept(self, query: Mapping[str, object]) -> None:
        otherwise = words(self.desk.language)("page.kept_otherwise")
        self.desk.kept = kept_from(self.desk.pack, query, otherwise)
        self.desk.show_again()

    def _look(self, query: Mapping[str, object]) -> None:
        """Let a page that looks at something of its own (a date, a horizon) look where asked."""
        page = self.page
        if not isinstance(page, Looking):
            return
        before = page.looked_at()
        page.look_at(query)
        if page.looked_at() != before:
            self.desk.look_again()

    def _write_address(self) -> None:
        """Let the address bar say page, language, settings, what is looked at and kept."""
        desk = self.desk
        asked = to_query(desk.settings, desk.language)
        looked = self.page.looked_at() if isinstance(self.page, Looking) else {}
        desk.bridge.query = {"page": self.name, **asked, **looked, **kept_query(desk.kept)}

    # ---- words ----

    def _relabel(self) -> None:
        say = words(self.desk.language)
        self._lang.tooltip, self._theme.tooltip = say("page.language_tip"), say("page.theme_tip")
        self._theme.tooltips = [say(f"page.theme_{one}") for one in THEMES]
        self._lang.value = self.desk.language
        if self.name:
            self._show_head()

    def _show_head(self) -> None:
        """Put name, pages and the title of the document into the language."""
        from workbench.app.pages.front import page_link

        say, language = words(self.desk.language), self.desk.language
        links = []
        for name in PAGES:
            link = page_link(name, say(f"page.nav_{name}"), language)
            here = ' aria-current="page"' if name == self.name else ""
            links.append(link.replace("<a ", f"<a{here} ", 1))
        self._title.value = f"<h1>{escape(say('app.title'))}</h1>"
        named = escape(say("page.nav"))
        self._nav.value = f'<nav aria-label="{named}">{"".join(links)}</nav>'
        title = say("app.title")
        if self.name != FRONT:
            title = say("page.document", page=say(f"page.nav_{self.name}"), title=title)
        with self.desk.bridge.hold_sync():
            self.desk.bridge.lang, self.desk.bridge.title = language, title


SWITCH_SECONDS = 0.0005
"""How long a computing thread may keep what sends messages waiting."""


def open_pages() -> ipywidgets.VBox:
    """Return the pages on the pack in use (WORKBENCH_DATA, else the built-in one)."""
    sys.setswitchinterval(SWITCH_SECONDS)
    pack, data = pack_in_use(), os.environ.get(DATA_VARIABLE)
    differing = len(differences(pack, read_pack())) if data else 0
    made = Frame(pack, language=system_language(), data=data, differing=differing)
    made.widget.frame = made
    return made.widget
