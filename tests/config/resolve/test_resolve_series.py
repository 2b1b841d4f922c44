from __future__ import annotations

import numpy as np
import pytest
from resolving import price_of, resolve

from computeplan.errors import ConfigError

RAMP = ", ".join(str(hour) for hour in range(24))


def demand_of(form: str, changes: str = "") -> tuple[float, np.ndarray]:
    workloads = resolve(f"{changes}\nworkloads: {{work: {{demand: {form}}}}}").problem.workloads
    return workloads.scale[0], workloads.profiles[workloads.profile[0]]


def test_a_number_holds_throughout():
    assert price_of("0.36 CNY/kWh").tolist() == [0.36] * 24


def test_a_list_has_one_value_a_period():
    assert price_of(f"[{RAMP}]").tolist() == list(range(24))


def test_values_of_a_list_have_units():
    assert price_of("[360 CNY/MWh, 1]", "horizon: {duration: 2}").tolist() == [0.36, 1]


def test_a_named_series_takes_the_unit_of_its_field():
    prices = price_of("{series: ramp, scale: 2}", "series: {ramp: [360 CNY/MWh, 1]}\nhorizon: {duration: 2}")
    assert prices.tolist() == [0.72, 2]


def test_a_named_series_serves_fields_of_different_units():
    problem = resolve(
        """
        horizon: {duration: 2}
        series: {some: [1, 2]}
        sites: {site: {grid: {price: {series: some}}, pue: {series: some}}}
        """
    ).problem
    assert problem.grid.price.tolist() == problem.sites.pue.tolist() == [[1, 2]]


def test_names_may_stand_for_names():
    series = "series: {a: {series: b, scale: 3}, b: {series: c, scale: 2}, c: 0.5}"
    assert price_of("{series: a}", series).tolist() == [3] * 24


def test_demand_keeps_shape_and_factor_apart():
    scale, profile = demand_of("{series: ramp, scale: 7}", f"series: {{ramp: [{RAMP}]}}")
    assert scale == 7
    assert profile.tolist() == list(range(24))


def test_demand_of_one_number_is_a_constant_shape():
    scale, profile = demand_of("120")
    assert (scale, set(profile)) == (120, {1.0})


def test_a_negative_factor_turns_a_negative_shape_around():
    scale, profile = demand_of("{series: debt, scale: -2}", "series: {debt: -3}")
    assert (scale, set(profile)) == (1, {6.0})


def test_equal_shapes_are_one_profile():
    problem = resolve(
        f"""
        series: {{ramp: [{RAMP}], same: [{RAMP}]}}
        workloads:
          a: {{zone: here, demand: {{series: ramp, scale: 2}}}}
          b: {{zone: here, demand: {{series: same, scale: 3}}}}
          c: {{zone: here, demand: 4}}
        """
    ).problem
    assert problem.workloads.profiles.shape == (2, 24)
    assert problem.workloads.profile.tolist() == [0, 1, 1, 0]


def test_a_series_that_nothing_uses_is_a_warning():
    assert resolve("series: {spare: 1}").warnings == ("series.spare: nothing uses it",)


DAY = [0] * 8 + [6] + [8] * 8 + [6] + [0] * 6


def test_a_typical_day_repeats_with_its_weekend():
    values = price_of(f"day: {{weekday: [{RAMP}], weekend: {DAY}}}", "horizon: {duration: 168}").reshape(
        7, 24
    )
    assert (values[:5] == np.arange(24)).all()
    assert (values[5:] == np.array(DAY)).all()


def test_the_weekend_defaults_to_the_weekday():
    values = price_of(f"day: {{weekday: [{RAMP}]}}", "horizon: {start: 2026-03-07T00:00}")
    assert values.tolist() == list(range(24))


def test_short_and_long_periods():
    day = f"day: {{weekday: [{RAMP}]}}"
    assert price_of(day, "horizon: {period: 30, duration: 2}").tolist() == [0, 0, 1, 1]
    assert price_of(day, "horizon: {period: 240}").tolist() == [1.5, 5.5, 9.5, 13.5, 17.5, 21.5]


def test_a_period_across_hours_of_the_clock():
    values = price_of(f"day: {{weekday: [{RAMP}]}}", "horizon: {start: 2026-03-02T00:15, duration: 3}")
    assert values.tolist() == [0.25, 1.25, 2.25]


