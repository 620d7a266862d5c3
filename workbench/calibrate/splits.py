"""Enrolment splits: the two scales solved again, and how far each plan's loss ratio then moves.

Floor 4, inside `calibrate`. The scheme's enrolments are known, their split over the plans is not;
every split reproduces the same two totals. Source: docs/assumptions.md section 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from workbench.calibrate.solving import Calibration, KeptBy, calibrate
from workbench.changes import Changes, apply
from workbench.engine.results import contribution_yuan
from workbench.engine.stages import expected_claims
from workbench.guard import Fault, InputRefused
from workbench.inputs import EnrolmentSplit, Inputs, fingerprint

__all__ = [
    "LossRatioRange",
    "SplitOutcome",
    "SplitRanges",
    "SplitStudy",
    "split_ranges",
    "split_study",
]

OWN = "own"
"""Code of the split of the pack's own bundles where `enrolment_splits.csv` does not have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitOutcome:
    """One split, both scales solved for it, changes applied after that.

    `enrolments` and `loss_ratios` by plan code; `loss_ratio` of the scheme; `mean_premium_yuan`
    contributions over enrolments.
    """

    split: EnrolmentSplit
    calibration: Calibration
    enrolments: Mapping[str, int]
    mean_premium_yuan: float
    loss_ratios: Mapping[str, float]
    loss_ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitStudy:
    """Splits that could be solved, and for each of the others what stood in the way."""

    outcomes: tuple[SplitOutcome, ...]
    refused: tuple[tuple[EnrolmentSplit, tuple[Fault, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LossRatioRange:
    """Least and greatest loss ratio over the splits, and the codes of the splits that give them."""

    low: float
    high: float
    low_split: str
    high_split: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitRanges:
    """Ranges by plan code and of the scheme; `splits` the codes that were solved."""

    plans: Mapping[str, LossRatioRange]
    total: LossRatioRange
    splits: tuple[str, ...]


Solved = tuple[EnrolmentSplit, Calibration]
Refused = tuple[EnrolmentSplit, tuple[Fault, ...]]


def _splits(pack: Inputs) -> Iterator[EnrolmentSplit]:
    """Splits of the file, after the pack's own where the file does not have it."""
    held = dict.fromkeys(pack.plan_codes, 0)
    for row in pack.rows:
        for code in row.plans:
            held[code] += row.members
    known = [dict(split.enrolments) for split in pack.splits]
    if held not in known:
        yield EnrolmentSplit(
            code=OWN, name_zh="", name_en="", enrolments=tuple(held.items()), provenance=""
        )
    yield from pack.splits


@lru_cache(maxsize=8)
def _solved(content: KeptBy) -> tuple[tuple[Solved, ...], tuple[Refused, ...]]:
    """Each split of a pack with its calibration, and those that were refused."""
    solved: list[Solved] = []
    refused: list[Refused] = []
    pack = content.inputs
    for split in _splits(pack):
        changes = Changes({f"enrolments.{code}": number for code, number in split.enrolments})
        try:
            raked = pack if split.code == OWN else apply(pack, changes)
            solved.append((split, calibrate(raked)))
        except InputRefused as refusal:
            refused.append((split, refusal.faults))
    return tuple(solved), tuple(refused)


def _outcome(split: EnrolmentSplit, calibration: Calibration, changes: Changes) -> SplitOutcome:
    inputs = apply(calibration.inputs, changes)
    claims = expected_claims(inputs)
    contribution = contribution_yuan(inputs, claims.enrolments)
    ratios = claims.paid_yuan / contribution
    return SplitOutcome(
        split=split,
        calibration=calibration,
        enrolments=dict(zip(inputs.plan_codes, claims.enrolments.tolist(), strict=True)),
        mean_premium_yuan=float(contribution.sum()) / float(claims.enrolments.sum()),
        loss_ratios=dict(zip(inputs.plan_codes, ratios.tolist(), strict=True)),
        loss_ratio=float(claims.paid_yuan.sum()) / float(contribution.sum()),
    )


def split_study(pack: Inputs, changes: Changes | None = None) -> SplitStudy:
    """Solve both scales for every split of the pack and apply the changes after that.

    Parameters
    ----------
    pack
        The pack as read, or one whose beliefs were changed before the solving. Bundles are raked to
        each split: members and women kept, so a plan's share of women moves a little.
    changes
        What is asked about (a tier, a scale, a scenario), applied to each solved pack.
    """
    solved, refused = _solved(KeptBy(pack, fingerprint(pack)))
    outcomes, failed = [], list(refused)
    for split, calibration in solved:
        try:
            outcomes.append(_outcome(split, calibration, changes or Changes()))
        except InputRefused as refusal:
            failed.append((split, refusal.faults))
    return SplitStudy(outcomes=tuple(outcomes), refused=tuple(failed))


def _span(ratios: Mapping[str, float]) -> LossRatioRange:
    """Range of loss ratios by split code."""
    least, most = min(ratios, key=lambda code: ratios[code]), max(ratios, key=lambda c: ratios[c])
    return LossRatioRange(low=ratios[least], high=ratios[most], low_split=least, high_split=most)


def split_ranges(pack: Inputs, changes: Changes | None = None) -> SplitRanges | None:
    """Return the range of each plan's loss ratio over the splits, None where none can be solved.

    Solved packs are kept by content, so that a slider costs an evaluation of the expected claims
    for each split, and a premium almost nothing. Arguments as for `split_study`.
    """
    outcomes = split_study(pack, changes).outcomes
    if not outcomes:
        return None
    plans = {
        code: _span({one.split.code: one.loss_ratios[code] for one in outcomes})
        for code in pack.plan_codes
    }
    return SplitRanges(
        plans=plans,
        total=_span({one.split.code: one.loss_ratio for one in outcomes}),
        splits=tuple(one.split.code for one in outcomes),
    )
