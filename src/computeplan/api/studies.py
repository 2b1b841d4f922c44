"""Study a config: many values, the cost–carbon frontier, break-even points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from itertools import takewhile
from logging import getLogger
from pathlib import Path
from typing import Any

from computeplan.api.calls import raise_if_stopped, read_config, run_stoppable
from computeplan.arguments import checked
from computeplan.config import variation_of
from computeplan.errors import UsageError
from computeplan.explanations import impossible
from computeplan.problem import CarbonBasis, Problem, Status
from computeplan.progress import Progress
from computeplan.runs.loaded import (
    Loaded,
    Overrides,
    changes_of,
    chosen_options,
    origin,
    plain,
    replaced_options,
)
from computeplan.runs.opened import open_plan
from computeplan.runs.run import Run
from computeplan.solvers import SolverOptions
from computeplan.solvers.planner import plan
from computeplan.solvers.registry import check_options
from computeplan.studies.baselines import Baseline, Policy, baselines, policy_of
from computeplan.studies.frontier import FrontierStudy, check_amounts, trace
from computeplan.studies.ranging import NumberReader, RangingStudy, find_range, ranges_of, shadow_prices
from computeplan.studies.shares import Effort, Grouping, SharesStudy
from computeplan.studies.sweep import Sweep, SweepSpec, run_sweep
from computeplan.text import expected_one_of
from computeplan.vocabulary import ShareMethod

LOG = getLogger(__package__)


@checked
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
    overrides: Overrides = (),
    allow_paths: Sequence[str | Path] = (),
    policies: Sequence[Policy | str] = (),
    options: SolverOptions | Mapping[str, object] | None = None,
    out: str | Path | None = None,
    restart: bool = False,
    workers: int | None = None,
    cluster: str | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Solve a config with many values.

    Parameters
    ----------
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
    options : SolverOptions or mapping, optional
        A mapping replaces some of the config's own, and may have a `stop`. By default as many threads as
        there are cores for each worker.
    out : str or Path, optional
        Folder to write, and to continue from; without one nothing is kept.
    restart : bool
        Drop the points that are there already and solve them again.
    workers : int, optional
        Worker processes; default one for each core.
    cluster : str, optional
        Address of a Dask scheduler, to solve there.
    executor : Executor, optional
        Any ``concurrent.futures`` executor, to solve there.
    progress : callable, optional
        Called after each point and every second, as in `solve`.

    Returns
    -------
    Sweep
        With tables, and a summary of what moves the answer most and where plans switch.

    Raises
    ------
    ConfigError, UsageError, PlanFolderError, SolverError
    """
    varied = (
        [variation_of(path, plain(values, path)) for path, values in vary.items()]
        if isinstance(vary, Mapping)
        else vary
    )
    stated: dict[str, Any] = (
        {**options.data(), "stop": options.stop}
        if isinstance(options, SolverOptions)
        else dict(options or {})
    )
    check_options(SolverOptions(stop=stated.get("stop")))
    spec = SweepSpec(
        path=Path(config),
        vary=tuple(varied),
        scenarios=tuple(scenarios),
        points=Path(points) if points else None,
        design=design,
        samples=samples,
        seed=seed,
        scenario=scenario,
        overrides=tuple(changes_of(overrides)),
        allow_paths=tuple(map(Path, allow_paths)),
        options={name: value for name, value in stated.items() if name != "stop"},
        policies=tuple(map(policy_of, policies)),
        target=Path(out) if out else None,
        restart=restart,
        workers=workers,
        cluster=cluster,
        executor=executor,
        stop=stated.get("stop"),
        progress=progress,
    )
    return run_sweep(spec)


@checked
def frontier(
    config: str | Path | Mapping[str, object] | Loaded,
    *,
    scenario: str | None = None,
    overrides: Overrides = (),
    allow_paths: Sequence[str | Path] = (),
    bases: Sequence[CarbonBasis | str] = (),
    tolerance: float | None = None,
    caps_t: Sequence[float] = (),
    prices_per_t: Sequence[float] = (),
    policies: Sequence[Policy | str] = (),
    options: SolverOptions | Mapping[str, object] | None = None,
    progress: Progress | None = None,
) -> FrontierStudy:
    """Trace the cost–carbon frontier of a config, between achieved plans and proved bounds.

    Parameters
    ----------
    bases : sequence of str
        ``location``, ``market`` or ``hourly``; default: the config's own.
    tolerance : float
        Largest distance between the two, as a share of the cost range; 0 finds every break point. Default
        0.001, and 0 where the program is small.
    caps_t, prices_per_t : sequence of float
        Carbon caps and prices that will be read off: where plans have whole numbers they are solved too.

    Returns
    -------
    FrontierStudy
        Answers any cap, price or budget without solving; `open_frontier` reads a saved one.

    Raises
    ------
    ConfigError, UsageError, SolverError
    """
    if tolerance is not None and not 0 <= tolerance < 1:
        raise UsageError(
            path="tolerance", expected="a share from 0 to below 1, such as 0.001", found=f"{tolerance:g}"
        )
    for name, amounts in (("caps_t", caps_t), ("prices_per_t", prices_per_t)):
        check_amounts(name, amounts)
    loaded = read_config(config, scenario, overrides, allow_paths, progress)
    chosen, problem = chosen_options(loaded, options), loaded.problem
    wanted = dict.fromkeys(map(_basis, bases)) or {problem.objective.basis: None}
    compared = list(dict.fromkeys(map(policy_of, policies)))

    def work(options: SolverOptions) -> FrontierStudy:
        trace_on = partial(
            trace, problem, options, tolerance=tolerance, caps_t=caps_t, prices_per_t=prices_per_t
        )
        found = [trace_on(basis=basis) for basis in wanted]
        if options.is_stopped:
            found = [each for each in found if each.curve is not None]
        if not found:
            raise KeyboardInterrupt
        reasons = impossible(problem) if found[0].status is Status.INFEASIBLE else ()
        others = _compare(problem, compared, options)
        return FrontierStudy(tuple(found), loaded.kept, reasons, origin(loaded, chosen), others)

    return run_stoppable(work, chosen, progress)


