"""Law of a compound total on a lattice, three times: at a step, at half of it, at a quarter.

Floor 3. A claim's density part is put on the lattice so that its limited means are kept at every
point; amounts with a probability of their own stay where they are, by the choice of the step where
that is possible and else on four points that keep three moments. The error of such a law is a
series in even powers of the step, so the three laws give one that is right to the sixth power, and
one right to the fourth whose distance is the stated error.
Source: Gerber (1982), ASTIN Bulletin 13 (local moment matching); Richardson (1911); Grübel and
Hermesmeier (2000), Insurance: Mathematics and Economics 26 (extrapolation of compound laws).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

from workbench.engine.compound.window import Group, Window
from workbench.engine.lattice import split
from workbench.laws.sizes import SizeLaw

__all__ = [
    "Lattice",
    "Level",
    "atoms_of_total",
    "blur_of",
    "common_step",
    "lattice_of",
    "levels_of",
]

MOST_POINTS = 1 << 22
CLOSE = 1e-9
LEAST_POINTS = 16
NOT_MISSING = 1e-12
SILENT = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class Lattice:
    """Points first·step, (first + 1)·step, … of the coarsest level.

    `number` of points; `discrete`: the law lives on them and nowhere between; `knot` points from
    one multiple of the common step of all amounts with a probability to the next, 0 if they have
    none; `tilt` per amount.
    """

    step: float
    number: int
    discrete: bool
    knot: int
    tilt: float
    first: int = 0

    @property
    def start(self) -> float:
        """First amount."""
        return self.first * self.step


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One level read at the points of the coarsest, both shape (number,).

    `survival` P(S > x) + P(S = x)/2; `excess` E(S − x)⁺.
    """

    survival: np.ndarray
    excess: np.ndarray


def common_step(values: np.ndarray) -> float:
    """Return the largest step of which all positive `values` are whole multiples, to 1e-9; or 0.

    By Euclid's algorithm on floating numbers.
    """
    values = np.unique(values[values > 0.0])
    if not len(values):
        return 0.0
    step, slack = float(values[0]), CLOSE * float(values[-1])
    for value in values[1:]:
        larger, smaller = float(value), step
        while smaller > slack:
            left = larger % smaller
            larger, smaller = smaller, min(left, smaller - left)
        step = larger
    places = values / step
    return step if np.all(np.abs(places - np.rint(places)) < 1e-6) else 0.0


def _sizes(groups: tuple[Group, ...]) -> list[SizeLaw]:
    return [part.size for group in groups for part in group.parts]


def lattice_of(groups: tuple[Group, ...], window: Window, points: int) -> Lattice:
    """Return the lattice; `points` are those of the finest level of a law with a density."""
    sizes = _sizes(groups)
    values = np.concatenate([size.atoms().values for size in sizes])
    atoms = common_step(values)
    if all(size.is_discrete for size in sizes):
        step = atoms if np.any(values > 0.0) else window.width
        if step > 0.0 and window.width / step + 2.0 <= MOST_POINTS:
            return _fitted(window, step, knot=1, discrete=True)
    coarse = 4.0 * window.width / points
    ends = [size.largest for size in sizes if np.isfinite(size.largest)]
    for known in (common_step(np.concatenate([values, ends])), atoms):
        if known >= coarse:
            knot = int(np.ceil(known / coarse))
            return _fitted(window, known / knot, knot=knot, discrete=False)
    return _fitted(window, coarse, knot=0, discrete=False)


def _fitted(window: Window, step: float, *, knot: int, discrete: bool) -> Lattice:
    """Return the lattice of this step that covers the window and starts at a knot."""
    first = int(window.start / step)
    if knot:
        first = first // knot * knot
    number = int(np.ceil((window.start + window.width) / step)) - first + 1
    number = next_fast_len(max(number, LEAST_POINTS), real=True)
    return Lattice(
        step=step, number=number, discrete=discrete, knot=knot, tilt=window.tilt, first=first
    )


def _atom_masses(size: SizeLaw, step: float, number: int) -> np.ndarray:
    """Put the amounts with a probability of their own on the lattice, shape (number,)."""
    atoms = size.atoms()
    place = atoms.values / step
    whole = np.rint(place)
    on = np.abs(place - whole) < 1e-6
    inside = place < number - 1
    masses = np.zeros(number)
    kept = on & (whole < number)
    masses += np.bincount(
        whole[kept].astype(np.int64), weights=atoms.masses[kept], minlength=number
    )
    loose = ~on & inside
    if np.any(loose):
        index, weights = split(place[loose], top=number - 1)
        weights = weights * atoms.masses[loose, None]
        masses += np.bincount(index.ravel(), weights=weights.ravel(), minlength=number)
    return masses


def _density_means(size: SizeLaw, x: np.ndarray) -> np.ndarray | None:
    """E[min(Y, x)] of the density part alone; None where there is none."""
    if size.is_discrete:
        return None
    atoms = size.atoms()
    means = np.asarray(size.limited_mean(x), dtype=float)
    if len(atoms.values):
        means = means - atoms.below(x, 1) - x * (atoms.total - atoms.below(x))
    return means


def _density_masses(means: np.ndarray, share: float, step: float) -> np.ndarray:
    """Masses that keep the limited means of a density part with this share, shape (n,)."""
    slopes = np.diff(means) / step
    return np.concatenate([[share], slopes[:-1]]) - slopes


