"""From a plan folder back to the run that wrote it."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

from computeplan.api import Loaded, Run
from computeplan.config import load_config
from computeplan.errors import PlanFolderError
from computeplan.plan.contents import BASELINE_PROOF, CONFIG, INPUTS, PROOF, WRITTEN
from computeplan.plan.reading import PlanFolder, open_folder
from computeplan.plan.saved import read_plan
from computeplan.solvers import SolverOptions
from computeplan.solvers.options import Method
from computeplan.studies.baselines import Baseline, kept_local


def open_plan(folder: str | Path) -> Run:
    """Open a plan folder.

    The problem is read from the config and inputs in the folder, the decisions from its archive; cost,
    emissions, every constraint and the gap are computed anew.

    Parameters
    ----------
    folder : str or Path

    Returns
    -------
    Run
        The same as when it was saved.

    Raises
    ------
    PlanFolderError
        If it is no plan folder, or a file that is needed is missing or not what was written.
    ConfigError
        If this version no longer takes the config.
    """
    saved = open_folder(Path(folder))
    needed = [name for name in saved.hashes if name.startswith(f"{INPUTS}/")]
    for name in (CONFIG, *needed):
        saved.read(name)
    return rebuilt(
        saved, {name: saved.read(name) for name in (PROOF, BASELINE_PROOF) if name in saved.hashes}
    )


def rebuilt(saved: PlanFolder, proofs: dict[str, bytes]) -> Run:
    """Make the run of a plan folder from its config, its inputs and given archives.

    Parameters
    ----------
    saved : PlanFolder
    proofs : dict of str to bytes
        Content of the archives by name.

    Returns
    -------
    Run
    """
    if PROOF not in proofs:
        raise PlanFolderError(f"{saved.path}: expected {PROOF}, got none; solve again with this version")
    loaded = _loaded(saved)
    plan = read_plan(loaded.problem, proofs[PROOF])
    baseline = None
    if BASELINE_PROOF in proofs:
        local, exempt = kept_local(loaded.problem)
        baseline = Baseline(read_plan(local, proofs[BASELINE_PROOF]), exempt)
    times_s = {str(stage): float(seconds) for stage, seconds in saved.provenance["times_s"].items()}
    return Run(loaded, _options(saved), plan, baseline, None, times_s)


def _loaded(saved: PlanFolder) -> Loaded:
    start = perf_counter()
    config = load_config(saved.path / CONFIG)
    origin = saved.provenance["config"]
    return Loaded(
        path=saved.path / CONFIG,
        sha256=origin["sha256"],
        config=config,
        scenario=origin["scenario"],
        overrides=tuple(origin["set"]),
        read_s=perf_counter() - start,
        written=saved.read(WRITTEN if WRITTEN in saved.hashes else CONFIG).decode("utf-8-sig"),
    )


def _options(saved: PlanFolder) -> SolverOptions:
    options = saved.provenance["options"]
    return SolverOptions(**{**options, "method": Method(options["method"])})
