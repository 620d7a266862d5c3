"""What is done when the fund falls below a line, and how members answer.

Floor 6, inside `fund`. Rules are data (`data/actions.csv`); they are asked at every year's end and
act on the terms that start from the next year on. Source: docs/fund.md section 6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.behaviour.answering import FIRST_YEAR
from workbench.behaviour.cells import plan_cells
from workbench.behaviour.leaving import CLASS_SHARES, proneness, staying
from workbench.behaviour.reaction import Reaction, reactions
from workbench.consistency import actions_against
from workbench.fund.terms import FundTerms
from workbench.guard import InputRefused, freeze
from workbench.inputs import Action, Inputs

__all__ = ["ActionRules", "PlanAnswers", "Position", "action_rules"]

GRID = np.linspace(-1.5, 3.0, 181)
"""Changes of price (logarithm) at which the answer of members is worked out."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlanAnswers:
    """Members and claims of each plan relative to no change, (plans, grid), by change of price."""

    members: np.ndarray
    claims: np.ndarray
    damping: float

    def at(self, change: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return members and claims at changes of price (plans, paths)."""
        pairs = zip(change, self.members, self.claims, strict=True)
        found = [(np.interp(x, GRID, stay), np.interp(x, GRID, cost)) for x, stay, cost in pairs]
        return np.stack([one for one, _ in found]), np.stack([one for _, one in found])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ActionRules:
    """Rules with their lines in fen, (actions,), which plans each touches, (actions, plans)."""

    actions: tuple[Action, ...]
    line_fen: np.ndarray
    touches: np.ndarray
    answers: PlanAnswers


def _answers(inputs: Inputs, reaction: Reaction) -> PlanAnswers:
    members, claims = [], []
    for code in inputs.plan_codes:
        cells = plan_cells(inputs, inputs, code)
        kept = staying(cells, reaction, GRID) * CLASS_SHARES
        paid = cells.members * cells.benefit_before
        members.append(kept.sum(axis=2) @ cells.members / max(cells.enrolments, 1e-300))
        claims.append((kept @ proneness(reaction)) @ paid / max(float(paid.sum()), 1e-300))
    return PlanAnswers(members=freeze(members), claims=freeze(claims), damping=reaction.damping)


def action_rules(inputs: Inputs, terms: FundTerms, *, react: bool = True) -> ActionRules:
    """Return the rules of a pack; without `react` nobody leaves.

    Raises
    ------
    InputRefused
        `actions-contradict` where a fund could ask for two at once that undo each other.
    """
    contribution = float(terms.contribution_fen[1].sum())
    faults = list(actions_against(inputs.actions, contribution / 100.0))
    if faults:
        raise InputRefused(faults)
    lines = [one.line * (100.0 if one.unit == "yuan" else contribution) for one in inputs.actions]
    touches = [[one.plan in (code, "all") for code in terms.codes] for one in inputs.actions]
    answers = _answers(inputs, reactions(inputs.assumptions)[0])
    if not react:
        ones = freeze(np.ones(answers.members.shape))
        answers = PlanAnswers(members=ones, claims=ones, damping=answers.damping)
    return ActionRules(
        actions=inputs.actions,
        line_fen=freeze(np.rint(lines), np.int64),
        touches=np.array(touches, dtype=bool).reshape(len(lines), len(terms.codes)),
        answers=answers,
    )


class Position:
    """Where the rules stand on every path of a chunk: tiers, benefits, members, claims.

    `tier`, `benefit`, `members`, `claims` (plans, paths) relative to no rules; `times` (actions,
    paths) how often each has acted.
    """

    __slots__ = ("_change", "_joined", "benefit", "claims", "members", "rules", "tier", "times")

    def __init__(self, rules: ActionRules, paths: int) -> None:
        plans = rules.touches.shape[1]
        self.rules = rules
        self.tier, self.benefit = np.ones((2, plans, paths))
        self.members, self.claims = np.ones((2, plans, paths))
        self.times = np.zeros((len(rules.actions), paths), dtype=np.int64)
        self._change = np.zeros((plans, paths))
        self._joined = np.ones((plans, paths))

    def decide(self, fund: np.ndarray, keeping: np.ndarray) -> None:
        """Let the rules act on the fund at a year's end, fen (paths,), for the year to come.

        `keeping` (plans,) members who renew over next year's members where others join as usual.
        """
        stopped = np.zeros(self.tier.shape, dtype=bool)
        for place, one in enumerate(self.rules.actions):
            line = self.rules.line_fen[place]
            hit = (fund < line) if one.when == "below" else (fund > line)
            hit &= self.times[place] < one.most_times
            self.times[place] += hit
            where = self.rules.touches[place][:, None] & hit
            if one.does == "raise_tier":
                self.tier = np.where(where, self.tier * (1.0 + one.amount), self.tier)
            elif one.does == "lower_tier":
                self.tier = np.where(where, self.tier * (1.0 - one.amount), self.tier)
            elif one.does == "cut_benefit":
                self.benefit = np.where(where, self.benefit * (1.0 - one.amount), self.benefit)
            else:
                stopped |= where
        self._answer(stopped, keeping)

    def _answer(self, stopped: np.ndarray, keeping: np.ndarray) -> None:
        """Members and claims of the year to come: two thirds of a change act in its first year."""
        answers = self.rules.answers
        target = np.log(self.tier) - answers.damping * np.log(self.benefit)
        change = self._change + FIRST_YEAR * (target - self._change)
        self._change = target
        # Those who would have joined are missing until others take their place, year by year.
        usual = self._joined * keeping[:, None] + (1.0 - keeping[:, None])
        self._joined = np.where(stopped, self._joined * keeping[:, None], usual)
        members, claims = answers.at(change)
        self.members = members * self._joined
        self.claims = claims * self.benefit * self._joined
