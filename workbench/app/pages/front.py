"""The front page (首页): what the workbench is, its answer today, a door for each reader.

Floor 10. It shows today's scheme, whatever was set on another page.
"""

from __future__ import annotations

from html import escape

from workbench.app.desk import Desk
from workbench.app.markup import clauses, paragraph
from workbench.app.panels.parts import card, region
from workbench.app.seen import Seen
from workbench.app.state import Settings
from workbench.resources import builtin
from workbench.show.sentences import answer_sentence, basis_sentence, income_sentence, tightest
from workbench.show.words import words

__all__ = ["Front", "make", "page_link"]

DOORS = (("manager", ("what_if", "fund")), ("actuary", ("tiers", "reserves")), ("reviewer", ()))
"""Reader → the pages that his door opens; a reviewer is shown commands."""

REVIEWER_COMMANDS = ("workbench verify", "workbench calibrate", "workbench lab")


def page_link(name: str, text: str, language: str, style: str = "wb-link") -> str:
    """Return a link that turns to a page without a new kernel."""
    address = f"?page={name}&amp;lang={language}"
    return f'<a class="{style}" data-wb-go="{name}" href="{address}">{escape(text)}</a>'


def _command(place: str, text: str, language: str) -> str:
    """Return a command with a button that copies it."""
    say = words(language)
    return (
        f'<span class="wb-line"><code class="wb-inline" id="wb-front-{place}">{escape(text)}</code>'
        f'<button type="button" data-wb-copy="#wb-front-{place}">{escape(say("page.copy"))}'
        f"</button></span>"
    )


def _door(reader: str, pages: tuple[str, ...], language: str) -> str:
    """Return one door: for whom, what is behind it, the way in."""
    say = words(language)
    named = (page_link(one, say(f"page.nav_{one}"), language, "wb-door-link") for one in pages)
    way = " ".join(named)
    if not pages:
        lines = (_command(f"r{at}", one, language) for at, one in enumerate(REVIEWER_COMMANDS))
        way = "".join(lines)
    return (
        f'<section class="wb-card wb-door"><h2>{escape(say(f"page.door_{reader}"))}</h2>'
        f"<p>{escape(say(f'page.door_{reader}_for'))}</p>{way}</section>"
    )


def _notebooks(language: str) -> str:
    """Return the built-in notebooks with the commands that open them."""
    say, rows = words(language), []
    for stem in sorted(path.stem for path in builtin("notebooks").glob("[0-9]*.ipynb")):
        key = f"page.notebook_{stem}"
        named = say(key) if key in say else stem
        shown = _command(stem, f"workbench app {stem}", language)
        rows.append(f"<li><span>{escape(named)}</span>{shown}</li>")
    title = escape(say("page.notebooks_title"))
    return (
        f'<section class="wb-card"><h2 class="wb-section">{title}</h2>'
        f'<p class="wb-quiet">{escape(say("page.notebooks_note"))}</p>'
        f'<ul class="wb-list">{"".join(rows)}</ul></section>'
    )


class Front:
    """The page."""

    stages = (("run",),)

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._message, self._answer, self._rest = region("wb-told"), region("wb-top"), region()
        self.widget = card(self._message, self._answer, self._rest, style="wb-front")

    def show(self, seen: Seen, stage: int) -> None:
        """Show today's answer."""
        today, language = seen.today.answers["run"], seen.language
        total, plans = today.result.result.total, today.result.result.plans
        told = answer_sentence(total, seen.plan(tightest(plans)), language)
        income = income_sentence(total, language, changed=False)
        basis = basis_sentence(language, differences=seen.differences)
        self._answer.value = (
            f'<p class="wb-quiet">{escape(seen.say("page.front_about"))}</p>'
            f'<div class="wb-answer">{paragraph(clauses(escape(told)), "answer")}</div>'
            f'<div class="wb-sentence">{paragraph(escape(income), "income")}</div>'
            f'<div class="wb-note">{paragraph(escape(basis), "basis")}</div>'
        )

    def refused(self, seen: Seen, stage: int, reason: str) -> None:
        """Nothing on this page can be refused."""

    def progress(self, stage: int, done: int, whole: int) -> None:
        """Nothing on this page takes long."""

    def relabel(self, language: str) -> None:
        """Put the words into a language."""
        doors = "".join(_door(reader, pages, language) for reader, pages in DOORS)
        self._rest.value = f'<div class="wb-doors">{doors}</div>{_notebooks(language)}'

    def place(self, settings: Settings) -> None:
        """The page has no control."""

    def tell(self, content: str, *, fault: bool, revision: int) -> None:
        """Say what was refused; what differs from today is told on the other pages."""
        self._message.value = (
            f'<div class="wb-message" role="alert">{content}</div>' if fault else ""
        )

    def stale(self, is_stale: bool) -> None:
        """Today's answer is never stale."""


def make(desk: Desk) -> Front:
    """Return the page."""
    return Front(desk)
