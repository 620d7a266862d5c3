"""The page Premium tiers (互助会费档位): for the actuary.

Floor 10. A drag of a tier shows the head first, then all plans over their tiers, then the chosen
plan; who stays and what moves a figure most come when the reader rests; best tiers and uncertain
assumptions are asked by a button.
"""

from __future__ import annotations

from collections.abc import Mapping

from workbench.app.controls import Controls, ScenarioList
from workbench.app.desk import Desk
from workbench.app.pages.rail import RailPage, actions_of, tools_of
from workbench.app.panels.basis import BasisPanel
from workbench.app.panels.best import BestPanel
from workbench.app.panels.calibration import CalibrationPanel
from workbench.app.panels.choices import View
from workbench.app.panels.commands import CommandsPanel
from workbench.app.panels.fairness import FairnessPanel
from workbench.app.panels.plan_choice import PlanChoice
from workbench.app.panels.premium import PremiumPanel
from workbench.app.panels.resting import BandPanel, TornadoPanel
from workbench.app.panels.technical import TechnicalPanel
from workbench.app.panels.tier_grid import TierGridPanel
from workbench.app.panels.tiers import TiersPanel

__all__ = ["Tiers", "make"]


class Tiers(RailPage):
    """The page, and what it looks at."""

    def __init__(self, desk: Desk) -> None:
        self.view = view = View()
        tools, actions, changed = tools_of(desk), actions_of(desk), self._looks_elsewhere
        grid, tiers = TierGridPanel(desk, tools, view, changed), TiersPanel(tools, view)
        technical, premium = TechnicalPanel(tools, view), PremiumPanel(tools)
        self.fairness = fairness = FairnessPanel(tools, view, changed)
        self.band, self.tornado = (
            made(desk, tools, view, changed) for made in (BandPanel, TornadoPanel)
        )
        best, calibration = BestPanel(desk, tools), CalibrationPanel()
        plan, basis = PlanChoice(tools, view, changed), BasisPanel()
        commands = CommandsPanel(tools, gather=desk.all_answers, commands=("price", "tiers"))
        super().__init__(
            desk,
            Controls(desk.pack, actions, chooser=ScenarioList(desk.pack, actions)),
            panels=[
                *(grid, plan, tiers, technical, self.band, self.tornado, fairness),
                *(premium, best, basis, commands, calibration),
            ],
            commands=commands,
            later=(
                (grid, tiers),
                (technical, premium, fairness, best),
                (calibration,),
                (self.band,),
                (self.tornado,),
            ),
        )

    @property
    def stages(self) -> tuple[tuple[str, ...], ...]:  # type: ignore[override]
        """Questions by stage, of the plan that the page looks at."""
        resting = ((self.band.name,), (self.tornado.name,))
        return (("run", "price"), ("tiers",), (self.fairness.name,), ("calibrate",), *resting)

    def _looks_elsewhere(self) -> None:
        self.desk.look_again()
        self.desk.settings_changed()

    def looked_at(self) -> dict[str, str]:
        """Return plan and rule as a part of an address."""
        return self.view.query()

    def look_at(self, query: Mapping[str, object]) -> None:
        """Look at the plan and the rule of an address."""
        self.view.look_at(self.desk.pack, query)


def make(desk: Desk) -> Tiers:
    """Return the page."""
    return Tiers(desk)
