"""Charges that are linear in the work, summed for every workload; peers share pools in proportion.

charge[w] = Σ_t x[w,t] · Σ_p share[w,p,t] · (rate[p,t] / efficiency + GB · Σ_l rate[l,t] + ω · extra cost)

x is the workload's own work, l the links on the way. The shares are those of all its peers together (see
`work_classes`): which of them the plan put where is a tie. They are those of the period, and of the horizon
for fixed work, whose data set pays the same shares.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from computeplan.accounts.requirements import running_efficiency, unit_money, work_classes
from computeplan.accounts.usage import Usage, fixed_shares
from computeplan.problem import Floats, Ints, Problem, WorkBlock, sum_by
from computeplan.problem.arrays import ratio


class ChargeSums:
    """Sums what each workload is charged.

    Parameters
    ----------
    per_busy_unit_h : (P, T, q)
        q charges of one busy unit·h, weights ω included.
    per_gb : (L + F, T, r)
        r charges of one GB, weights included.

    Attributes
    ----------
    by_use : (W, q)
    by_traffic : (W, r)
    placement : (W,)
        Extra cost of the work at its sites.
    work_unit_h : (W, S)
        Work done at each site, over the time that the horizon stands for.
    short_unit_h : (W,)
    """

    def __init__(self, problem: Problem, usage: Usage, per_busy_unit_h: Floats, per_gb: Floats) -> None:
        size = problem.workloads.size
        self._problem, self._rates, self._per_gb = problem, per_busy_unit_h, per_gb
        self._classes = work_classes(problem)
        self._ways = problem.ways.astype(np.float64)
        self._busy = ratio(1.0, running_efficiency(problem))
        self._money = unit_money(problem)
        self._shares = _shares_of_peers(usage.peer_unit_h, self._fixed_peers())
        self.by_use = np.zeros((size, per_busy_unit_h.shape[2]))
        self.by_traffic = np.zeros((size, per_gb.shape[2]))
        self.placement, self.short_unit_h = np.zeros((2, size))
        self.work_unit_h = np.zeros((size, problem.sites.size))

    def add(self, block: WorkBlock) -> None:
        """Charge the workloads of one block."""
        problem, workloads = self._problem, block.workloads
        weight = problem.horizon.weight[block.periods]
        at_site = np.equal.outer(problem.pools.site[block.pools], np.arange(problem.sites.size))
        self.work_unit_h[workloads] += (block.unit_h @ weight) @ at_site.astype(np.float64)
        self.short_unit_h[workloads] += block.short_unit_h @ weight
        for rows, pools, unit_h in self._even_out(block):
            self._charge(workloads[rows], pools, block.periods, unit_h)

    def share_among_peers(self, amounts: Floats) -> Floats:
        """(W,) amounts of workloads, shared by peers in proportion to the work they have been charged for."""
        peer = self._classes.peer[self._classes.of_workload]
        group = np.where(peer < 0, self._classes.peers + np.arange(len(peer)), peer)
        size = self._classes.peers + len(peer)
        work = self.work_unit_h.sum(axis=1)
        per_unit_h = ratio(sum_by(group, amounts, size), sum_by(group, work, size))
        return np.asarray(per_unit_h[group] * work)

    def _fixed_peers(self) -> Ints:
        classes = self._classes
        return np.unique(classes.peer[classes.is_fixed & (classes.peer >= 0)])

    def _even_out(self, block: WorkBlock) -> Iterator[tuple[Ints, Ints, Floats]]:
        """Give some rows (n,) of a block, pools (p,) and the work (n, p, t) that they pay for there."""
        peer = self._classes.peer[self._classes.of_workload[block.workloads]]
        alone = np.flatnonzero(peer < 0)
        yield alone, block.pools, block.unit_h[alone]
        for each in np.unique(peer[peer >= 0]).tolist():
            rows = np.flatnonzero(peer == each)
            shares = self._shares[each][:, block.periods]
            pools = np.flatnonzero(shares.any(axis=1))
            yield rows, pools, block.unit_h[rows].sum(axis=1)[:, None, :] * shares[pools]

    def _charge(self, workloads: Ints, pools: Ints, periods: Ints, unit_h: Floats) -> None:
        """Charge work (n, p, t)."""
        problem = self._problem
        need = problem.workloads.need[workloads]
        weight = problem.horizon.weight[periods]
        pairs = np.ix_(need, pools)
        self.placement[workloads] += ((unit_h @ weight) * self._money[pairs]).sum(axis=1)
        busy = unit_h * self._busy[pairs][:, :, None]
        self.by_use[workloads] += np.tensordot(busy, self._rates[np.ix_(pools, periods)], axes=2)
        self._charge_traffic(workloads, pools, periods, unit_h)
        self._charge_data_of_fixed(workloads, pools, periods, unit_h)

    def _charge_traffic(self, workloads: Ints, pools: Ints, periods: Ints, unit_h: Floats) -> None:
        """Charge the traffic of work, origin by origin: the work of one takes the same ways."""
        origin = self._problem.origin[self._problem.workloads.need[workloads]]
        gb = self._classes.gb[self._classes.of_workload[workloads]]
        for each in np.unique(origin[gb > 0]):
            rows = np.flatnonzero((origin == each) & (gb > 0))
            rates = np.tensordot(self._ways[each][pools], self._per_gb[:, periods], axes=1)
            charged = gb[rows, None] * np.tensordot(unit_h[rows], rates, axes=2)
            self.by_traffic[workloads[rows]] += charged

    def _charge_data_of_fixed(self, workloads: Ints, pools: Ints, periods: Ints, unit_h: Floats) -> None:
        """Charge data sets of fixed work, which travel evenly over the horizon."""
        problem, register = self._problem, self._problem.workloads
        rows = np.flatnonzero(register.is_fixed[workloads] & (register.data_gb[workloads] > 0))
        moving = workloads[rows]
        block = WorkBlock(moving, pools, periods, unit_h[rows], np.zeros((len(rows), len(periods))))
        even = np.einsum("ltr,t->lr", self._per_gb, problem.horizon.hours / problem.horizon.real_hours)
        ways = self._ways[problem.origin[register.need[moving]]][:, pools]
        gb = fixed_shares(problem, block, np.arange(len(rows))) * register.data_gb[moving, None]
        self.by_traffic[moving] += np.einsum("np,npl,lr->nr", gb, ways, even)


def _shares_of_peers(unit_h: Floats, fixed: Ints) -> Floats:
    """(peers, P, T) part of their work that all peers together do in each pool."""
    unit_h = unit_h.copy()
    unit_h[fixed] = unit_h[fixed].sum(axis=2, keepdims=True)
    total = unit_h.sum(axis=1, keepdims=True)
    return ratio(unit_h, np.broadcast_to(total, unit_h.shape))
