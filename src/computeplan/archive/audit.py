"""The audit of a plan folder: whether it is whole, its plan holds, and its tables say the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from computeplan.api import Run
from computeplan.archive.opening import rebuilt
from computeplan.errors import ComputeplanError
from computeplan.plan.contents import BASELINE_PROOF, INPUTS, PROOF, SUMMARY, TABLES
from computeplan.plan.reading import PlanFolder, open_folder
from computeplan.plan.tables import difference

SAME = 1e-9
"""Relative difference up to which a number that was written is the number that is computed again."""

FIGURES = (
    "status",
    "objective",
    "bound",
    "cost",
    "shortfall_penalty",
    "carbon_charge",
    "emissions_t",
    "baseline",
)
"""What of the summary is computed again and compared."""


@dataclass(frozen=True, eq=False)
class FolderAudit:
    """What the audit of a plan folder found.

    Attributes
    ----------
    run : Run, optional
        The plan with its audit computed anew; absent where the folder cannot be read that far.
    faults : tuple of str
        Files that are not what was written, figures and tables that are not what the plan gives.
    notes : tuple of str
        What does not concern the plan, such as an original input that was changed since.
    """

    run: Run | None
    faults: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the folder is whole and the plan holds."""
        solution = self.run.plan.solution if self.run else None
        return solution is not None and solution.audit.passed and not self.faults


def audit_folder(folder: str | Path) -> FolderAudit:
    """Audit a plan from its folder alone.

    Parameters
    ----------
    folder : str or Path

    Returns
    -------
    FolderAudit

    Raises
    ------
    PlanFolderError
        If it is no plan folder at all.
    """
    saved = open_folder(Path(folder))
    faults = list(saved.faults())
    run = None
    try:
        run = rebuilt(saved, _proofs(saved))
        faults += _other_figures(saved, run)
        faults += _other_tables(saved, run)
    except (ComputeplanError, OSError) as error:
        faults.append(str(error))
    return FolderAudit(run, tuple(faults), tuple(_changed_since(saved)))


def _proofs(saved: PlanFolder) -> dict[str, bytes]:
    """Read the archives as they are: a changed one is audited too, and told by its hash."""
    return {
        name: (saved.path / name).read_bytes() for name in (PROOF, BASELINE_PROOF) if name in saved.hashes
    }


def _other_figures(saved: PlanFolder, run: Run) -> Iterator[str]:
    try:
        written = json.loads((saved.path / SUMMARY).read_text(encoding="utf-8"))
    except ValueError as error:
        yield f"{SUMMARY}: expected JSON, got {error}"
        return
    computed = run.summary()
    for name in FIGURES:
        there = written.get(name) if isinstance(written, dict) else None
        yield from (f"{SUMMARY}: {fault}" for fault in _differences(name, there, computed[name]))


def _differences(name: str, written: Any, computed: Any) -> Iterator[str]:
    if isinstance(written, Mapping) and isinstance(computed, Mapping):
        for key in dict.fromkeys((*written, *computed)):
            yield from _differences(f"{name}.{key}", written.get(key), computed.get(key))
    elif isinstance(written, float | int) and isinstance(computed, float | int):
        if not np.isclose(written, computed, rtol=SAME, atol=SAME):
            yield f"{name} is {written:.10g}, computed {computed:.10g}"
    elif written != computed:
        yield f"{name} is {written!r}, computed {computed!r}"


def _other_tables(saved: PlanFolder, run: Run) -> Iterator[str]:
    if run.plan.solution is None:
        return
    for name, computed in run.tables().items():
        fault = difference((saved.path / f"{TABLES}/{name}.parquet").read_bytes(), computed, SAME)
        if fault:
            yield f"{TABLES}/{name}.parquet {fault}"


def _changed_since(saved: PlanFolder) -> Iterator[str]:
    """Name the original files that are still there but are no longer what the plan was made from."""
    origin = saved.provenance["config"]
    config = Path(origin["path"])
    originals = {config: origin["sha256"]}
    originals |= {config.parent / file["origin"]: file["sha256"] for file in saved.provenance["inputs"]}
    for path, digest in originals.items():
        try:
            content = path.read_bytes()
        except OSError:
            continue
        if sha256(content).hexdigest() != digest:
            yield f"{path} has changed since the plan was made; the plan holds for what {INPUTS}/ keeps"
