"""The audit of a plan folder: whether it is whole, its plan holds, and its tables say the same.

From a plan folder back to the run that wrote it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from time import perf_counter

from computeplan.arguments import checked
from computeplan.config import load_config
from computeplan.errors import ComputeplanError, PlanFolderError
from computeplan.files import read_file
from computeplan.folder.archive import read_held, read_plan
from computeplan.folder.contents import (
    BASELINE_PROOF,
    CONFIG,
    HELD,
    INPUTS,
    LIFTED,
    PROOF,
    PROVENANCE,
    SUMMARY,
    TABLES,
    WRITTEN,
    versions,
)
from computeplan.folder.read import PlanFolder, find_folder, open_folder, parse_json, written_by
from computeplan.folder.tables.frames import DIFFERENCES
from computeplan.problem.limits import LimitKind
from computeplan.runs.compare import find_differences
from computeplan.runs.loaded import Loaded
from computeplan.runs.run import Run
from computeplan.solvers import SolverOptions
from computeplan.studies.baselines import Baseline, LiftedLimit, keep_local, lift_limits, read_lifted
from computeplan.studies.ranging import EasedLimit
from computeplan.text import shown_value
from computeplan.vocabulary import Method


@checked
def open_plan(folder: str | Path, *, baseline: bool = True) -> Run:
    """Open a plan folder, with the all-local plan to compare with unless `baseline` is false.

    The problem is read from the config and inputs in the folder, the decisions from its archive; cost,
    emissions, every constraint and the gap are computed anew.

    Raises
    ------
    PlanFolderError
        If it is no plan folder, or a file that is needed is missing or not what was written.
    ConfigError
        If this version no longer takes the config.
    """
    saved = open_folder(Path(folder))
    for name in _needed(saved):
        saved.read(name)
    archives = (PROOF, BASELINE_PROOF) if baseline else (PROOF,)
    proofs = {name: saved.read(name) for name in archives if name in saved.hashes}
    try:
        return rebuild_run(saved, proofs)
    except PlanFolderError as error:
        writer = written_by(saved.provenance)
        if writer == versions()["computeplan"]:
            raise
        raise PlanFolderError(
            error, hint=f"computeplan {writer} wrote {saved.path} and can read it"
        ) from error


def _needed(saved: PlanFolder) -> list[str]:
    """Name the files that the problem is made from."""
    inputs = (name for name in saved.hashes if name.startswith(f"{INPUTS}/") and name != CONFIG)
    return [CONFIG, *inputs, *(name for name in saved.hashes if name == HELD)]


def rebuild_run(saved: PlanFolder, proofs: dict[str, bytes]) -> Run:
    """Make the run of a plan folder from its config, its inputs and given archives."""
    if PROOF not in proofs:
        raise PlanFolderError(
            path=saved.path, expected=PROOF, found="none", hint="solve again with this version"
        )
    loaded = _loaded(saved)
    plan = read_plan(loaded.problem, proofs[PROOF])
    baseline = None
    if BASELINE_PROOF in proofs:
        local, exempt = keep_local(loaded.problem)
        lifted = _lifted(saved)
        baseline = Baseline(
            read_plan(lift_limits(local, lifted), proofs[BASELINE_PROOF]), exempt, lifted=lifted
        )
    times_s = {stage: float(seconds) for stage, seconds in saved.provenance["times_s"].items()}
    eased = _eased(saved)
    return Run(loaded, _options(saved), plan, baseline, None, times_s, folder=saved.path, eased=eased)


def _lifted(saved: PlanFolder) -> tuple[LiftedLimit, ...]:
    """Read which limits the all-local plan had to be without; earlier folders have none."""
    try:
        return read_lifted(saved.provenance.get(LIFTED, ()))
    except (TypeError, ValueError, KeyError) as error:
        raise PlanFolderError(
            f"{PROVENANCE}: {LIFTED}: expected limits of this version, got {error}"
        ) from error


def _eased(saved: PlanFolder) -> tuple[EasedLimit, ...]:
    """Read what was solved of limits, which is not computed again; of a changed summary nothing is taken."""
    try:
        written = saved.read_json(SUMMARY)["limits"] or ()
        return tuple(
            EasedLimit(
                LimitKind(each["limit"]), each["where"], each["unit"], float(each["ten_percent_saves"])
            )
            for each in written
            if each["ten_percent_saves"] is not None
        )
    except (PlanFolderError, TypeError, ValueError, KeyError):
        return ()


def _loaded(saved: PlanFolder) -> Loaded:
    start = perf_counter()
    config = load_config(saved.path / CONFIG)
    if HELD in saved.hashes:
        held = read_held(config.problem, saved.read_changed(HELD))
        config = replace(config, problem=replace(config.problem, held=held))
    origin, source = saved.provenance["config"], WRITTEN if WRITTEN in saved.hashes else CONFIG
    return Loaded(
        path=saved.path / CONFIG,
        sha256=origin["sha256"],
        config=config,
        scenario=origin["scenario"],
        overrides=tuple(origin["set"]),
        read_s=perf_counter() - start,
        written=saved.read_changed(source).decode("utf-8-sig", "replace"),
        is_resolved=True,
    )


def _options(saved: PlanFolder) -> SolverOptions:
    options = saved.provenance["options"]
    try:
        own = options.get("options") or {}
        return SolverOptions(**{**options, "method": Method(options["method"]), "options": own})
    except (TypeError, ValueError) as error:
        raise PlanFolderError(path=PROVENANCE, expected="options of this version", found=error) from error


SAME = 1e-9
"""Relative difference up to which a number that was written is the number that is computed again."""

UNCHECKED = frozenset({"policies", "reasons", "warnings"})
"""What of the summary is not computed again, or is words that another version may write otherwise."""


@dataclass(frozen=True, eq=False)
class FolderAudit:
    """What the audit of a plan folder found."""

    run: Run | None
    """The plan with its audit computed anew; absent where the folder cannot be read that far."""
    faults: tuple[str, ...]
    """Files that are not what was written, figures and tables that are not what the plan gives."""
    notes: tuple[str, ...]
    """What does not concern the plan, such as an original input that was changed since."""

    @property
    def passed(self) -> bool:
        """Whether the folder is whole and the plan holds."""
        solution = self.run.plan.solution if self.run else None
        return solution is not None and solution.audit.passed and not self.faults


@checked
def audit_folder(folder: str | Path) -> FolderAudit:
    """Audit a plan from its folder alone.

    Raises
    ------
    PlanFolderError
        If it is no plan folder at all.
    """
    saved = find_folder(Path(folder))
    saved.check_origin()
    faults = list(saved.faults())
    run = None
    try:
        for name in _needed(saved):
            saved.read_changed(name)
        run = rebuild_run(saved, _proofs(saved))
        faults += _other_figures(saved, run)
        faults += _other_tables(saved, run)
    except (ComputeplanError, OSError) as error:
        faults.append(str(error))
    return FolderAudit(run, tuple(dict.fromkeys(faults)), tuple(_changed_since(saved)))


def _proofs(saved: PlanFolder) -> dict[str, bytes]:
    """Read the archives as they are: a changed one is audited too, and named by its hash."""
    return {name: saved.read_changed(name) for name in (PROOF, BASELINE_PROOF) if name in saved.hashes}


def _other_figures(saved: PlanFolder, run: Run) -> Iterator[str]:
    """Say which figures of the summary are not what the plan gives."""
    try:
        written = parse_json(Path(SUMMARY), saved.read_changed(SUMMARY))
    except PlanFolderError as error:
        yield str(error)
        return
    if not isinstance(written, Mapping):
        yield f"{SUMMARY}: expected a mapping"
        return
    computed = run.summary()
    for name in dict.fromkeys((*computed, *written)):
        pair = (written.get(name), computed.get(name))
        for found in find_differences(name, *pair) if name not in UNCHECKED else ():
            if not _is_same_number(found.before, found.after):
                there, here = shown_value(found.before), shown_value(found.after)
                yield f"{SUMMARY}: {found.what} is {there}, computed {here}"


def _is_same_number(written: object, computed: object) -> bool:
    numbers = (written, computed)
    if any(isinstance(each, bool) or not isinstance(each, float | int) for each in numbers):
        return False
    try:
        return math.isclose(*map(float, numbers), rel_tol=SAME, abs_tol=SAME)  # type: ignore[arg-type]  # numbers
    except OverflowError:
        return False


def _other_tables(saved: PlanFolder, run: Run) -> Iterator[str]:
    """Say which tables, as Parquet and as CSV, are not what the plan gives."""
    if run.plan.solution is None:
        return
    frames = run.tables()
    expected = {f"{TABLES}/{name}.{kind}": (name, kind) for name in frames for kind in DIFFERENCES}
    for path, (name, kind) in expected.items():
        try:
            fault = DIFFERENCES[kind](saved.read_changed(path), frames[name], SAME)
        except PlanFolderError as error:
            yield str(error)
            continue
        if fault:
            yield f"{path} {fault}"
    for path in saved.hashes:
        if path.startswith(f"{TABLES}/") and path not in expected:
            yield f"{path} is no table of the plan"


def _changed_since(saved: PlanFolder) -> Iterator[str]:
    """Name the original files that are still there but are no longer what the plan was made from."""
    origin = saved.provenance["config"]
    config = Path(origin["path"])
    originals = {config: origin["sha256"]}
    originals |= {config.parent / file["origin"]: file["sha256"] for file in saved.provenance["inputs"]}
    for path, digest in originals.items():
        try:
            content = read_file(path)
        except (OSError, ValueError):
            continue
        if sha256(content).hexdigest() != digest:
            yield f"{path} has changed since the plan was made; the plan holds for what {INPUTS}/ keeps"
