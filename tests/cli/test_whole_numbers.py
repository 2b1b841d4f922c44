"""Plans in whole numbers at the command line: what has no price is said, and a saved plan audits itself."""

from __future__ import annotations

import pytest

from command_line import run

CONFIG = """
name: whole numbers
currency: CNY
horizon: {start: 2026-03-02T00:00, duration: 2 h}
zones: {here: {}}
hardware: {gpu: {}}
sites:
  a:
    zone: here
    pools:
      book: {hardware: gpu, term: reserved, max_units: 80, step: 16, price: 3}
      rent: {hardware: gpu, term: on_demand, price: 5}
workloads: {db: {zone: here, demand: 20, mobility: whole}}
"""


@pytest.mark.parametrize(
    ("solver", "gap"), [("highs", "gap 0 (by the solver's bound)"), ("cbc", "not proved")]
)
def test_the_bound_is_the_solver_s_word(tmp_path, solver, gap):
    config, plan = tmp_path / "c.yaml", tmp_path / "plan"
    config.write_text(CONFIG, encoding="utf-8")
    solved = run("solve", str(config), "--out", str(plan), "--solver", solver)
    assert solved.exit_code == 0
    assert gap in solved.stdout
    assert "What binds has no price: some decisions are whole numbers." in solved.stdout
    for table in ("duals", "certificate"):
        assert len((plan / "tables" / f"{table}.csv").read_text(encoding="utf-8").splitlines()) == 1
    audited = run("audit", str(plan))
    assert audited.exit_code == 0
    assert ("by the solver's own bound" in audited.stdout) == (solver == "highs")
    explained = run("explain", str(plan), "a")
    assert "What binds has no price" in explained.stdout
