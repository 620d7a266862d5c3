"""Builders of the charts: finished numbers and finished words in, an ECharts option out.

One module a chart, `frame` for what they share. Nothing actuarial is computed here:
probabilities, quantiles and shares arrive as figures, in the unit shown. `labels` maps the keys
that each builder names to finished words in the reader's language. How to use it::

    from workbench.show.charts import PlanShares, hundred_yuan_chart
    spec = hundred_yuan_chart(rows, labels)    # ChartSpec(option=..., label=...)
    chart.show(spec)                           # workbench.app.chart.Chart

Every series has an id, so that the browser can exchange it in place.
"""

from workbench.show.charts.distribution import Curve, Distribution, Mark, distribution_chart
from workbench.show.charts.frame import ChartSpec, steady
from workbench.show.charts.shares import PlanShares, hundred_yuan_chart
from workbench.show.charts.tiers import TierCurve, tier_chart

__all__ = [
    "ChartSpec",
    "Curve",
    "Distribution",
    "Mark",
    "PlanShares",
    "TierCurve",
    "distribution_chart",
    "hundred_yuan_chart",
    "steady",
    "tier_chart",
]
