"""What the published totals ask of the level of claims with these settings.

Floor 10. Comes after the rest, because no slider waits for it.
"""

from __future__ import annotations

from html import escape

from workbench.app.markup import figure, paragraph
from workbench.app.panels.commands import command_row
from workbench.app.panels.parts import card, region
from workbench.app.seen import Seen

__all__ = ["CalibrationPanel"]


def calibration_html(seen: Seen) -> str:
    """Return the two solved values and what they reproduce."""
    solved = "calibrate/solved"
    told = seen.say(
        "page.calibrated",
        rate=figure(seen, f"{solved}/hospital_claimant_rate/value", "number"),
        cost=figure(seen, f"{solved}/stay_cost_mean_yuan/value", "price"),
        beneficiaries=figure(seen, "calibrate/beneficiaries", "count"),
        paid=figure(seen, "calibrate/paid_yuan", "money"),
        unit=escape(seen.say("unit.money")),
    )
    return paragraph(told)


class CalibrationPanel:
    """The two solved values with their command, or why they cannot be solved."""

    def __init__(self) -> None:
        self._region = region("wb-sentence")
        self.widget = card(self._region)

    def _show(self, seen: Seen, told: str) -> None:
        title = f'<h2 class="wb-section">{escape(seen.say("page.calibration_title"))}</h2>'
        content = title + command_row(seen, "calibrate") + told
        self._region.value = f'<div data-answer-rev="{seen.asked.revision}">{content}</div>'

    def show(self, seen: Seen) -> None:
        """Show the solved values."""
        self._show(seen, calibration_html(seen))

    def refuse(self, seen: Seen, reason: str) -> None:
        """Say why the scales cannot be solved with these settings."""
        self._show(seen, paragraph(escape(reason), "refused"))

    def wait(self, seen: Seen) -> None:
        """Nothing to say while the values are on their way."""

    def stale(self, is_stale: bool) -> None:
        """Grey the values while newer ones are on their way."""
        (self.widget.add_class if is_stale else self.widget.remove_class)("wb-stale")
