"""What sealed tables imply, without drawing: the law that years drawn from them would follow.

Every lane is equally likely, so the law of one event is a sum over lanes. From there on it goes
through the same lattices and the same inverse as the exact law: the difference of the two is what
the tables leave out, and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import cached_property

import numpy as np

from workbench.engine.claimant import MEDICAL_STEPS, lump_above
from workbench.engine.inversion import annual_law, collective_transform
from workbench.engine.joint_claimant import JOINT_STEPS
from workbench.engine.lattice import split, split_mass
from workbench.engine.payment_laws import Disability, Points
from workbench.engine.stay_tables import COST_LANES, DAY_ROWS, FINER, cost_rows
from workbench.engine.tables import SHOCK_ONE

SMALLEST_TRANSFORM = 1e-15
INJURY_STEPS = 360


def cost_entries(table):
    """Fen of a table of amounts, the probability of each, and its cost lane."""
    whole, lane = table[:COST_LANES], np.arange(COST_LANES)
    kept, divided = lane[whole >= 0], lane[whole < 0]
    finer = table[-whole[divided][:, None] + np.arange(FINER)]
    share = np.repeat([1.0, 1.0 / FINER], [len(kept), finer.size]) / COST_LANES
    fen = np.concatenate([whole[kept], finer.ravel()])
    return fen, share, np.concatenate([kept, np.repeat(divided, FINER)])


ROW_SHARE = np.bincount(cost_rows(np.arange(COST_LANES)), minlength=DAY_ROWS) / COST_LANES


def _power(first, later, number):
    """Transform of `number` stays, the first of which has its own law."""
    return first * later ** (number - 1) if number else 1.0


def _room(size, times):
    return 1 << int(np.ceil(np.log2(times * size)))


class ImpliedYear:
    """The year of one set of sealed tables: measures, moments, law, numbers of people."""

    def __init__(self, tables):
        self.tables = tables
        self.kept = {}

    # --- one stay -------------------------------------------------------------------------------

    def _once(self, name, arrays, make):
        key = (name, *map(id, arrays))
        if key not in self.kept:
            self.kept[key] = make()
        return self.kept[key]

    def days(self, one):
        """P(raw days | cost row), (rows, most + 1)."""

        def make():
            most = int(one.days.max()) + 1
            rows = one.days.reshape(DAY_ROWS, -1)
            place = np.arange(DAY_ROWS)[:, None] * most + rows
            counts = np.bincount(place.ravel(), minlength=DAY_ROWS * most)
            return counts.reshape(DAY_ROWS, most) / rows.shape[1]

        return self._once("days", [one.days], make)

    def paid_days(self, one):
        """P(paid days | cost row) of the first plan that pays by the day."""
        _, fen, by_day = one.paid[0]

        def make():
            law = self.days(one)
            table = np.zeros((len(fen), DAY_ROWS))
            np.add.at(table, by_day[: law.shape[1]], law.T)
            return table.T

        return self._once("paid", [one.days, by_day, fen], make)

    def money(self, one, rank):
        """P(amount) on a lattice up to the cap; two points keep the mean; (steps + 1,)."""
        table = one.amounts[rank]

        def make():
            fen, share, _ = cost_entries(table)
            place = fen / one.cap_fen * MEDICAL_STEPS
            low = np.minimum(np.floor(place), MEDICAL_STEPS - 1).astype(np.int64)
            above = share * (place - low)
            mass = np.bincount(low, share - above, MEDICAL_STEPS + 1)
            return mass + np.bincount(low + 1, above, MEDICAL_STEPS + 1)

        return self._once("money", [table], make)

    def money_by_days(self, one, rank, steps, days):
        """P(amount, column of `days`): four points keep three moments; `days` (rows, columns)."""
        table = one.amounts[rank]

        def make():
            fen, share, lane = cost_entries(table)
            index, parts = split(fen / one.cap_fen * steps, steps)
            cells = cost_rows(lane)[:, None] * (steps + 1) + index
            mass = (share[:, None] * parts).ravel()
            rows = np.bincount(cells.ravel(), mass, DAY_ROWS * (steps + 1))
            return rows.reshape(DAY_ROWS, steps + 1).T @ days

        return self._once(("both", steps), [table, days], make)

    # --- one year -------------------------------------------------------------------------------

    def _medical(self, classes, weight):
        one = classes[0]
        size = _room(MEDICAL_STEPS, 10)
        first, later = (np.fft.rfft(self.money(one, rank), size) for rank in (0, 1))
        total = sum(c.mean * _power(first, later, c.stays - c.allowance_only) for c in classes)
        law = lump_above(np.fft.irfft(total, size), MEDICAL_STEPS, 0)
        grid = one.cap_fen / 100.0 * np.arange(MEDICAL_STEPS + 1) / MEDICAL_STEPS
        return Points(yuan=weight * grid, mass=law)

    def _allowance(self, classes, weight):
        one = classes[0]
        law = ROW_SHARE @ self.paid_days(one)
        size = _room(len(law), 10)
        phi = np.fft.rfft(law, size)
        total = sum(c.mean * phi ** (c.stays - c.medical_only) for c in classes)
        mass = lump_above(np.fft.irfft(total, size), len(law) - 1, 0)
        return Points(yuan=weight * one.paid[0][1] / 100.0, mass=mass)

    def _joint(self, classes, weights):
        """Law of what the medical and the allowance plan pay together, any weights."""
        one = classes[0]

        def make():
            days = self.paid_days(one)
            stays = [self.money_by_days(one, rank, JOINT_STEPS, days) for rank in (0, 1)]
            shape = (1024, _room(days.shape[1], 3))
            first, later = (np.fft.rfft2(law, shape) for law in stays)
            money = [np.fft.fft(law.sum(axis=1), shape[0])[:, None] for law in stays]
            daily = np.fft.rfft(stays[0].sum(axis=0), shape[1])[None, :]
            total = np.zeros(first.shape, dtype=complex)
            for c in classes:
                both = c.stays - c.medical_only - c.allowance_only
                if c.medical_only:
                    part = _power(*money, c.medical_only) * later**both
                else:
                    part = daily**c.allowance_only * _power(first, later, both)
                total += c.mean * part
            law = np.fft.irfft2(total, shape)
            return lump_above(lump_above(law, JOINT_STEPS, 0), days.shape[1] - 1, 1)

        law = self._once("joint", [*one.amounts, one.days, classes[0]], make)
        yuan = weights[0] * one.cap_fen / 100.0 * np.arange(JOINT_STEPS + 1)[:, None] / JOINT_STEPS
        yuan = yuan + weights[1] * one.paid[0][1][None, :] / 100.0
        return Points(yuan=yuan.ravel(), mass=law.ravel())

    def _injury(self, one, weights):
        """Law of what the one stay of an injury pays, disability apart."""
        money = weights[one.medical] if one.amounts else 0.0
        active = [entry for entry in one.paid if weights[entry[0]]]
        if not active:
            law = self.money(one, 0) if money else np.ones(1)
            grid = one.cap_fen / 100.0 * np.arange(len(law)) / MEDICAL_STEPS
            return Points(yuan=money * grid, mass=law)
        days = self.days(one)
        yuan = sum(
            weights[plan] * fen[by_day[: days.shape[1]]] / 100.0 for plan, fen, by_day in active
        )
        if not money:
            return Points(yuan=yuan, mass=ROW_SHARE @ days)
        law = self.money_by_days(one, 0, INJURY_STEPS, days)
        grid = money * one.cap_fen / 100.0 * np.arange(INJURY_STEPS + 1)[:, None] / INJURY_STEPS
        return Points(yuan=(grid + yuan[None, :]).ravel(), mass=law.ravel())

    def measures(self, exact, weights):
        """The events of the year for Σ weights · S in place of the exact ones, at a shock of 1."""
        illness, other, disabled = [], [], []
        alike = defaultdict(list)
        for group in self.tables.groups:
            for one in group.classes:
                if one.fixed is not None:
                    amount = np.array([one.fixed @ weights / 100.0])
                    other.append(Points(yuan=amount, mass=np.array([one.mean])))
                elif group.shocked:
                    name = (*group.meaning, *map(id, (*one.amounts, one.days)))
                    alike[name].append(one)
                else:
                    law = self._injury(one, weights).scaled(one.mean)
                    hurt = one.disability and weights[one.disability[0]]
                    if hurt:
                        fen = one.disability[1] * (hurt / 100.0)
                        share = np.full(len(fen), 1.0 / len(fen))
                        amount = Points(yuan=fen, mass=share)
                        disabled.append(Disability(stays=law, amount=amount))
                    else:
                        other.append(law)
        for classes in alike.values():
            one = classes[0]
            money = weights[one.medical] if one.amounts else 0.0
            daily = weights[one.paid[0][0]] if one.paid else 0.0
            if money and daily:
                law = self._joint(classes, (money, daily))
            elif money:
                law = self._medical(classes, money)
            elif daily:
                law = self._allowance(classes, daily)
            else:
                continue
            illness.append(law.scaled(1.0 / self.tables.shock.most))
        return replace(
            exact,
            illness=Points.join(illness),
            other=Points.join(other),
            disabled=tuple(disabled),
        )

    @cached_property
    def theta(self):
        """The shock that each lane's threshold gives, (65536,)."""
        return self.tables.shock.kept / SHOCK_ONE * self.tables.shock.most

    def moments(self, measures):
        """Mean and variance, yuan, under the shock of the lanes."""
        first, second = measures.illness.moment(1), measures.illness.moment(2)
        rest, square = measures.other.moment(1), measures.other.moment(2)
        for part in measures.disabled:
            stays, amount, number = part.stays, part.amount, part.stays.mass.sum()
            rest += stays.moment(1) + number * amount.moment(1)
            square += stays.moment(2) + number * amount.moment(2)
            square += 2.0 * stays.moment(1) * amount.moment(1)
        mean = self.theta.mean()
        return rest + mean * first, square + mean * second + self.theta.var() * first**2

    def law(self, exact, measures):
        """The yearly law on the lattice of the exact one."""
        theta = self.theta.reshape(-1, 16)
        middle, spread = theta.mean(axis=1), theta.std(axis=1)
        shocks = np.concatenate([middle - spread, middle + spread])

        def transform(_, step, size):
            def moved(points):
                lumpy = exact.lumpy
                return np.fft.rfft(split_mass(points.yuan, points.mass, step, size, lumpy=lumpy))

            guide = np.abs(collective_transform(exact, step, size))
            kept = np.flatnonzero(guide > SMALLEST_TRANSFORM)
            ill = (moved(measures.illness) - measures.illness.mass.sum())[kept]
            rest = (moved(measures.other) - measures.other.mass.sum())[kept]
            for part in measures.disabled:
                rest += (moved(part.stays) * moved(part.amount))[kept] - part.stays.mass.sum()
            mixed = np.ones(len(kept)) + 0j
            if np.any(ill):
                mixed = sum(
                    np.exp(some[:, None] * ill[None, :]).sum(axis=0)
                    for some in np.array_split(shocks, 16)
                ) / len(shocks)
            result = np.zeros(len(guide), dtype=complex)
            result[kept] = np.exp(rest) * mixed
            return result

        mean, variance = self.moments(measures)
        return replace(annual_law(exact, transform=transform), mean=mean, sd=np.sqrt(variance))

    # --- people ---------------------------------------------------------------------------------

    def _unpaid(self, one, rank):
        """P(cost row and no medical payment), (rows,)."""

        def make():
            fen, share, lane = cost_entries(one.amounts[rank])
            return np.bincount(cost_rows(lane), share * (fen == 0), DAY_ROWS)

        return self._once("unpaid", [one.amounts[rank]], make)

    def people(self, plans):
        """Expected beneficiaries by plan, and persons paid, that the tables imply."""
        counts, persons = np.zeros(plans), 0.0
        share = self.theta.mean() / self.tables.shock.most
        for group in self.tables.groups:
            for one in group.classes:
                number = one.mean * (share if group.shocked else 1.0)
                if one.fixed is not None:
                    counts += number * (one.fixed > 0)
                    persons += number * np.any(one.fixed > 0)
                    continue
                by_plan, anything = self._chances(one)
                for plan, unpaid in by_plan.items():
                    counts[plan] += number * (1.0 - unpaid)
                persons += number * (1.0 - anything)
        return counts, persons

    def _chances(self, one):
        """P(an event pays a plan nothing) by plan, and P(it pays nothing at all)."""
        by_plan, nothing, short = {}, 1.0, np.ones(DAY_ROWS)
        undisabled = float(np.mean(one.disability[1] == 0)) if one.disability else 1.0
        ranks = one.stays - one.allowance_only
        if one.amounts:
            zero = [self._unpaid(one, rank).sum() for rank in (0, 1)]
            by_plan[one.medical] = _power(*zero, ranks)
        if one.paid:
            law = self.days(one)
            none = np.ones(law.shape[1], dtype=bool)
            for plan, fen, by_day in one.paid:
                free = fen[by_day[: law.shape[1]]] == 0
                none &= free
                by_plan[plan] = (ROW_SHARE @ (law @ free)) ** (one.stays - one.medical_only)
            short = law @ none
        for place in range(one.stays):
            row = ROW_SHARE
            if one.amounts and place >= one.allowance_only:
                row = self._unpaid(one, min(place - one.allowance_only, 1))
            nothing *= float(row @ short) if place >= one.medical_only else float(row.sum())
        if one.disability:
            plan = one.disability[0]
            by_plan[plan] = by_plan.get(plan, 1.0) * undisabled
        return by_plan, nothing * undisabled
