"""The available solvers, and one call for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from computeplan.errors import Fault, SolverError, UsageError
from computeplan.lp import VARIABLES, LinearProgram
from computeplan.solvers import clarabel, highs, pulp, staircase
from computeplan.solvers.choice import AUTO, fill_options, shape_of
from computeplan.solvers.options import OWN_OPTIONS, Capabilities, SolverOptions, SolverResult, StopSignal
from computeplan.solvers.own_options import PLACE, OptionList, OwnOption
from computeplan.solvers.presolve import scale_program, unscale_result
from computeplan.text import shown_value
from computeplan.vocabulary import Method


def available() -> list[str]:
    """Names of the solvers that can be used here, the default first."""
    optional = [clarabel.NAME] if clarabel.is_installed() else []
    optional += [staircase.NAME] if staircase.is_installed() else []
    return ["highs", AUTO, *optional, *(name for name in pulp.available_pulp() if name.lower() != "highs")]


def capabilities(name: str) -> Capabilities:
    """Give what a solver can do; ``auto`` is no solver, but the choice of one."""
    known = {
        "highs": highs.CAPABILITIES,
        clarabel.NAME: clarabel.CAPABILITIES,
        staircase.NAME: staircase.CAPABILITIES,
    }
    return known.get(name, pulp.CAPABILITIES)


def solve(lp: LinearProgram, options: SolverOptions) -> SolverResult:
    """Solve a linear program, whatever its units.

    Raises `UsageError` if there is no such solver here, or it cannot solve such a program. Raises
    `SolverError` if the program has a coefficient that is no number, or the solver fails.
    """
    scaled, scaling = scale_program(lp)
    return unscale_result(run_solver(scaled, options), scaling)


def run_solver(lp: LinearProgram, options: SolverOptions) -> SolverResult:
    """Solve a linear program in its own units."""
    _check_numbers(lp)
    options = choose_options(lp, options)
    if options.is_stopped:
        return SolverResult.stopped(options.name, "", "Interrupt")
    if options.time_limit_s is not None and options.time_limit_s <= 0:
        return SolverResult.stopped(options.name, "", "TimeLimit")
    if options.name == "highs":
        return highs.solve_highs(lp, options)
    if options.name == clarabel.NAME:
        return clarabel.solve_clarabel(lp, options)
    if options.name == staircase.NAME:
        return staircase.solve_staircase(lp, options)
    check_available(options.name)
    return pulp.solve_pulp(lp, options)


def choose_options(lp: LinearProgram, options: SolverOptions) -> SolverOptions:
    """Choose by the shape of the program what the options leave to ``auto``.

    Raises `UsageError` if the program has whole numbers and the solver named cannot keep them.
    """
    is_whole = bool(len(lp.integer))
    options = fill_options(options, shape_of(lp), with_clarabel=clarabel.is_installed() and not is_whole)
    if is_whole:
        _check_integers(options.name, f" ({', '.join(integer_settings(lp)) or 'in its program'})")
    return options


def _check_integers(name: str, settings: str = "") -> None:
    """Raise UsageError unless the solver can keep whole numbers; `settings` says what makes them."""
    if not capabilities(name).integers:
        raise UsageError(
            f"solver: {name} cannot solve for whole numbers, which this plan has{settings}",
            path="solver",
            hint="take highs, cbc or auto",
        )


def integer_settings(lp: LinearProgram) -> list[str]:
    """Name what makes whole numbers of a program's columns, in the words of the config."""
    families = [
        f.name
        for f in lp.column_families
        if np.any((lp.integer >= f.first) & (lp.integer < f.first + f.size))
    ]
    settings = [VARIABLES[name].whole if name in VARIABLES else name for name in families]
    return list(dict.fromkeys(settings))


def _check_numbers(lp: LinearProgram) -> None:
    """Raise SolverError for nan, with which HiGHS silently reports an optimum."""
    finite = (lp.cost, lp.values)
    limits = (lp.column_lower, lp.column_upper, lp.row_lower, lp.row_upper)
    if not all(np.isfinite(a).all() for a in finite) or any(np.isnan(a).any() for a in limits):
        raise SolverError("the linear program has a coefficient that is not a finite number")


def check_available(name: str) -> None:
    """Raise UsageError unless the solver can be used here."""
    if name == clarabel.NAME:
        clarabel.check_installed()
    if name == staircase.NAME:
        staircase.check_installed()
    names = available()
    if name not in names and pulp.ALIASES.get(name) not in names:
        raise UsageError(path="solver", expected=f"one of {', '.join(names)}", found=repr(name))


def option_faults(options: SolverOptions) -> list[Fault]:
    """Find what is wrong with the solver's own options, by its own list of them."""
    stated = options.options
    if not isinstance(stated, Mapping) or not all(isinstance(name, str) for name in stated):
        return [Fault(PLACE, OWN_OPTIONS, shown_value(stated))]
    if not stated:
        return []
    if options.name == AUTO:
        expected, hint = "a solver by name, whose options they are", "name it in place of auto"
        return [Fault(PLACE, expected, ", ".join(stated), hint)]
    check_available(options.name)
    return list(own_options(options.name).faults(options.name, stated))


def own_options(name: str) -> OptionList:
    """List the options of a solver that can be used here."""
    if name == "highs":
        return highs.own_options()
    if name == staircase.NAME:
        return staircase.own_options()
    return clarabel.own_options() if name == clarabel.NAME else pulp.own_options(name)


THREADS = OwnOption(int, 1, 1024)
"""Threads that may be stated, as in a config."""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def check_options(options: SolverOptions) -> None:
    """Raise UsageError, with all that is wrong, unless a solver can work with these options."""
    faults, limit_s, gap = option_faults(options), options.time_limit_s, options.gap
    checks = (
        ("time_limit_s", "a number above 0", limit_s is None or (_is_number(limit_s) and limit_s > 0)),
        ("threads", str(THREADS), options.threads is None or THREADS.accepts(options.threads)),
        ("gap", "a share from 0 to below 1", _is_number(gap) and 0 <= gap < 1),
        ("method", "a `Method`, such as `Method.SIMPLEX`", isinstance(options.method, Method)),
        ("stop", "a `StopSignal`", isinstance(options.stop, StopSignal | None)),
    )
    for name, expected, is_right in checks:
        if not is_right:
            faults.append(Fault(name, expected, shown_value(getattr(options, name))))
    if faults:
        raise UsageError.of(faults)
    if options.name not in ("highs", AUTO):
        check_available(options.name)


def check_solver(name: str, *, has_integers: bool) -> None:
    """Raise UsageError unless the solver can be used here, and for whole numbers where there are some."""
    check_available(name)
    if has_integers and name != AUTO:
        _check_integers(name)
