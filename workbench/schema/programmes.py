"""The files of programmes and of relativities: what the scheme does besides, and who costs more.

Floor 1, inside `schema`. Both are optional; their figures are facts of a newspaper, published
factors of insurers, or assumptions, as each row says.
"""

from __future__ import annotations

from workbench.rates import RATE_EVENTS
from workbench.schema.beliefs import STATES
from workbench.schema.columns import Column, File
from workbench.schema.parts import CODE, PROVENANCE, number_column, share_column, whole_column

__all__ = ["DIMENSIONS", "LEVERS", "PROGRAMMES_FILE", "PROGRAMME_KINDS", "RELATIVITIES_FILE"]

PROGRAMME_KINDS = ("discount", "prevention")
LEVERS = (*RATE_EVENTS, "stay_cost")
"""What a programme may move: the rate of an event, or the cost of a stay."""
DIMENSIONS = ("occupation", "area")
"""What a table of relativities tells apart; columns of bundles.csv hold a row's level."""

PROGRAMMES_FILE = File(
    name="programmes.csv",
    key=("programme",),
    columns=(
        Column(name="programme", kind="code", pattern=CODE),
        Column(name="kind", kind="code", codes=PROGRAMME_KINDS),
        Column(name="name_zh"),
        Column(name="name_en"),
        whole_column("members", "members", 1, 100_000_000),
        number_column("total_yuan", "yuan", 0.0, 1e10),
        number_column("years", "calendar_years", 0.0, 100.0, above_low=True),
        share_column("borne_share"),
        Column(name="lever", kind="code", codes=LEVERS, blank=True),
        number_column("effect", "share", -1.0, 1.0, blank=True),
        number_column("effect_low", "share", -1.0, 1.0, blank=True),
        number_column("effect_high", "share", -1.0, 1.0, blank=True),
        Column(name="state", kind="code", codes=STATES),
        PROVENANCE,
    ),
    optional=True,
)

RELATIVITIES_FILE = File(
    name="relativities.csv",
    key=("table", "level"),
    columns=(
        Column(name="table", kind="code", pattern=CODE),
        Column(name="dimension", kind="code", codes=DIMENSIONS),
        Column(name="level", kind="code", pattern=r"[\w .,()（）·-]{1,60}"),
        number_column("factor", "ratio", 0.1, 10.0),
        PROVENANCE,
    ),
    optional=True,
)