def test_a_typical_day_has_its_own_clock():
    values = price_of(f"{{day: {{weekday: [{RAMP}]}}, time_zone: UTC}}")
    assert values[:9].tolist() == [16, 17, 18, 19, 20, 21, 22, 23, 0]


def test_normalized_to_its_mean_over_weighted_time():
    friday = "{start: 2026-03-06T00:00, duration: 24, weight: 5}"
    saturday = "{start: 2026-03-07T00:00, duration: 24, weight: 2}"
    form = f"day: {{weekday: {[3] * 24}, weekend: {[1] * 24}, normalize: mean}}"
    values = price_of(form, f"horizon: {{start: null, duration: null, blocks: [{friday}, {saturday}]}}")
    assert values[[0, -1]] == pytest.approx([3 / (17 / 7), 1 / (17 / 7)])


def test_normalized_to_its_peak():
    values = price_of(f"day: {{weekday: {DAY}, normalize: peak}}")
    assert values[[0, 8, 9]].tolist() == [0, 0.75, 1]


@pytest.mark.parametrize(
    ("form", "series", "message"),
    [
        ("[1, 2]", "", r"sites\.site\.grid\.price: expected 24 values, one a period, got 2 values"),
        (
            "{series: rmp}",
            "{ramp: 1}",
            r"sites\.site\.grid\.price\.series: expected the name of a series, got 'rmp'",
        ),
        ("{series: rmp}", "{ramp: 1}", r"did you mean 'ramp'\?"),
        ("{series: a}", "{a: {series: b}, b: {series: a}}", r"series\.a: .* refer to itself, got a → b → a"),
        ("{series: a}", "{a: 5 MW}", r"series\.a: expected a number in CNY/kWh.*got '5 MW'"),
        ("{series: a}", "{a: [1, 5 MW]}", r"series\.a: expected 24 values"),
        (
            "{series: a}",
            f"{{a: {{day: {{weekday: {[*[1] * 23, '2 h']}}}}}}}",
            r"series\.a\.day\.weekday\.23: ",
        ),
        (
            "{series: a}",
            "{a: {tariff: {default: x, prices: {x: 2 ms}}}}",
            r"series\.a\.tariff\.prices\.x: expected a number in CNY/kWh",
        ),
        (
            f"day: {{weekday: {[0] * 24}, normalize: peak}}",
            "",
            r"sites\.site\.grid\.price\.day: expected values with a peak above 0, got a peak of 0",
        ),
        (
            f"day: {{weekday: {[0] * 24}, normalize: mean}}",
            "",
            "expected values with a mean above 0",
        ),
    ],
)
def test_faults(form, series, message):
    with pytest.raises(ConfigError, match=message):
        price_of(form, f"series: {series or '{}'}")


@pytest.mark.parametrize(
    ("site", "message"),
    [
        (
            "pue: {series: low}",
            r"sites\.site\.pue: expected .* got 0\.5 in period 1 \(2026-03-02T00:00\) and 23 more",
        ),
        ("grid: {carbon: {series: negative}}", r"sites\.site\.grid\.carbon: expected .* got -1 in period 1"),
        (
            "pools: {gpu: {availability: {series: high}}}",
            r"pools\.gpu\.availability: expected .* got 1\.5 in period 9 ",
        ),
        (
            "contracts: {w: {capacity: 1, price: 1, profile: {series: high}}}",
            r"contracts\.w\.profile: expected .* got 1\.5",
        ),
        ("pools: {gpu: {price: {series: negative}}}", r"pools\.gpu\.price: expected .* got -1"),
    ],
)
def test_values_out_of_range_name_the_period(site, message):
    series = f"{{low: 0.5, negative: -1, high: [{', '.join('1' * 8)}, 1.5, {', '.join('1' * 15)}]}}"
    with pytest.raises(ConfigError, match=message):
        resolve(f"series: {series}\nsites: {{site: {{{site}}}}}")


def test_a_scale_may_bring_a_series_into_range():
    problem = resolve(
        "series: {percent: 97}\nsites: {site: {pools: {gpu: {availability: {series: percent, scale: 0.01}}}}}"
    )
    assert problem.problem.pools.availability[0] == pytest.approx([0.97] * 24)


def test_all_faults_come_together():
    with pytest.raises(ConfigError, match="pue") as caught:
        resolve("series: {low: 0.5}\nsites: {site: {pue: {series: low}, grid: {price: [1]}, zone: her}}")
    assert [fault.path for fault in caught.value.faults] == [
        "sites.site.zone",
        "sites.site.pue",
        "sites.site.grid.price",
    ]
