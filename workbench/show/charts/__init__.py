"""Builders of the charts: finished numbers and finished words in, an ECharts option out.

One module a chart, `frame` for what they share. Nothing actuarial is computed here:
probabilities, quantiles and shares arrive as figures, in the unit shown. `labels` maps the keys
that each builder names to finished words in the reader's language. How to use it::

    from workbench.show.charts import PlanShares, hundred_yuan_chart
    spec = hundred_yuan_chart(rows, labels)    # ChartSpec(option=..., label=...)
    chart.show(spec)                           # workbench.app.chart.Chart

Every series has an id, so that the browser can exchange it in place.
"""

from workbench.show.charts.band import PremiumBand, band_chart
from workbench.show.charts.columns import Group, Groups, groups_chart
from workbench.show.charts.distribution import Curve, Distribution, Mark, distribution_chart
from workbench.show.charts.dots import Dot, Dots, dots_chart
from workbench.show.charts.equal_cost import EqualCost, equal_cost_chart
from workbench.show.charts.fan import Fan, fan_chart
from workbench.show.charts.frame import ChartSpec, steady
from workbench.show.charts.frontier import Frontier, FrontierLine, FrontierPoint, frontier_chart
from workbench.show.charts.heat import Heat, heat_chart
from workbench.show.charts.shares import PlanShares, hundred_yuan_chart
from workbench.show.charts.stacks import Stack, Stacks, stacks_chart
from workbench.show.charts.tier_grid import PlanTiers, TierGrid, tier_grid_chart
from workbench.show.charts.tiers import TierCurve, tier_chart
from workbench.show.charts.tornado import Tornado, TornadoBar, tornado_chart
from workbench.show.charts.waterfall import Step, Waterfall, waterfall_chart

__all__ = [
    "ChartSpec",
    "Curve",
    "Distribution",
    "Dot",
    "Dots",
    "EqualCost",
    "Fan",
    "Frontier",
    "FrontierLine",
    "FrontierPoint",
    "Group",
    "Groups",
    "Heat",
    "Mark",
    "PlanShares",
    "PlanTiers",
    "PremiumBand",
    "Stack",
    "Stacks",
    "Step",
    "TierCurve",
    "TierGrid",
    "Tornado",
    "TornadoBar",
    "Waterfall",
    "band_chart",
    "distribution_chart",
    "dots_chart",
    "equal_cost_chart",
    "fan_chart",
    "frontier_chart",
    "groups_chart",
    "heat_chart",
    "hundred_yuan_chart",
    "stacks_chart",
    "steady",
    "tier_chart",
    "tier_grid_chart",
    "tornado_chart",
    "waterfall_chart",
]
