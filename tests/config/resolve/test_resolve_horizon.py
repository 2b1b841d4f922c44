from __future__ import annotations

import numpy as np
import pytest
from resolving import resolve

from computeplan.config.changes import read_change
from computeplan.errors import ConfigError
from computeplan.problem import HorizonEnd

BERLIN_SPRING = "horizon: {start: 2026-03-29T00:00, time_zone: Europe/Berlin, duration: 24}"


def charge_of(horizon: str) -> list[float]:
    changes = f"horizon: {horizon}\nsites: {{site: {{grid: {{demand_charge: 31}}}}}}"
    return resolve(changes).problem.grid.demand_charge[0].tolist()


def test_periods_start_at_local_midnight():
    horizon = resolve().problem.horizon
    assert horizon.size == 24
    assert horizon.start_utc[0] == np.datetime64("2026-03-01T16:00:00")
    assert horizon.start_utc[-1] == np.datetime64("2026-03-02T15:00:00")
    assert horizon.time_zone == "Asia/Shanghai"
    assert horizon.months == ("2026-03",)
    assert horizon.end is HorizonEnd.CLOSE
    assert horizon.blocks == (slice(0, 24),)


@pytest.mark.parametrize(("minutes", "count"), [(15, 96), (30, 48), (7.5, 192), (720, 2), (1440, 1)])
def test_period_length(minutes, count):
    horizon = resolve(f"horizon: {{period: {minutes}, end: cyclic, weight: 52}}").problem.horizon
    assert horizon.size == count
    assert horizon.period_h == minutes / 60
    assert horizon.real_hours == pytest.approx(52 * 24)
    assert horizon.end is HorizonEnd.CYCLIC


def test_periods_are_equal_in_real_time_when_clocks_change():
    horizon = resolve(BERLIN_SPRING).problem.horizon
    assert horizon.start_utc[0] == np.datetime64("2026-03-28T23:00:00")
    assert horizon.start_utc[-1] == np.datetime64("2026-03-29T22:00:00")  # already 30 March, 00:00 in Berlin
    assert set(np.diff(horizon.start_utc)) == {np.timedelta64(3600, "s")}


def test_blocks_keep_their_weight_and_months():
    horizon = resolve(
        """
        horizon:
          start: null
          duration: null
          blocks:
            - {start: 2026-01-12T00:00, duration: 2 days, weight: 300}
            - {start: 2026-07-13T00:00, duration: 1 day, weight: 65}
        """
    ).problem.horizon
    assert horizon.blocks == (slice(0, 48), slice(48, 72))
    assert horizon.months == ("2026-01", "2026-07")
    assert horizon.month.tolist() == [0] * 48 + [1] * 24
    assert horizon.weight[[0, -1]].tolist() == [300, 65]
    assert horizon.real_hours == 300 * 48 + 65 * 24
    assert horizon.start_utc[48] == np.datetime64("2026-07-12T16:00:00")


def test_demand_charge_is_pro_rata_by_month():
    charges = charge_of("{start: 2026-03-30T00:00, duration: 96}")
    assert charges == pytest.approx([31 * 2 / 31, 31 * 2 / 30])


def test_demand_charge_counts_the_time_a_block_stands_for():
    assert charge_of("{start: 2026-01-12T00:00, duration: 168, weight: 26}") == pytest.approx(
        [31 * 26 * 168 / 744]
    )


def test_demand_charge_of_a_month_that_loses_an_hour():
    assert charge_of("{start: 2026-03-02T00:00, time_zone: Europe/Berlin}") == pytest.approx([31 * 24 / 743])


def test_a_whole_month_pays_the_whole_charge():
    assert charge_of("{start: 2026-10-01T00:00, time_zone: Europe/Berlin, duration: 745}") == pytest.approx(
        [31]
    )


def test_a_month_whose_first_midnight_does_not_exist():
    # In Paraguay, clocks went from 00:00 to 01:00 on 1 October 2023.
    assert charge_of("{start: 2023-10-02T00:00, time_zone: America/Asuncion}") == pytest.approx(
        [31 * 24 / 743]
    )


@pytest.mark.parametrize(
    ("horizon", "message"),
    [
        ("{duration: 24.5}", r"horizon\.duration: expected a whole number of periods of 60 min, got 24\.5 h"),
        ("{duration: 0.5}", r"horizon\.duration: expected a whole number of periods"),
        ("{duration: 100000000}", r"expected at most 1,000,000 periods, got 100,000,000"),
        (
            "{start: 2026-03-29T02:30, time_zone: Europe/Berlin}",
            r"horizon\.start: .* the local clock shows once, got 2026-03-29T02:30:00, never shown",
        ),
        (
            "{start: 2026-10-25T02:30, time_zone: Europe/Berlin}",
            r"shown twice; clocks in Europe/Berlin change here",
        ),
    ],
)
def test_faults(horizon, message):
    with pytest.raises(ConfigError, match=message):
        resolve(f"horizon: {horizon}")


def test_blocks_may_not_overlap():
    blocks = "[{start: 2026-01-02T00:00, duration: 48}, {start: 2026-01-03T23:00, duration: 24}]"
    message = r"horizon\.blocks\.1\.start: expected blocks in time order .*, got 2026-01-03T23:00:00, before"
    with pytest.raises(ConfigError, match=message):
        resolve(f"horizon: {{start: null, duration: null, blocks: {blocks}}}")


def test_blocks_may_touch():
    blocks = "[{start: 2026-01-02T00:00, duration: 24}, {start: 2026-01-03T00:00, duration: 24}]"
    horizon = resolve(f"horizon: {{start: null, duration: null, blocks: {blocks}}}").problem.horizon
    assert len(horizon.blocks) == 2


@pytest.mark.parametrize("months", ["1.0 month", "1. month", "1.00 months", "1.0 个月", "１．０个月"])
def test_a_whole_number_of_months_may_have_decimals_of_0(months):
    start = "start: 2026-02-01T00:00, time_zone: UTC"
    assert resolve(f"horizon: {{{start}, duration: {months}}}").problem.horizon.size == 28 * 24


def test_a_factor_on_a_month_gives_calendar_months():
    data = {"horizon": {"duration": "1 month"}}
    ((_, twice),) = read_change("horizon.duration*=2").on(data)
    start = "start: 2026-02-01T00:00, time_zone: UTC"
    both = [resolve(f"horizon: {{{start}, duration: {length}}}").problem for length in (twice, "2 months")]
    assert [problem.horizon.size for problem in both] == [59 * 24] * 2
