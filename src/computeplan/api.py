"""The same things from Python: read a config, solve it, keep the plan.

>>> run = solve("quickstart.yaml")  # doctest: +SKIP
>>> run.plan.status, run.plan.solution.accounts.cost.total  # doctest: +SKIP
>>> run.tables()["capacity"]  # doctest: +SKIP
>>> run.save("plans/quickstart")  # doctest: +SKIP
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from computeplan.config import InputFile, LoadedConfig, SettingPaths, load_config
from computeplan.errors import ConfigError, PlanFolderError, UsageError
from computeplan.explain import Diagnosis, Reason, Suggestion, endless, has_plan, impossible, ways_out
from computeplan.grouping import merge
from computeplan.lp import build
from computeplan.plan.contents import BASELINE_PROOF, CONFIG, INPUTS, PROOF, SUMMARY, TABLES
from computeplan.plan.folder import write_folder
from computeplan.plan.plan import Plan
from computeplan.plan.provenance import created, versions
from computeplan.plan.saved import plan_bytes
from computeplan.plan.summary import summarize
from computeplan.plan.tables import csv_bytes, parquet_bytes, tables
from computeplan.planner import plan, stated_options
from computeplan.problem import Problem, Status
from computeplan.solvers import SolverOptions, write_model
from computeplan.stages import StageClock
from computeplan.studies.baselines import Baseline, Policy, all_local, baseline_data, baselines

if TYPE_CHECKING:
    from computeplan.plan.tables.catalog import Tables


@dataclass(frozen=True, eq=False)
class Loaded:
    """A config that was read and checked.

    Attributes
    ----------
    path : Path
    sha256 : str
        Of the file.
    config : LoadedConfig
        The numeric problem, the solver's settings, the config's text and its inputs.
    scenario : str, optional
    overrides : tuple of str
    read_s : float
        Seconds that reading took.
    allow_paths : tuple of Path
        Folders outside the config's own that it may read files from.
    """

    path: Path
    sha256: str
    config: LoadedConfig
    scenario: str | None
    overrides: tuple[str, ...]
    read_s: float
    allow_paths: tuple[Path, ...] = ()

    @property
    def problem(self) -> Problem:
        """The numeric problem."""
        return self.config.problem

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is allowed but looks wrong."""
        return self.config.warnings


@dataclass(frozen=True, eq=False)
class Run:
    """A config that was solved.

    Attributes
    ----------
    loaded : Loaded
    options : SolverOptions
    plan : Plan
        Has a solution where its status has one.
    baseline : Baseline, optional
        The plan with no work leaving its zone, to compare with.
    diagnosis : Diagnosis, optional
        Of an infeasible or unbounded problem: why there is no plan, and what would give it one.
    times_s : dict of str to float
        Seconds of each stage.
    others : tuple of Baseline
        Plans under other simple policies, those that were asked for.
    """

    loaded: Loaded
    options: SolverOptions
    plan: Plan
    baseline: Baseline | None
    diagnosis: Diagnosis | None
    times_s: dict[str, float] = field(default_factory=dict)
    others: tuple[Baseline, ...] = ()

    @property
    def baselines(self) -> tuple[Baseline, ...]:
        """All plans to compare with."""
        return (self.baseline, *self.others) if self.baseline else self.others

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why there is no plan, as far as simple conditions show it."""
        return self.diagnosis.reasons if self.diagnosis else ()

    def summary(self) -> dict[str, object]:
        """Summarize the run; the same for the same config and solver."""
        told = self.diagnosis.data() if self.diagnosis else {"reasons": []}
        return {
            "name": self.plan.problem.name,
            **summarize(self.plan),
            "baseline": {"all_local": baseline_data(self.plan, self.baseline)} if self.baseline else None,
            "policies": {str(other.policy): baseline_data(self.plan, other) for other in self.others},
            **told,
            "warnings": list(self.loaded.warnings),
        }

    def tables(self) -> Tables:
        """Make the plan's tables, polars frames by name.

        Raises
        ------
        PlanFolderError
            If there is no plan.
        """
        if self.plan.solution is None:
            raise PlanFolderError(f"there is no plan to tabulate: the status is {self.plan.status}")
        return tables(self.plan.problem, self.plan.solution, self.baseline.plan if self.baseline else None)

    def save(self, folder: str | Path) -> None:
        """Write the plan folder, whole or not at all; an earlier plan there is replaced.

        Parameters
        ----------
        folder : str or Path

        Raises
        ------
        PlanFolderError
            If there is no plan, or the folder cannot be written or holds something else.
        """
        write_folder(Path(folder), self._files(), self._provenance())

    def _files(self) -> Iterator[tuple[str, bytes]]:
        yield CONFIG, self.loaded.config.resolved.encode()
        for file in self.loaded.config.inputs:
            yield f"{INPUTS}/{file.path}", _unchanged(self.loaded.path.parent, file)
        yield PROOF, plan_bytes(self.plan)
        if self.baseline:
            yield BASELINE_PROOF, plan_bytes(self.baseline.plan)
        yield SUMMARY, f"{json.dumps(self.summary(), indent=2, ensure_ascii=False)}\n".encode()
        for name, frame in self.tables().items():
            yield f"{TABLES}/{name}.parquet", parquet_bytes(frame)
            yield f"{TABLES}/{name}.csv", csv_bytes(frame)

    def _provenance(self) -> dict[str, object]:
        where_from = origin(self.loaded, self.options)
        return {**where_from, "solver": asdict(self.plan.solver), "times_s": self.times_s}


def load(
    path: str | Path,
    *,
    scenario: str | None = None,
    overrides: Sequence[str] = (),
    allow_paths: Sequence[str | Path] = (),
) -> Loaded:
    """Read and check a config.

    Parameters
    ----------
    path : str or Path
    scenario : str, optional
        Overlay of the config's ``scenarios`` to apply.
    overrides : sequence of str
        ``path=value`` each, such as ``sites.hami.pue=1.2``; applied after the scenario.
    allow_paths : sequence of str or Path
        Folders that the config may read files from, beside its own.

    Returns
    -------
    Loaded

    Raises
    ------
    ConfigError
        With every fault of the config and its inputs.
    UsageError
        If an allowed path is no folder.
    """
    start, file = perf_counter(), Path(path)
    also = tuple(map(Path, allow_paths))
    for folder in also:
        if not folder.is_dir():
            raise UsageError(f"allowed path: expected a folder, got {str(folder)!r}")
    config = load_config(file, scenario=scenario, overrides=overrides, allow_paths=also)
    digest = sha256(file.read_bytes()).hexdigest()
    return Loaded(file, digest, config, scenario, tuple(overrides), perf_counter() - start, also)


def solve(
    config: str | Path | Loaded,
    *,
    scenario: str | None = None,
    overrides: Sequence[str] = (),
    options: SolverOptions | None = None,
    baseline: bool = True,
    policies: Sequence[Policy | str] = (),
    tell: Callable[[str], object] | None = None,
) -> Run:
    """Find and audit the optimal plan of a config.

    Parameters
    ----------
    config : str, Path or Loaded
    scenario, overrides
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
    loaded = config if isinstance(config, Loaded) else load(config, scenario=scenario, overrides=overrides)
    chosen, problem, clock = options or configured_options(loaded), loaded.problem, StageClock()
    wanted = [policy for policy in dict.fromkeys(map(policy_of, policies)) if policy is not Policy.ALL_LOCAL]
    # Solvers release the interpreter while they work, so a second core plans the baseline meanwhile.
    with ThreadPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as beside:
        main = beside.submit(plan, problem, chosen)
        local = beside.submit(clock.timed("baseline", all_local), problem, chosen) if baseline else None
        found = main.result()
        if local and tell:
            tell("planning with all work local, to compare")
    diagnosis = None
    if found.status in (Status.INFEASIBLE, Status.UNBOUNDED):
        diagnosis = clock.timed("diagnose", _diagnosed)(loaded, found.status, chosen, tell)
    kept = local.result() if local and found.status.has_plan else None
    if wanted and tell:
        tell("planning under simple policies, to compare")
    others = clock.timed("baselines", baselines)(problem, wanted, chosen) if found.status.has_plan else ()
    times_s = {"read": loaded.read_s, **found.times_s, **clock.times_s}
    return Run(loaded, chosen, found, kept, diagnosis, times_s, others)


