"""Plans of several scenarios as runs, each of the config in its scenario."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from computeplan.config import BASE, LoadedConfig
from computeplan.files import portable_name
from computeplan.folder.write import check_target
from computeplan.runs.loaded import Loaded
from computeplan.runs.run import Run
from computeplan.solvers import SolverOptions
from computeplan.studies.uncertainty import UncertaintyStudy


def scenario_folders(folder: Path, names: tuple[str, ...]) -> dict[str, Path]:
    """Name the plan folder of each scenario.

    Raises
    ------
    PlanFolderError
        If one may not be written.
    """
    found = {
        name: folder / portable_name(re.sub(r"[^\w.-]", "-", name).lstrip(".") or "plan") for name in names
    }
    for target in found.values():
        check_target(target)
    return found


def save_scenarios(
    loaded: Loaded,
    read: Mapping[str, LoadedConfig],
    study: UncertaintyStudy,
    options: SolverOptions,
    folders: Mapping[str, Path],
) -> None:
    """Write the plan of each scenario as a folder of its own, each whole or not at all.

    Raises
    ------
    PlanFolderError
    """
    for name, plan in zip(study.names, study.outcomes, strict=True):
        scenario = None if name == BASE else name
        own = replace(loaded, config=read[name], scenario=scenario)
        times_s = {"read": loaded.read_s, **study.times_s}
        Run(own, options, plan, None, None, times_s).save(folders[name])
