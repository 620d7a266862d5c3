"""One claim as a few points: nodes of P(Y > y), from which its transform follows at any frequency.

Floor 3. E exp(itY) − 1 = it·∫ exp(itx)·P(Y > x) dx, taken at Gauss–Legendre nodes in panels that
halve towards the left end of every stretch between two kinks; on a lattice of step h the same is
(exp(ith) − 1)·Σ exp(itjh)·P(Y > jh), exactly. A second, rougher set of nodes tells the error.
Source: docs/laws.md section 6; Davis and Rabinowitz, Methods of Numerical Integration
(2nd ed., 1984), section 2.7.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from workbench.engine.compound.lattice import common_step
from workbench.guard import freeze
from workbench.laws.continuous import Uniform
from workbench.laws.coverage import Covered
from workbench.laws.mixtures import Mixture, Scaled, Shifted, Truncated
from workbench.laws.sizes import SizeLaw

__all__ = [
    "ClaimNodes",
    "NodeSet",
    "exponents",
    "kinks_of",
    "nodes_of",
    "real_transform_of",
    "transform_of",
]

ORDERS = (12, 10)
"""Gauss–Legendre nodes of a panel: the set that is used, and the one that tells its error."""
FIRST_HALVINGS, TAIL_HALVINGS, LATER_HALVINGS = 12, 20, 3
PHASE = 6.0
"""Largest phase, either side of the middle of a panel, that twelve nodes carry."""
SPLITS = (2, 8, 64)
"""A panel is at most the largest claim divided by this; more of them where the law asks."""
NOTHING_LEFT = 1e-20
UNSETTLED = 1e-9
"""Relative error of E[Y²] from which the nodes are not trusted."""
MOST_LATTICE = 1 << 12
EXPONENTS = 6
"""Real exponents, half an octave apart, of either sign: what bounds a tail."""
PROBES = np.exp2(np.arange(-64, 41) / 4.0)
"""Frequencies, in units of 1/(largest claim), at which the size of the transform is looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class NodeSet:
    """Nodes `x` and weights times P(Y > x), both shape (n,)."""

    x: np.ndarray
    weights: np.ndarray

    def moment(self, order: int) -> float:
        """E[Y^order], of the nodes."""
        return float(order * np.sum(self.x ** (order - 1) * self.weights))

    def real_transform(self, s: np.ndarray, step: float) -> np.ndarray:
        """E exp(sY) − 1 at real s."""
        front = np.expm1(s * step) if step else s
        with np.errstate(over="ignore", invalid="ignore"):
            waves = np.exp(np.multiply.outer(s, self.x))
            return front * np.einsum("sn,n->s", waves, self.weights)

    def transform(self, apart: float, count: int, step: float) -> np.ndarray:
        """E exp(itY) − 1 at t = apart, 2·apart, …, complex (count,).

        exp(ikx) is the product of a coarse and a fine power: one matrix product instead of
        `count` exponentials a node.
        """
        fine = max(int(np.sqrt(count)), 1)
        coarse = -(-count // fine)
        angle = self.x * apart
        near = np.exp(1j * np.multiply.outer(angle, np.arange(1, fine + 1)))
        far = np.exp(1j * np.multiply.outer(np.arange(coarse) * fine, angle))
        sums = ((far * self.weights) @ near).ravel()[:count]
        t = apart * np.arange(1, count + 1)
        front = 2j * np.sin(t * step / 2.0) * np.exp(0.5j * t * step) if step else 1j * t
        return front * sums


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClaimNodes:
    """One claim's law at a few points.

    `step` of the lattice that the law lives on, 0 with a density; `fine` and `rough` sets (the
    same on a lattice); `moments` (2,) in closed form; `lost` P(Y > top) left out at the top;
    `probes` frequencies, ascending, with `less` E exp(itY) − 1 there and `loudest` the largest
    |E exp(itY)| at or beyond each, `deepest` the largest Re E exp(itY) − 1, both between the
    probes too. `smooth` counts the probes with t·E[Y] <= 1; `mean_slack` is the distance of the
    nodes' mean from the closed form.
    """

    step: float
    fine: NodeSet
    rough: NodeSet
    moments: tuple[float, float]
    lost: float
    probes: np.ndarray
    less: np.ndarray
    loudest: np.ndarray
    deepest: np.ndarray
    smooth: int
    mean_slack: float


def kinks_of(size: SizeLaw) -> list[float]:
    """Return the amounts at which P(Y > y) may jump or bend, in any order."""
    if isinstance(size, Covered):
        inner = [*kinks_of(size.loss), size.terms.deductible / size.terms.growth]
        paid = size.terms.payment(np.array(inner)).tolist()
        if size.terms.franchise:
            paid.append(size.terms.coinsurance * size.terms.deductible)
        return [*paid, size.largest]
    if isinstance(size, Mixture):
        return [kink for law in size.laws for kink in kinks_of(law)]
    if isinstance(size, Scaled):
        return [kink * size.factor for kink in kinks_of(size.law)]
    if isinstance(size, Shifted):
        return [size.shift, *(kink + size.shift for kink in kinks_of(size.law))]
    if isinstance(size, Truncated):
        return [size.low, size.high, *kinks_of(size.law)]
    if isinstance(size, Uniform):
        return [size.low, size.high]
    if type(size).atoms is SizeLaw.atoms:
        return [size.largest]
    return [size.largest, *size.atoms().values.tolist()]


@lru_cache(maxsize=8)
def _legendre(order: int) -> tuple[np.ndarray, np.ndarray]:
    nodes, weights = np.polynomial.legendre.leggauss(order)
    return freeze(nodes), freeze(weights)


@lru_cache(maxsize=64)
def _panels(kinks: tuple[float, ...], halvings: int, longest: float) -> tuple[np.ndarray, ...]:
    """Nodes and weights of the finer and of the rougher set: x, w, x, w."""
    edges = [0.0]
    for place, (low, high) in enumerate(zip((0.0, *kinks), kinks, strict=False)):
        depth = halvings if place == 0 else LATER_HALVINGS
        marks = np.concatenate([[0.0], 2.0 ** -np.arange(depth, -1.0, -1.0)])
        marks = low + (high - low) * marks
        for start, end in zip(marks, marks[1:], strict=False):
            parts = int(np.ceil((end - start) / longest * (1.0 - 1e-12)))
            edges += np.linspace(start, end, max(parts, 1) + 1)[1:].tolist()
    first, half = np.array(edges[:-1])[:, None], np.diff(edges)[:, None] / 2.0
    sets = []
    for order in ORDERS:
        nodes, weights = _legendre(order)
        sets += [freeze((first + half * (nodes + 1.0)).ravel()), freeze((half * weights).ravel())]
    return tuple(sets)


@lru_cache(maxsize=64)
def _waves(kinks: tuple[float, ...], halvings: int, longest: float, top: float) -> np.ndarray:
    """exp(itx) at the probes that these panels carry, shape (probes, nodes)."""
    x = _panels(kinks, halvings, longest)[0]
    reach = 2.0 * PHASE * top / longest
    return np.exp(1j * np.multiply.outer(PROBES[PROBES <= reach] / top, x))


def _top(size: SizeLaw) -> float:
    """Largest amount, or one passed with a probability below 1e-20; inf where none is near."""
    if np.isfinite(size.largest):
        return size.largest
    places = max(float(size.quantile(np.asarray(0.99))), 1e-9) * np.exp2(np.arange(0.0, 24.0))
    small = size.survival(places) < NOTHING_LEFT
    return float(places[int(np.argmax(small))]) if small.any() else float("inf")


def _loudest(values: np.ndarray, atoms: float) -> np.ndarray:
    """Largest |transform| at or beyond each probe; beyond the last by what it is made of.

    There the part with a density has faded further and amounts with a probability may be in tune.
    """
    beyond = min(1.0, atoms + float(np.abs(values[-4:]).max()))
    sizes = np.minimum(np.abs(values), 1.0)
    return np.maximum.accumulate(np.append(sizes, beyond)[::-1])[::-1][:-1]


def _continuous(size: SizeLaw, splits: int) -> ClaimNodes | None:
    top = _top(size)
    if not np.isfinite(top):
        return None
    halvings = FIRST_HALVINGS if np.isfinite(size.largest) else TAIL_HALVINGS
    inside = {round(kink, 12) for kink in kinks_of(size) if 0.0 < kink < top * (1.0 - 1e-12)}
    layout = ((*sorted(inside), top), halvings, top / splits)
    x, w, rough_x, rough_w = _panels(*layout)
    ends = np.array(layout[0])
    places = np.concatenate([x, rough_x, [0.0], ends * (1.0 - 1e-12), ends])
    above = np.asarray(size.survival(places), dtype=float)
    fine = NodeSet(x, w * above[: len(x)])
    rough = NodeSet(rough_x, rough_w * above[len(x) :][: len(rough_x)])
    at_kinks = above[len(x) + len(rough_x) :]
    jumps = 1.0 - at_kinks[0] + float((at_kinks[1 : len(ends) + 1] - at_kinks[-len(ends) :]).sum())
    waves = _waves(*layout, top)
    probes = PROBES[: len(waves)] / top
    # Not a matrix product: a small one wakes the threads of the linear algebra library.
    less = 1j * probes * np.einsum("pn,n->p", waves, fine.weights)
    moments = (size.moment(1), size.moment(2))
    if abs(fine.moment(2) - moments[1]) > UNSETTLED * moments[1]:
        return None
    loudest = _loudest(1.0 + less, float(jumps))
    return ClaimNodes(
        step=0.0,
        fine=fine,
        rough=rough,
        moments=moments,
        lost=0.0 if np.isfinite(size.largest) else NOTHING_LEFT,
        probes=probes,
        less=less,
        loudest=loudest,
        deepest=loudest - 1.0,
        smooth=int(np.searchsorted(probes * moments[0], 1.0)),
        mean_slack=abs(fine.moment(1) - moments[0]),
    )


def _on_lattice(size: SizeLaw) -> ClaimNodes | None:
    atoms = size.atoms()
    step = common_step(atoms.values)
    number = round(size.largest / step) if step else 0
    if not 0 < number <= MOST_LATTICE:
        return None
    place = np.rint(atoms.values / step).astype(np.int64)
    masses = np.bincount(place, weights=atoms.masses, minlength=number + 1)
    above = np.cumsum(masses[:0:-1])[::-1]
    nodes = NodeSet(freeze(step * np.arange(number)), freeze(above))
    # The whole circle, eight points for every one that the law has: nothing hides between them.
    size_of_circle = 1 << int(np.ceil(np.log2(16.0 * (number + 1))))
    circle = 2.0 * np.pi / (step * size_of_circle) * np.arange(1, size_of_circle // 2 + 1)
    low = PROBES[PROBES < 0.7 * circle[0] * size.largest] / size.largest
    probes = np.concatenate([low, circle])
    near = (
        2j
        * np.sin(low * step / 2.0)
        * np.einsum("pn,n->p", np.exp(1j * np.multiply.outer(low, nodes.x + step / 2.0)), above)
    )
    less = np.concatenate([near, np.fft.rfft(masses, size_of_circle).conj()[1:] - 1.0])
    loud = np.minimum(np.abs(1.0 + less), 1.0)
    # Between two probes Re E exp(itY) curves by E[Y²] at most.
    curve = size.moment(2) * (circle[0] ** 2 / 8.0)
    deep = np.minimum(loud - 1.0, np.minimum(less.real + curve, 0.0))
    return ClaimNodes(
        step=step,
        fine=nodes,
        rough=nodes,
        moments=(size.moment(1), size.moment(2)),
        lost=max(0.0, 1.0 - atoms.total),
        probes=probes,
        less=less,
        loudest=np.maximum.accumulate(loud[::-1])[::-1],
        deepest=np.maximum.accumulate(deep[::-1])[::-1],
        smooth=int(np.searchsorted(probes * size.mean, 1.0)),
        mean_slack=0.0,
    )


@lru_cache(maxsize=128)
def nodes_of(size: SizeLaw, level: int) -> ClaimNodes | None:
    """Return one claim's nodes, kept by content; None for a heavy tail or too fine a lattice.

    `level` 0 to 2 asks for shorter panels, which carry higher frequencies.
    """
    if size.is_discrete:
        return _on_lattice(size)
    return _continuous(size, SPLITS[level])


@lru_cache(maxsize=256)
def transform_of(size: SizeLaw, level: int, apart: float, count: int) -> tuple[np.ndarray, float]:
    """Return E exp(itY) − 1 at t = apart, 2·apart, …, complex (count,), and an error.

    The error is 2·Σ |finer − rougher nodes| / (πk): what one expected claim may add to that of a
    probability, since |∂ E z^N / ∂z| <= E[N]. A lattice is exact.
    """
    nodes = nodes_of(size, level)
    assert nodes is not None
    fine = nodes.fine.transform(apart, count, nodes.step)
    if nodes.step:
        return freeze(fine), 0.0
    missed = np.abs(fine - nodes.rough.transform(apart, count, 0.0))
    return freeze(fine), float(2.0 / np.pi * np.sum(missed / np.arange(1, count + 1)))


@lru_cache(maxsize=128)
def real_transform_of(size: SizeLaw, first: int) -> np.ndarray:
    """Return E exp(sY) − 1 at s = ±2^(first/2), ±2^((first + 1)/2), …, shape (2 · EXPONENTS,)."""
    nodes = nodes_of(size, 0)
    assert nodes is not None
    return freeze(nodes.fine.real_transform(exponents(first), nodes.step))


@lru_cache(maxsize=256)
def exponents(first: int) -> np.ndarray:
    """Return ±2^(first/2), ±2^((first + 1)/2), …: positive ones first, shape (2 · EXPONENTS,)."""
    s = np.exp2((first + np.arange(EXPONENTS)) / 2.0)
    return freeze(np.concatenate([s, -s]))
