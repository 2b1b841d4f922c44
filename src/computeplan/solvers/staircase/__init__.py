"""An interior-point method for programs whose rows fall into small blocks a period, with few ties in time.

The name is the field's: ordered by time, the matrix of such a program looks like a staircase. The program is
minimize c x, A x = b, 0 ≤ x ≤ u  (`standard`). Each step of a primal-dual interior-point method (`iteration`,
`newton`) solves equations with the matrix A Θ A', where Θ is diagonal. Rows of one period, and only these,
share a small dense block of it; what ties periods is a border (`structure`, `border`, `assembly`):

    [ N₁              W₁' ]
    [      N₂         W₂' ]     N_t  rows of period t, about 75 in the full model, eliminated all at once
    [           …     …   ]     W_t  what ties periods and is alive in t: waiting work, open jobs, bookings
    [ W₁   W₂   …     G   ]     G    with itself

The blocks are eliminated in one call, then the border in one sweep over time, with a dense front as wide as
what is alive at a time (`normal`). The cost of a step grows with the number of periods, not with its square.
At the end HiGHS makes a vertex of the interior point, part by part (`vertex`). That a program has no solution
is proved by a ray (`ray`). What is not solved to the end is handed over to HiGHS (`solver`).
"""

from computeplan.solvers.staircase.solver import (
    CAPABILITIES,
    NAME,
    check_installed,
    is_installed,
    own_options,
    solve_staircase,
)

__all__ = ["CAPABILITIES", "NAME", "check_installed", "is_installed", "own_options", "solve_staircase"]
