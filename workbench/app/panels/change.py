"""What a changed tier does, in sentences; nothing where every tier is today's.

Floor 10. The card stays, so that nothing jumps: without a change it says what to do.
"""

from __future__ import annotations

from html import escape

from workbench.app.markup import paragraph
from workbench.app.panels.parts import card, region
from workbench.app.seen import Seen
from workbench.show.sentences import tier_change_sentence

__all__ = ["ChangePanel", "change_sentences"]


def change_sentences(seen: Seen, name: str = "run") -> dict[str, str]:
    """Return one sentence for each plan whose premium differs from today's, by a name.

    `name` is "run", or "uncertain" where the assumptions are uncertain too.
    """
    found = {}
    before, after = (one.answers[name] for one in (seen.today, seen.asked))
    for code in seen.pack.plan_codes:
        premiums = (before.asked.inputs.plan(code), after.asked.inputs.plan(code))
        old, new = (plan.premium_yuan for plan in premiums)
        if old != new:
            chances = (one.result.result.plans[code].deficit_probability for one in (before, after))
            found[f"{'tier' if name == 'run' else name}_{code}"] = tier_change_sentence(
                seen.plan(code),
                (old, new),
                tuple(chances),
                seen.language,
                uncertain=name != "run",
            )
    return found


class ChangePanel:
    """Sentences about changed tiers."""

    def __init__(self) -> None:
        self._region = region("wb-sentence")
        self.widget = card(self._region)

    def show(self, seen: Seen) -> None:
        """Show the answers."""
        told = change_sentences(seen)
        lines = [paragraph(escape(text), name) for name, text in told.items()]
        if not lines:
            lines = [paragraph(escape(seen.say("page.change_none")), style="wb-quiet")]
        title = f'<h2 class="wb-section">{escape(seen.say("page.change_title"))}</h2>'
        self._region.value = f'{title}<div class="wb-changes">{"".join(lines)}</div>'
