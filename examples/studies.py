# %% [markdown]
# # Studies of one plan, cell by cell
#
# Runs as a script (`python examples/studies.py`), and opens as a notebook in editors that know `# %%` cells.
# All figures of the quickstart config are invented.

# %%
from pathlib import Path

import computeplan

config = computeplan.load(Path(__file__).parents[1] / "configs" / "quickstart.yaml")

# %% [markdown]
# The plan, and what it gains over simple policies.

# %%
run = computeplan.solve(config, policies=["cheapest_first", "greenest_first", "no_deferral"])
own = run.plan.solution.accounts
print(
    f"{run.plan.status}: {own.cost.total:,.0f} {run.plan.problem.currency}, {own.emissions_t.location:.2f} t"
)
for baseline in run.baselines:
    if baseline.accounts is not None:
        print(f"  {baseline.policy}: {baseline.accounts.cost.total:,.0f}")

# %% [markdown]
# Cost against carbon, every break point of it. Any cap, price or budget is then read off without solving.

# %%
study = computeplan.frontier(config, tolerance=0)
frontier = study.frontiers[0]
print(f"{frontier.curve.size} points, exact: {frontier.exact}")
print(study.tables()["segments"])

cap_t = 26.0
under = frontier.at_cap(cap_t)
print(f"under {cap_t:g} t: {under.money:,.0f}, the next t costs {1000 * under.price_low_per_kg:,.0f}")

# %% [markdown]
# The same cap solved directly: the frontier was right.

# %%
capped = computeplan.solve(config.path, overrides=[f"objective.carbon_cap={cap_t}"], baseline=False)
accounts = capped.plan.solution.accounts
direct = accounts.cost.total + accounts.shortfall_penalty
print(f"solved with the cap: {direct:,.0f}")

# %% [markdown]
# Where the plan changes, and what one more of each limit is worth.

# %%
ranging = computeplan.ranging(config, of=["sites.north-park.grid.price", "workloads.search.max_latency"])
print(ranging.tables()["shadow_prices"])
print(ranging.tables()["breaks"])
print(ranging.tables()["moves"])
