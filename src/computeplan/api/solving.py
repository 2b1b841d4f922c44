"""From a config to a run, with the plans to compare with."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from computeplan.api.diagnosis import diagnosed
from computeplan.api.loaded import Loaded, configured_options, taken
from computeplan.api.run import Run
from computeplan.errors import UsageError
from computeplan.grouping import merge
from computeplan.lp import build
from computeplan.planner import plan
from computeplan.problem import Status
from computeplan.solvers import SolverOptions, write_model
from computeplan.stages import StageClock
from computeplan.studies.baselines import Policy, all_local, baselines


def solve(
    config: str | Path | Loaded,
    *,
    scenario: str | None = None,
    overrides: Sequence[str] = (),
    allow_paths: Sequence[str | Path] = (),
    options: SolverOptions | None = None,
    baseline: bool = True,
    policies: Sequence[Policy | str] = (),
    tell: Callable[[str], object] | None = None,
) -> Run:
    """Find and audit the optimal plan of a config.

    Parameters
    ----------
    config : str, Path or Loaded
    scenario, overrides, allow_paths
        As for `load`; only where `config` is a path.
    options : SolverOptions, optional
        Default: the config's own.
    baseline : bool
        Also plan with no work leaving its zone, to compare with.
    policies : sequence of Policy
        Other simple policies to compare with.
    tell : callable, optional
        Called with what is being done.

    Returns
    -------
    Run

    Raises
    ------
    ConfigError, UsageError, SolverError
    """
    loaded = taken(config, scenario, overrides, allow_paths)
    chosen, problem, clock = options or configured_options(loaded), loaded.problem, StageClock()
    wanted = [policy for policy in dict.fromkeys(map(policy_of, policies)) if policy is not Policy.ALL_LOCAL]
    # Solvers release the interpreter while they work, so a second core plans the baseline meanwhile.
    with ThreadPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as beside:
        main = beside.submit(plan, problem, chosen)
        local = beside.submit(clock.timed("baseline", all_local), problem, chosen) if baseline else None
        if local:
            # What companies pay there is worked out while the solver of the plan still runs.
            beside.submit(lambda: local.result().companies)
        found = main.result()
        if local and tell:
            tell("planning with all work local, to compare")
    diagnosis = None
    if found.status in (Status.INFEASIBLE, Status.UNBOUNDED):
        diagnosis = clock.timed("diagnose", diagnosed)(loaded, found.status, chosen, tell)
    kept = local.result() if local and found.status.has_plan else None
    if wanted and tell:
        tell("planning under simple policies, to compare")
    others = clock.timed("baselines", baselines)(problem, wanted, chosen) if found.status.has_plan else ()
    times_s = {"read": loaded.read_s, **found.times_s, **clock.times_s}
    return Run(loaded, chosen, found, kept, diagnosis, times_s, others)


def export(loaded: Loaded, path: str | Path) -> tuple[int, int]:
    """Write the linear program of a config, merged as for solving.

    Parameters
    ----------
    loaded : Loaded
    path : str or Path
        Ends in ``.mps`` or ``.lp``.

    Returns
    -------
    columns, rows : int
    """
    lp = build(merge(loaded.problem)).lp
    write_model(lp, Path(path))
    return lp.n_columns, lp.n_rows


def policy_of(name: Policy | str) -> Policy:
    """Read the name of a simple policy.

    Raises
    ------
    UsageError
        If there is none of this name.
    """
    if name not in set(Policy):
        raise UsageError(f"policy: expected {', '.join(Policy)}, got {name!r}")
    return Policy(name)