def diagnose(
    config: str | Path | Loaded,
    *,
    scenario: str | None = None,
    overrides: Sequence[str] = (),
    options: SolverOptions | None = None,
    tell: Callable[[str], object] | None = None,
) -> Diagnosis:
    """Say why a config has no plan, and what would give it one.

    Parameters
    ----------
    config, scenario, overrides, options, tell
        As for `solve`. HiGHS looks for the ways out, whatever solver is named.

    Returns
    -------
    Diagnosis
        Its status is ``optimal`` if the config has a plan.

    Raises
    ------
    ConfigError, SolverError
    """
    loaded = config if isinstance(config, Loaded) else load(config, scenario=scenario, overrides=overrides)
    chosen = options or configured_options(loaded)
    if endless(loaded.problem) and has_plan(loaded.problem, chosen):
        return _diagnosed(loaded, Status.UNBOUNDED, chosen, tell)
    found = _diagnosed(loaded, Status.INFEASIBLE, chosen, tell)
    return replace(found, status=found.ways_out.status)


def _diagnosed(
    loaded: Loaded, status: Status, options: SolverOptions, tell: Callable[[str], object] | None
) -> Diagnosis:
    """Diagnose an infeasible or unbounded problem."""
    problem = loaded.problem
    if status is Status.UNBOUNDED:
        return Diagnosis(status, endless(problem))

    def works(suggestion: Suggestion) -> bool:
        overrides = (*loaded.overrides, *suggestion.overrides)
        try:
            changed = load(
                loaded.path,
                scenario=loaded.scenario,
                overrides=overrides,
                allow_paths=loaded.allow_paths,
            )
        except ConfigError:
            return False
        return has_plan(changed.problem, options)

    settings = SettingPaths(loaded.config.data, problem.currency)
    return Diagnosis(status, impossible(problem), ways_out(problem, settings, works, options, tell))


def configured_options(loaded: Loaded) -> SolverOptions:
    """Give the solver options that a config states.

    Parameters
    ----------
    loaded : Loaded
    """
    return stated_options(loaded.config.solver)


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


def _unchanged(folder: Path, file: InputFile) -> bytes:
    """Read an input again, to keep it with the plan."""
    content = (folder / file.origin).read_bytes()
    if sha256(content).hexdigest() != file.sha256:
        raise PlanFolderError(f"{folder / file.origin} changed while the plan was made; solve again")
    return content


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


def origin(loaded: Loaded, options: SolverOptions) -> dict[str, object]:
    """Say where a result comes from: config, inputs, versions and options.

    Parameters
    ----------
    loaded : Loaded
    options : SolverOptions
    """
    return {
        "created": created(),
        "versions": versions(),
        "config": {
            "path": str(loaded.path),
            "sha256": loaded.sha256,
            "scenario": loaded.scenario,
            "set": list(loaded.overrides),
        },
        "inputs": [asdict(file) for file in loaded.config.inputs],
        "options": asdict(options),
    }
