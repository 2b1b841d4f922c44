"""Studies of a config from Python: cost against carbon, and what if a price or a limit were another.

>>> study = frontier("quickstart.yaml")  # doctest: +SKIP
>>> study.frontiers[0].at_cap(26.0).money  # doctest: +SKIP
>>> ranging("quickstart.yaml", of=["sites.north-park.grid.price"]).tables()["breaks"]  # doctest: +SKIP
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict
from pathlib import Path

from computeplan.api import Loaded, configured_options, origin, policy_of, taken
from computeplan.errors import UsageError
from computeplan.explain import impossible
from computeplan.planner import plan
from computeplan.problem import CarbonBasis, Status
from computeplan.solvers import SolverOptions
from computeplan.studies.baselines import Policy, baselines
from computeplan.studies.frontier import FrontierStudy, open_frontier, trace
from computeplan.studies.ranging import RangingStudy, Reader, find_range, shadow_prices
from computeplan.studies.sweep import Progress, Question, Request, Sweep, run_sweep

__all__ = ["frontier", "open_frontier", "ranging", "sweep"]


def sweep(
    config: str | Path,
    *,
    vary: Sequence[str] | Mapping[str, object] = (),
    scenarios: Sequence[str] = (),
    points: str | Path | None = None,
    design: str | None = None,
    samples: int | None = None,
    seed: int | None = None,
    scenario: str | None = None,
    overrides: Sequence[str] = (),
    allow_paths: Sequence[str | Path] = (),
    policies: Sequence[Policy | str] = (),
    options: SolverOptions | None = None,
    out: str | Path | None = None,
    restart: bool = False,
    workers: int | None = None,
    cluster: str | None = None,
    executor: Executor | None = None,
    tell: Callable[[Progress], object] | None = None,
) -> Sweep:
    """Solve a config with many values.

    Parameters
    ----------
    config : str or Path
    vary : sequence of str, or mapping of str to object
        ``PATH=SPEC`` each, ``PATH*=SPEC`` for factors, ``PATH+=SPEC`` for amounts; or ``PATH``, ``PATH*``,
        ``PATH+`` with a list or a spec. Default: the config's ``sweep``.
    scenarios : sequence of str
        To go through; ``base`` is the config itself, ``all`` it and every scenario.
    points : str or Path, optional
        CSV file with one row a point, instead of `vary`.
    design : str, optional
        ``grid``, ``one-at-a-time``, ``latin-hypercube`` or ``monte-carlo``.
    samples, seed : int, optional
        Of a random design.
    scenario, overrides
        Laid over all points, as in `load`.
    allow_paths : sequence of str or Path
        Folders that the config may read files from, beside its own.
    policies : sequence of Policy
        Simple policies to hold against the plan of the config as it stands.
    options : SolverOptions, optional
        Default: the config's own, and as many threads as there are cores for each worker.
    out : str or Path, optional
        Folder to write, and to go on from; without one nothing is kept.
    restart : bool
        Solve again what is there already.
    workers : int, optional
        Worker processes; default one for each core.
    cluster : str, optional
        Address of a Dask scheduler, to solve there.
    executor : Executor, optional
        Any ``concurrent.futures`` executor, to solve there.
    tell : callable, optional
        Called with the progress after each point.

    Returns
    -------
    Sweep
        With tables, and a summary of what moves the answer most and where plans switch.

    Raises
    ------
    ConfigError, UsageError, PlanFolderError, SolverError
    """
    texts = (
        [f"{path}={_spec(values)}" for path, values in vary.items()] if isinstance(vary, Mapping) else vary
    )
    question = Question(
        tuple(texts), tuple(scenarios), Path(points) if points else None, design, samples, seed
    )
    request = Request(
        path=Path(config),
        question=question,
        scenario=scenario,
        overrides=tuple(overrides),
        allow_paths=tuple(map(Path, allow_paths)),
        options=asdict(options) if options else {},
        policies=tuple(map(policy_of, policies)),
        target=Path(out) if out else None,
        restart=restart,
        workers=workers,
        cluster=cluster,
        executor=executor,
        tell=tell or (lambda _: None),
    )
    return run_sweep(request)


def frontier(
    config: str | Path | Loaded,
    *,
    scenario: str | None = None,
    overrides: Sequence[str] = (),
    allow_paths: Sequence[str | Path] = (),
    bases: Sequence[CarbonBasis | str] = (),
    tolerance: float | None = None,
    policies: Sequence[Policy | str] = (),
    options: SolverOptions | None = None,
    tell: Callable[[str], object] | None = None,
) -> FrontierStudy:
    """Trace the cost–carbon frontier of a config, between achieved plans and proved bounds.

    Parameters
    ----------
    config : str, Path or Loaded
    scenario, overrides, allow_paths
        As for `load`; only where `config` is a path.
    bases : sequence of str
        ``location``, ``market`` or ``hourly``; default: the config's own.
    tolerance : float
        Largest distance between the two, as a share of the cost range; 0 finds every break point. Default
        0.001, and 0 where the program is small.
    policies : sequence of Policy
        Simple policies to hold against the frontier.
    options : SolverOptions, optional
        Default: the config's own.
    tell : callable, optional
        Called with what is being done.

    Returns
    -------
    FrontierStudy
        Answers any cap, price or budget without solving; `open_frontier` reads a saved one.

    Raises
    ------
    ConfigError, UsageError, SolverError
    """
    if tolerance is not None and not 0 <= tolerance < 1:
        raise UsageError(f"tolerance: expected a share from 0 to below 1, such as 0.001, got {tolerance:g}")
    loaded = taken(config, scenario, overrides, allow_paths)
    chosen, problem = options or configured_options(loaded), loaded.problem
    wanted = dict.fromkeys(map(_basis, bases)) or {problem.objective.basis: None}
    found = tuple(trace(problem, chosen, basis=basis, tolerance=tolerance, tell=tell) for basis in wanted)
    reasons = impossible(problem) if found[0].status is Status.INFEASIBLE else ()
    others = baselines(problem, list(dict.fromkeys(map(policy_of, policies))), chosen)
    return FrontierStudy(found, loaded.kept, reasons, origin(loaded, chosen), others)


def ranging(
    config: str | Path | Loaded,
    *,
    of: Sequence[str] | None = None,
    low: float | None = None,
    high: float | None = None,
    limits: int = 8,
    step: float = 0.1,
    scenario: str | None = None,
    overrides: Sequence[str] = (),
    allow_paths: Sequence[str | Path] = (),
    policies: Sequence[Policy | str] = (),
    options: SolverOptions | None = None,
    tell: Callable[[str], object] | None = None,
) -> RangingStudy:
    """Find break-even points of a config, and what one more and one less of every limit is worth.

    Parameters
    ----------
    config : str, Path or Loaded
    of : sequence of str, optional
        Paths of the numbers to vary, such as ``sites.hami.pools.gpu.price``; default: the carbon price and
        every site's grid price.
    low, high : float, optional
        Between which they are varied; default 0 and twice the value, as far as the config allows.
    limits : int
        Limits that are moved and solved; the others have their dual prices only.
    step : float
        Share of a limit by which it is moved.
    scenario, overrides, allow_paths
        As for `load`; only where `config` is a path.
    policies : sequence of Policy
        Simple policies to compare with.
    options : SolverOptions, optional
        Default: the config's own.
    tell : callable, optional
        Called with what is being done.

    Returns
    -------
    RangingStudy

    Raises
    ------
    ConfigError, UsageError, SolverError
    """
    loaded = taken(config, scenario, overrides, allow_paths)
    chosen, problem = options or configured_options(loaded), loaded.problem
    reader = Reader(loaded.config.data, problem, lambda changes: loaded.changed(changes).problem)
    parameters = [reader.parameter(path, low, high) for path in (of or reader.usual())]
    found = plan(problem, chosen)
    if found.solution is None:
        return RangingStudy(found, (), ())
    ranges = tuple(find_range(parameter, chosen, tell) for parameter in parameters)
    prices = shadow_prices(problem, chosen, solved=limits, step=step, tell=tell)
    others = baselines(problem, list(dict.fromkeys(map(policy_of, policies))), chosen)
    return RangingStudy(found, ranges, prices, others)


def _basis(name: CarbonBasis | str) -> CarbonBasis:
    if name not in set(CarbonBasis):
        raise UsageError(f"basis: expected {', '.join(CarbonBasis)}, got {name!r}")
    return CarbonBasis(name)


def _spec(values: object) -> str:
    """Write values as a spec: text as it is, a list in YAML."""
    if isinstance(values, str):
        return values
    return json.dumps(list(values) if isinstance(values, Iterable) else [values], ensure_ascii=False)