def _claim_masses(size: SizeLaw, step: float, number: int, means: np.ndarray | None) -> np.ndarray:
    """Masses of one claim on the lattice; `means` of its density part at one point more."""
    masses = _atom_masses(size, step, number)
    if means is None:
        return masses
    return masses + _density_masses(means, 1.0 - size.atoms().total, step)


def _transform(groups: tuple[Group, ...], masses: list[np.ndarray], tilt: np.ndarray) -> np.ndarray:
    """Return the masses of the total from those of each part's claim, shape (number,)."""
    number, place, logs = len(tilt), 0, np.zeros(len(tilt) // 2 + 1, dtype=complex)
    with np.errstate(all="ignore"):
        for group in groups:
            own = masses[place : place + len(group.parts)]
            logs = logs + group.log_transform([rfft(one * tilt) for one in own])
            place += len(group.parts)
        total = np.exp(logs)
    return irfft(np.where(np.isfinite(total), total, 0.0), number) / tilt


def blur_of(groups: tuple[Group, ...], lattice: Lattice) -> float:
    """Return how far amounts with a probability off the lattice may blur the law, an amount.

    0 where there are none, and where the total is smooth at the scale of sixteen steps: then its
    transform has vanished before the frequencies that the lattice does not carry well.
    """
    sizes = _sizes(groups)
    if lattice.knot or not any(np.any(size.atoms().values > 0.0) for size in sizes):
        return 0.0
    step, number = lattice.step, lattice.number
    x = step * np.arange(number + 1)
    masses = [_claim_masses(size, step, number, _density_means(size, x)) for size in sizes]
    total = _transform(groups, masses, np.exp(-lattice.tilt * x[:-1]))
    heard = np.abs(rfft(total))[number // 32 :]
    return 2.0 * step if heard.max() > SILENT else 0.0


def _missing(groups: tuple[Group, ...]) -> float:
    """Probability that tables of claims, cut off, leave out of the total."""
    logs = 0.0
    for group in groups:
        shares = [
            np.asarray(part.size.atoms().total if part.size.is_discrete else 1.0)
            for part in group.parts
        ]
        logs += float(group.log_transform(shares))
    missing = -float(np.expm1(logs))
    return missing if missing > NOT_MISSING else 0.0


def _read(masses: np.ndarray, step: float, tilted: bool, mean: float, missing: float) -> Level:
    """Read survival and excess from masses: from the right, or from the left if tilted."""
    if tilted:
        below = np.cumsum(masses)
        inside = np.concatenate([[0.0], np.cumsum(below)[:-1]])
        excess = mean - step * np.arange(len(masses)) + step * inside
        return Level(survival=1.0 - below + masses / 2.0, excess=excess)
    from_here = np.cumsum(masses[::-1])[::-1]
    above = from_here - masses
    excess = step * np.cumsum(above[::-1])[::-1]
    return Level(survival=above + masses / 2.0 + missing, excess=excess)


def levels_of(groups: tuple[Group, ...], lattice: Lattice, mean: float) -> list[Level]:
    """Return the law at three levels, the coarsest first; one level if it is discrete."""
    sizes, missing = _sizes(groups), _missing(groups)
    finest = 1 if lattice.discrete else 4
    x = lattice.step / finest * np.arange(lattice.number * finest + 1)
    means = [_density_means(size, x) for size in sizes]
    levels = []
    for fold in (1,) if lattice.discrete else (1, 2, 4):
        step, number, stride = lattice.step / fold, lattice.number * fold, finest // fold
        masses = [
            _claim_masses(size, step, number, None if known is None else known[::stride])
            for size, known in zip(sizes, means, strict=True)
        ]
        tilt = np.exp(-lattice.tilt * step * np.arange(number))
        total = np.roll(_transform(groups, masses, tilt), -(lattice.first * fold % number))
        level = _read(total, step, lattice.tilt > 0.0, mean, missing)
        levels.append(Level(survival=level.survival[::fold], excess=level.excess[::fold]))
    return levels


def atoms_of_total(groups: tuple[Group, ...], lattice: Lattice) -> np.ndarray:
    """Return the probability of each single amount of the total, shape (number,).

    Sums of claims that all have a probability of their own; 0 alone where no step is common.
    """
    sizes = _sizes(groups)
    if lattice.knot:
        tilt = np.exp(-lattice.tilt * lattice.step * np.arange(lattice.number))
        masses = [_atom_masses(size, lattice.step, lattice.number) for size in sizes]
        found = np.roll(_transform(groups, masses, tilt), -(lattice.first % lattice.number))
        return found if lattice.discrete else _on_knots(found, lattice.knot)
    found = np.zeros(lattice.number)
    if lattice.first:
        return found
    with np.errstate(all="ignore"):
        logs = sum(
            group.log_transform([part.size.atoms().below(np.zeros(1)) for part in group.parts])
            for group in groups
        )
        found[0] = float(np.exp(logs)[0])
    return found


def _on_knots(masses: np.ndarray, knot: int) -> np.ndarray:
    """Keep the masses at multiples of the common step; elsewhere is rounding noise."""
    kept = np.zeros(len(masses))
    kept[::knot] = np.maximum(masses[::knot], 0.0)
    return kept
