"""Points of the interior-point method, their errors, and the linearized equations at a point.

    A dx = r,   dx + dw = room,   A' dy + dz − dv = d,   z dx + x dz = lower,   v dw + w dv = upper

With Δ = z / x + v / w they are  A dx = r,  A' dy − Δ dx = h  (see `NormalEquations`); for columns outside
the border that leaves the normal equations  A Θ A' dy = r + A Θ h.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.problem import Floats, Ints
from computeplan.solvers.staircase.normal import Factors, NormalEquations
from computeplan.solvers.staircase.standard import StandardForm

LONGEST = 2.0
"""Length from which on no step is distinguished: none is taken that is longer than 1."""
INFEASIBLE = 1e-6
"""Relative error of the rows above which a program may have no solution."""


@dataclass(frozen=True, eq=False)
class Region:
    """What limits the columns."""

    form: StandardForm
    links: Ints
    """(l,) the border's columns."""
    limited: Ints
    """(k,) columns with an upper limit."""
    upper: Floats
    """(k,)"""
    positive: Ints | slice
    """Columns that are not free."""
    products: int
    """Pairs whose product is μ at the center."""

    @classmethod
    def of(cls, form: StandardForm, links: Ints) -> Region:
        """Read the limits of a program."""
        limited = np.flatnonzero(np.isfinite(form.upper))
        positive = np.flatnonzero(~form.is_free) if form.is_free.any() else slice(None)
        products = int(np.count_nonzero(~form.is_free)) + len(limited)
        return cls(form, links, limited, form.upper[limited], positive, max(products, 1))

    def direction(
        self, equations: NormalEquations, factors: Factors, right: Floats, h: Floats, *, passes: int
    ) -> tuple[Floats, Floats]:
        """Solve A dx = right, A' dy − Δ dx = h; gives dx and dy.

        `passes`: of refinement, at most.
        """
        weighed = factors.weights * h
        weighed[self.links] = 0.0
        right = right + equations.matrix @ weighed
        dy, at_links = equations.solve(factors, right, h[self.links], passes=passes)
        dx = factors.weights * (equations.transpose @ dy - h)
        dx[self.links] = at_links
        return dx, dy


@dataclass(frozen=True, eq=False)
class Iterate:
    """Values and prices; w and v, of the upper limits, are (k,) for the columns that have one."""

    x: Floats
    w: Floats
    y: Floats
    z: Floats
    v: Floats

    def moved(self, step: Iterate, primal: float, dual: float) -> Iterate:
        """Go so far along a step."""
        return Iterate(
            self.x + primal * step.x,
            self.w + primal * step.w,
            self.y + dual * step.y,
            self.z + dual * step.z,
            self.v + dual * step.v,
        )

    def mean(self, region: Region) -> float:
        """Mean product μ; the price of a free column is zero."""
        return float(self.x @ self.z + self.w @ self.v) / region.products


@dataclass(frozen=True, eq=False)
class Errors:
    """How far a point is from an optimum."""

    primal: Floats
    """(m,) b − A x."""
    dual: Floats
    """(n,) c − A' y − z + v."""
    room: Floats
    """(k,) u − x − w."""
    mean: float
    objective: float
    dual_objective: float
    infeasibility: float
    dual_infeasibility: float
    """Largest errors relative to b and c."""

    @classmethod
    def of(cls, region: Region, equations: NormalEquations, point: Iterate) -> Errors:
        """Measure a point."""
        form, limited = region.form, region.limited
        primal = form.right - equations.matrix @ point.x
        dual = form.cost - equations.transpose @ point.y - point.z
        dual[limited] += point.v
        room = region.upper - point.x[limited] - point.w
        return cls(
            primal=primal,
            dual=dual,
            room=room,
            mean=point.mean(region),
            objective=float(form.cost @ point.x),
            dual_objective=float(form.right @ point.y - region.upper @ point.v),
            infeasibility=max(_largest(primal), _largest(room)) / (1 + _largest(form.right)),
            dual_infeasibility=_largest(dual) / (1 + _largest(form.cost)),
        )

    @property
    def gap(self) -> float:
        """Relative distance of the objectives."""
        return abs(self.objective - self.dual_objective) / (1 + abs(self.objective))

    @property
    def worst(self) -> float:
        """Largest of gap and relative errors."""
        return max(self.gap, self.infeasibility, self.dual_infeasibility)

    @property
    def diverges(self) -> bool:
        """Whether the dual objective is above the primal one, as where there is no solution."""
        return self.dual_objective > self.objective and self.infeasibility > INFEASIBLE


class Newton:
    """The linearized equations at a point, factorized."""

    def __init__(
        self, region: Region, equations: NormalEquations, point: Iterate, errors: Errors, *, passes: int
    ) -> None:
        self.region, self.point, self.errors = region, point, errors
        self._equations, self._passes = equations, passes
        self._x = np.where(region.form.is_free, 1.0, point.x)
        slack = point.z / self._x
        slack[region.limited] += point.v / point.w
        self._factors = equations.factorize(1 / np.maximum(slack, 1e-20), slack[region.links])
        self.lower, self.upper = point.x * point.z, point.w * point.v

    def solve(self, lower: Floats, upper: Floats) -> Iterate:
        """Find the step with these right sides of the products that removes all errors."""
        region, point, errors = self.region, self.point, self.errors
        lower = np.where(region.form.is_free, 0.0, lower)
        h = errors.dual - lower / self._x
        h[region.limited] += (upper - point.v * errors.room) / point.w
        dx, dy = region.direction(self._equations, self._factors, errors.primal, h, passes=self._passes)
        dw = errors.room - dx[region.limited]
        return Iterate(dx, dw, dy, (lower - point.z * dx) / self._x, (upper - point.v * dw) / point.w)

    def solve_rows(self) -> Iterate:
        """Find the step that removes the errors of rows and upper limits, and changes no price."""
        region, errors, none = self.region, self.errors, np.zeros(len(self.point.x))
        h = none.copy()
        h[region.limited] -= self.point.v * errors.room / self.point.w
        dx, _ = region.direction(self._equations, self._factors, errors.primal, h, passes=self._passes)
        return Iterate(
            dx,
            errors.room - dx[region.limited],
            np.zeros_like(self.point.y),
            none,
            np.zeros_like(self.point.v),
        )

    def lengths(self, step: Iterate) -> tuple[float, float]:
        """Longest primal and dual step, at most `LONGEST`, that makes nothing negative."""
        point, some = self.point, self.region.positive
        primal = min(_length(point.x[some], step.x[some]), _length(point.w, step.w))
        dual = min(_length(point.z[some], step.z[some]), _length(point.v, step.v))
        return primal, dual


def _length(value: Floats, change: Floats) -> float:
    """Longest step, at most `LONGEST`, at which no value is negative."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(change < 0, -value / change, np.inf)
    return float(ratio.min(initial=LONGEST))


def _largest(numbers: Floats) -> float:
    return float(np.abs(numbers).max(initial=0.0))
