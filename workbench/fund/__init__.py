"""The fund over years: what comes in, what is paid, what must be held, and whether it lasts.

Floor 6. How to use it::

    from workbench.fund import FundChoices, fund_of
    found = fund_of(inputs, FundChoices(years=10, basis=Basis(kind="level", draws=64)))
    found.main.figures.used_up, found.restored.opening_yuan

Source: docs/fund.md.
"""

from workbench.fund.measures import FAN, FundFigures, Restored
from workbench.fund.members import MemberYears, member_years, retirement_age
from workbench.fund.project import (
    FIRST_YEAR,
    LONGEST,
    MOST_PATHS,
    FundChoices,
    FundResult,
    Variant,
    compile_fund,
    fund_of,
)
from workbench.fund.replay import Memory
from workbench.fund.run import Books, FundModel, FundRun, path_books, run_paths
from workbench.fund.statements import BALANCE, INCOME, PLAN_LINES, Statements

__all__ = [
    "BALANCE",
    "Books",
    "FAN",
    "FIRST_YEAR",
    "FundChoices",
    "FundFigures",
    "FundModel",
    "FundResult",
    "FundRun",
    "INCOME",
    "LONGEST",
    "MOST_PATHS",
    "MemberYears",
    "Memory",
    "PLAN_LINES",
    "Restored",
    "Statements",
    "Variant",
    "compile_fund",
    "fund_of",
    "member_years",
    "path_books",
    "retirement_age",
    "run_paths",
]
