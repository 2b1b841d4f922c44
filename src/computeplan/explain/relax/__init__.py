"""The least change that makes an infeasible config feasible, from an elastic program, in its own words."""
