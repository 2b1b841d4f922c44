from __future__ import annotations

import pytest

CASE = "transport_classics"


@pytest.mark.parametrize("solver", ["highs", "cbc"])
@pytest.mark.parametrize(("config", "published"), [("trnsport.yaml", 153.675e3), ("beer.yaml", 8600)])
def test_published_optimum(case, solve, config, published, solver):
    made = solve(case.load(config), solver)
    assert made.solution.accounts.cost.total == pytest.approx(published, rel=1e-7)
