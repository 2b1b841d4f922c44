"""Arrays of the problem as long frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from computeplan.problem import Floats, Horizon, Ints

if TYPE_CHECKING:
    import polars as pl


def named(names: Sequence[str], index: Ints) -> pl.Series:
    """Name each index.

    Parameters
    ----------
    names : sequence of str
    index : (n,)
    """
    import polars as pl

    return pl.Series(names, dtype=pl.String).gather(index)


def starts(horizon: Horizon, period: Ints) -> pl.Series:
    """Give the local time at the start of each period, with its offset from UTC.

    Parameters
    ----------
    horizon : Horizon
    period : (n,)
    """
    import polars as pl

    utc = pl.Series(horizon.start_utc[period].astype("datetime64[ms]"))
    return utc.dt.replace_time_zone("UTC").dt.convert_time_zone(horizon.time_zone)


def by_period(
    horizon: Horizon, keys: Mapping[str, Sequence[str]], amounts: Mapping[str, Floats]
) -> pl.DataFrame:
    """Make one row for each thing and period.

    Parameters
    ----------
    horizon : Horizon
    keys : mapping of str to sequence of str
        Columns that name the n things.
    amounts : mapping of str to (n, T)
    """
    import polars as pl

    things = len(next(iter(keys.values())))
    thing = np.repeat(np.arange(things), horizon.size)
    period = np.tile(np.arange(horizon.size), things)
    return pl.DataFrame(
        {
            **{name: named(names, thing) for name, names in keys.items()},
            "period": period,
            "start": starts(horizon, period),
            **{name: amount.ravel() for name, amount in amounts.items()},
        }
    )
