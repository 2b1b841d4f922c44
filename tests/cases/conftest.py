"""Cases that others solved first: each config in a folder of its own, beside the data that it names."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl
import pytest

from computeplan.config import load_config
from computeplan.problem import Problem, Status
from computeplan.solvers import SolverOptions
from computeplan.solvers.plan import Plan
from computeplan.solvers.planner import plan

CASES = Path(__file__).parent
DATA = CASES.parents[2] / "shared" / "cases"

Solve = Callable[..., Plan]


class Case:
    """One case: its own folder of configs, and the folder of outside data with the same name."""

    def __init__(self, name: str, folder: Path) -> None:
        self.folder = folder
        self._name = name
        shutil.copytree(CASES / name, folder)

    def outside(self, file: str, *, of: str | None = None) -> Path:
        """Path of a file of outside data."""
        path = DATA / (of or self._name) / file
        if not DATA.is_dir():
            pytest.skip("the outside cases are not here: no ../shared/cases beside the project")
        return path

    def take(self, *files: str, of: str | None = None) -> None:
        """Copy outside data beside the config."""
        for file in files:
            shutil.copy(self.outside(file, of=of), self.folder)

    def write(self, file: str, table: pl.DataFrame) -> None:
        """Write a table beside the config."""
        table.write_csv(self.folder / file)

    def load(self, config: str, scenario: str | None = None, overrides: Sequence[str] = ()) -> Problem:
        return load_config(self.folder / config, scenario=scenario, overrides=overrides).problem


@pytest.fixture
def case(request, tmp_path) -> Case:
    """The case that the test module names in ``CASE``."""
    return Case(request.module.CASE, tmp_path / "case")


@pytest.fixture
def solve() -> Solve:
    """Solve to a proven optimum that the audit passes."""

    def solved(problem: Problem, solver: str = "highs") -> Plan:
        made = plan(problem, SolverOptions(name=solver))
        assert made.status is Status.OPTIMAL
        audit = made.solution.audit
        assert audit.passed, audit.notes
        assert abs(audit.gap) <= 1e-6
        return made

    return solved
