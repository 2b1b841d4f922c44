"""The same things from Python: read a config, solve it, keep the plan.

>>> run = solve("quickstart.yaml")  # doctest: +SKIP
>>> run.plan.status, run.plan.solution.accounts.cost.total  # doctest: +SKIP
>>> run.tables()["capacity"]  # doctest: +SKIP
>>> run.save("plans/quickstart")  # doctest: +SKIP
"""

from computeplan.api.diagnosis import diagnose
from computeplan.api.loaded import Loaded, configured_options, load, origin, taken
from computeplan.api.run import Run
from computeplan.api.solving import export, policy_of, solve

__all__ = [
    "Loaded",
    "Run",
    "configured_options",
    "diagnose",
    "export",
    "load",
    "origin",
    "policy_of",
    "solve",
    "taken",
]
