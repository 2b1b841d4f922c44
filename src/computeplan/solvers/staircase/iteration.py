"""The primal-dual interior-point method: predictor, corrector, and a second kind of corrector.

    A x = b,   x + w = u,   A' y + z − v = c,   x z = w v = μ,   all of x, w, z, v positive

A step solves the linearized equations for a target of each product x z and w v. The predictor aims at zero;
what it would leave, (μ_predicted / μ)³, decides how much the corrector centers (Mehrotra). Further correctors
pull products that a longer step would make far smaller or larger than the target back to it, as long as the
step grows (Gondzio). Primal and dual steps have lengths of their own. Late steps can spoil what is there, so
that the best point is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from computeplan.problem import Floats, Ints
from computeplan.solvers.staircase.newton import Errors, Iterate, Newton, Region
from computeplan.solvers.staircase.normal import NormalEquations
from computeplan.solvers.staircase.standard import StandardForm

TOLERANCE = 1e-8
"""Relative gap and residuals of a solved program."""
ALMOST = 1e-7
"""What is enough of them where nothing gets better."""
MOST_STEPS = 200
CORRECTORS = 2
"""Of the second kind, at most, a step."""
CENTERED = 0.1
"""Least share of μ that each product has at the start."""
LEAST_GAIN = 0.01
"""By which a corrector has to lengthen a step so that another one is tried."""
LONG = 0.95
"""Length of a step that no corrector has to lengthen."""
PATIENCE = 12
"""Steps without a better point after which the method gives up."""
CLOSE = 1e-5
"""Worst error of a point from which on `FEW` steps without a better one are enough."""
FEW = 3
ACCURATE = 1e-4
"""Gap below which the equations are solved with more passes of refinement."""


POLISHED = 2
"""Times that the errors of the rows are removed from a solved point."""


class Ending(StrEnum):
    """Why the iteration ended."""

    SOLVED = "solved"
    STALLED = "stalled"
    INFEASIBLE = "infeasible"
    STOPPED = "stopped"
    LATE = "late"


@dataclass(frozen=True, eq=False)
class Reached:
    """The best point that was found."""

    ending: Ending
    point: Iterate
    errors: Errors
    steps: int


Watch = Callable[[int, Iterate, Errors], Ending | None]
"""Hears of every point; says why to end there."""


def iterate(form: StandardForm, equations: NormalEquations, links: Ints, watch: Watch) -> Reached:
    """Iterate until the program is solved, or nothing gets better.

    `links`: the border's columns.
    """
    region = Region.of(form, links)
    point = starting_point(region, equations)
    best = Reached(Ending.STALLED, point, Errors.of(region, equations, point), 0)
    for step in range(MOST_STEPS):
        errors = Errors.of(region, equations, point)
        if errors.worst < best.errors.worst:
            best = replace(best, point=point, errors=errors, steps=step)
        heard = watch(step, point, errors)
        ending = _ending(step, best, errors) or heard
        if ending is not None:
            found = replace(best, ending=ending, steps=step)
            return _polished(found, region, equations) if ending is Ending.SOLVED else found
        point = _next(Newton(region, equations, point, errors, passes=3 if errors.gap < ACCURATE else 1))
    return best


def _ending(step: int, best: Reached, errors: Errors) -> Ending | None:
    if errors.worst < TOLERANCE:
        return Ending.SOLVED
    if step - best.steps < (FEW if best.errors.worst < CLOSE else PATIENCE):
        return None
    return Ending.SOLVED if best.errors.worst < ALMOST else Ending.STALLED


def _polished(found: Reached, region: Region, equations: NormalEquations) -> Reached:
    """Remove what is left of the errors of the rows, by the least change relative to each x.

    In the steps it drowns in the far larger right sides of the products.
    """
    for _ in range(POLISHED):
        point, errors = found.point, found.errors
        newton = Newton(region, equations, point, errors, passes=3)
        other = point.moved(newton.solve_rows(), 1.0, 0.0)
        better = Errors.of(region, equations, other)
        positive = other.x[region.positive].min(initial=1.0) > 0 and other.w.min(initial=1.0) > 0
        if not positive or better.infeasibility > 0.5 * errors.infeasibility or better.gap > ALMOST:
            break
        found = replace(found, point=other, errors=better)
    return found


def starting_point(region: Region, equations: NormalEquations) -> Iterate:
    """Least squares for x, around the middle of its limits, and for y, moved inside all limits."""
    form, limited, some = region.form, region.limited, region.positive
    n, ones = len(form.cost), np.ones(len(form.cost))
    factors = equations.factorize(ones, ones[region.links])
    x = np.zeros(n)
    x[limited] = region.upper / 2
    x += region.direction(equations, factors, form.right - equations.matrix @ x, np.zeros(n), passes=1)[0]
    minus, y = region.direction(equations, factors, np.zeros(len(form.right)), form.cost, passes=1)
    z, v = -minus, np.maximum(minus[limited], 0.0)
    z[limited] = np.maximum(z[limited], 0.0)
    x[some] += 1.5 * max(-x[some].min(initial=0.0), (x[limited] - region.upper).max(initial=0.0))
    up = 1.5 * -z[some].min(initial=0.0)
    z[some] += up
    v += up
    w = np.maximum(region.upper - x[limited], 0.0)
    total = float(x[some] @ z[some] + w @ v)
    lift = max(0.5 * total / max(float(x[some].sum() + w.sum()), 1e-10), 1e-3)
    x[some] += max(0.5 * total / max(float(z[some].sum() + v.sum()), 1e-10), 1e-3)
    z[some] += lift
    return _centered(region, x, y, z, v + lift)


def _centered(region: Region, x: Floats, y: Floats, z: Floats, v: Floats) -> Iterate:
    """Put x inside its upper limits, and raise prices whose product is far below the mean."""
    some, limited = region.positive, region.limited
    z[region.form.is_free] = 0.0
    x[limited] = np.minimum(x[limited], region.upper / 2)
    w = region.upper - x[limited]
    mean = float(x[some] @ z[some] + w @ v) / region.products
    z[some] = np.maximum(z[some], CENTERED * mean / x[some])
    return Iterate(x, w, y, z, np.maximum(v, CENTERED * mean / w))


def _next(newton: Newton) -> Iterate:
    """Predict, correct, and go as far as every product stays positive."""
    point, mean = newton.point, newton.errors.mean
    affine = newton.solve(-newton.lower, -newton.upper)
    ahead = point.moved(affine, *(min(1.0, length) for length in newton.lengths(affine)))
    target = mean * (ahead.mean(newton.region) / mean) ** 3
    lower = target - newton.lower - affine.x * affine.z
    upper = target - newton.upper - affine.w * affine.v
    step, lengths = _lengthened(newton, newton.solve(lower, upper), lower, upper, target)
    back = min(max(0.9, 1 - 10 * mean), 0.9995) if mean < 1e-2 else 0.95
    return point.moved(step, *(min(1.0, back * length) for length in lengths))


def _lengthened(
    newton: Newton, step: Iterate, lower: Floats, upper: Floats, target: float
) -> tuple[Iterate, tuple[float, float]]:
    """Correct a step further while that lengthens it; also its lengths."""
    lengths = newton.lengths(step)
    for _ in range(CORRECTORS):
        if min(lengths) >= LONG:
            break
        ahead = newton.point.moved(step, *(min(1.0, 1.08 * length + 0.08) for length in lengths))
        lower = lower + _return(ahead.x * ahead.z, target)
        upper = upper + _return(ahead.w * ahead.v, target)
        other = newton.solve(lower, upper)
        longer = newton.lengths(other)
        if sum(longer) <= sum(lengths):
            break
        gain = max(longer[0] - lengths[0], longer[1] - lengths[1])
        step, lengths = other, longer
        if gain < LEAST_GAIN:
            break
    return step, lengths


def _return(products: Floats, target: float) -> Floats:
    """Give what returns products to between a tenth of the target and ten times it."""
    missing: Floats = np.clip(products, 0.1 * target, 10 * target) - products
    return np.maximum(missing, -10 * target)