@checked
def ranging(
    config: str | Path | Mapping[str, object] | Loaded,
    *,
    of: Sequence[str] | Mapping[str, tuple[float | None, float | None]] | None = None,
    low: float | Sequence[float] | None = None,
    high: float | Sequence[float] | None = None,
    limits: int = 8,
    step: float = 0.1,
    scenario: str | None = None,
    overrides: Overrides = (),
    allow_paths: Sequence[str | Path] = (),
    policies: Sequence[Policy | str] = (),
    options: SolverOptions | Mapping[str, object] | None = None,
    progress: Progress | None = None,
) -> RangingStudy:
    """Find break-even points of a config, and what easing and tightening every limit saves and costs.

    Parameters
    ----------
    of : sequence of str or mapping of str to (float, float), optional
        Paths of the numbers to vary, such as ``sites.hami.pools.gpu.price`` or ``...price=0:3``; or paths and
        ranges. Default: the carbon price and every site's grid price.
    low, high : float or sequence of float, optional
        Between which one number is varied, or each, in the unit that the config writes; default 0 and twice
        the value, as far as the config allows.
    limits : int
        Limits that are moved and solved; of the others only the dual price is given.
    step : float
        Share of a limit by which it is moved.

    Raises
    ------
    ConfigError, UsageError, SolverError
    """
    if not 0 < step < 1 or limits < 0:
        raise UsageError(
            path="step, limits",
            expected="a step from 0 to 1 and at least 0 limits",
            found=f"{step:g} and {limits}",
        )
    loaded = read_config(config, scenario, overrides, allow_paths, progress)
    chosen, problem = chosen_options(loaded, options), loaded.problem
    reader = NumberReader(loaded.config.data, problem, lambda changes: loaded.changed(changes).problem)
    varied = ranges_of(of or reader.default_paths(), low, high)
    parameters = [reader.parameter(*each) for each in varied]
    compared = list(dict.fromkeys(map(policy_of, policies)))

    def work(options: SolverOptions) -> RangingStudy:
        found = plan(problem, options)
        if found.solution is None:
            raise_if_stopped(options)
            return RangingStudy(found, (), ())
        ranges = tuple(
            takewhile(lambda _: not options.is_stopped, (find_range(each, options) for each in parameters))
        )
        prices = () if options.is_stopped else shadow_prices(problem, options, solved=limits, step=step)
        return RangingStudy(found, ranges, prices, _compare(problem, compared, options))

    return run_stoppable(work, chosen, progress)


def _compare(problem: Problem, policies: Sequence[Policy], options: SolverOptions) -> tuple[Baseline, ...]:
    """Plan under simple policies, to compare; not once the study is to stop."""
    if not policies or options.is_stopped:
        return ()
    options.enter("planning under simple policies, to compare", LOG, ends_soon=True)
    found = baselines(problem, policies, options.within_stage())
    return () if options.is_stopped else found


@checked
def shares(
    plan: Run | str | Path,
    method: ShareMethod | str = ShareMethod.AVERAGE,
    *,
    by: Grouping = "tier",
    largest: int | None = None,
    effort: Effort | None = None,
    options: SolverOptions | Mapping[str, object] | None = None,
    progress: Progress | None = None,
) -> SharesStudy:
    """Share the cost of a plan among groups of companies.

    Parameters
    ----------
    plan : Run, str or Path
        A run, or a plan folder.
    method : str
        ``average``, ``marginal``, ``least-core``, ``nucleolus`` or ``shapley``.
    by : str, Path or mapping of str to str
        ``company``, ``tier``, a CSV file with columns ``company`` and ``group``, or each company's group.
    largest : int, optional
        Groups that keep their name, those with most work; all others are one.
    options : SolverOptions or mapping, optional
        Of the solves of what coalitions would pay alone; a mapping replaces some of the plan's own.

    Raises
    ------
    UsageError
        If a company has no group, or the method does not suit the plan.
    PlanFolderError, AuditError
        If there is no plan, or it fails its audit.
    """
    run = plan if isinstance(plan, Run) else open_plan(plan, baseline=False)

    def work(options: SolverOptions) -> SharesStudy:
        return run.shares(method, by=by, largest=largest, effort=effort, options=options)

    return run_stoppable(work, replaced_options(run.options, options), progress)


def _basis(name: CarbonBasis | str) -> CarbonBasis:
    if name not in set(CarbonBasis):
        raise UsageError(path="basis", **expected_one_of(CarbonBasis, name))
    return CarbonBasis(name)
