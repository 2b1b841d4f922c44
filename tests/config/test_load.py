"""What loading gives: numbers in documented units, strictness, lean imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from computeplan.config.schema import Config, SolverSection
from computeplan.config.schema.network import LatencyFile
from computeplan.config.schema.series import FileSeries, SeriesRef
from computeplan.config.yaml.source import parse_document
from computeplan.errors import UsageError
from computeplan.solvers.planner import plan


@pytest.fixture
def settings(small_text):
    data = parse_document(small_text, "small.yaml").data
    return Config.model_validate(data, context={"currency": "CNY"})


def test_quantities_are_in_their_documented_unit(settings):
    site = settings.sites["hami"]
    assert settings.horizon.duration == 24
    assert settings.hardware["gpu"].idle_power == 0.5
    assert settings.network.links["fibre"].bandwidth == 400
    assert site.contracts["wind"].capacity == 1000
    assert [series.form for series in site.grid.carbon_factors()] == [0.6, 0.61, 0.6]
    assert settings.workloads["render"].job.volume == 240
    assert settings.caps["power"].limit.form == 2000


def test_series_keep_the_unit_of_their_field(settings):
    price = settings.sites["hami"].grid.price
    assert price.form == SeriesRef(series="tariff")
    assert price.quantity.unit == "money/kWh"


def test_named_series_keep_values_as_written(settings):
    assert settings.series["tariff"].form.tariff.prices["peak"] == "1.08 CNY/kWh"


def test_hours_of_a_tariff_are_minutes(settings):
    assert settings.series["tariff"].form.tariff.rules[0].hours == ((660, 1020), (1320, 120))


def test_defaults(settings):
    assert settings.horizon.period == 60
    assert settings.workloads["chat"].max_delay == 0
    assert settings.sites["hami"].pools["own"].price.form == 0
    assert settings.objective.carbon_basis == "location"


def test_settings_cannot_be_changed(settings):
    with pytest.raises(ValueError, match="frozen"):
        settings.sites["hami"].security = 3


def test_latencies_from_a_file(small_text):
    text = small_text.replace("  links:", "  latencies: {file: l.csv, origin: zone}\n  links:")
    settings = Config.model_validate(parse_document(text, "c").data)
    assert settings.network.latencies == LatencyFile(file="l.csv", origin="zone")


def test_a_zone_may_be_called_file(small_text):
    text = small_text.replace("  links:", "  latencies: {file: {cq: 12 ms}}\n  links:")
    settings = Config.model_validate(parse_document(text, "c").data)
    assert settings.network.latencies == {"file": {"cq": 12}}


def test_the_unit_of_a_column_is_checked_in_its_field(small_text):
    text = small_text.replace("pue: 1.15", "pue: {file: a.csv, column: b, unit: '%'}")
    form = Config.model_validate(parse_document(text, "c").data).sites["hami"].pue.form
    assert form == FileSeries(file="a.csv", column="b", unit="%")


def test_negative_prices_are_allowed(load, small_text):
    assert load(small_text, overrides=["sites.hami.grid.price=-0.1"]).problem.grid.price.max() == -0.1


def test_another_currency(load, small_text):
    loaded = load(small_text.replace("CNY", "EUR"), overrides=["currency=EUR"])
    assert loaded.problem.currency == "EUR"
    assert loaded.problem.objective.carbon_price_per_kg == 0.08


def test_a_wrong_currency_is_one_fault(small_text, faults):
    (fault,) = faults(small_text, overrides=["currency=yuan"])
    assert fault.startswith(
        "--set currency: expected the code of a currency, three capital letters such as CNY"
    )


def test_the_solver_section(load, small_text):
    overrides = ["solver={name: cbc, time_limit: 2 min, threads: 2, method: simplex, gap: 1 %}"]
    stated = SolverSection(name="cbc", time_limit=120.0, threads=2, method="simplex", gap=0.01)
    assert load(small_text, overrides=overrides).solver == stated
    assert load(small_text).solver == SolverSection()
    assert (SolverSection().name, SolverSection().method, SolverSection().gap) == ("highs", "auto", 1e-6)


def test_inputs_are_named_and_hashed(load, small_text, tmp_path):
    Path(tmp_path / "pue.csv").write_text("pue\n" + "1.2\n" * 24)
    (file,) = load(small_text, overrides=["sites.hami.pue={file: pue.csv, column: pue}"]).inputs
    assert (file.path, file.bytes, len(file.sha256)) == ("pue.csv", 100, 64)


def test_importing_the_config_layer_is_lean():
    script = "import sys, computeplan.config; print({'polars'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)  # noqa: S603 - our own interpreter
    assert found.stdout.strip() == "set()"


def test_an_allowed_path_must_be_a_folder(load, small_text):
    with pytest.raises(UsageError, match="allowed path: expected a folder, got 'nowhere'"):
        load(small_text, allow_paths=["nowhere"])


JOB = """
name: one job
horizon: {start: 2026-03-02T00:00, time_zone: UTC, duration: 4 h}
hardware: {cpu: {}}
zones: {a: {}}
demand_scale: 2
sites: {s: {zone: a, pools: {rent: {hardware: cpu, term: on_demand, price: [9, 5, 1, 1]}}}}
workloads: {render: {zone: a, job: {volume: 3 unit*h, max_rate: 1, deadline: 4 h}}}
"""


def test_a_scaled_job_keeps_its_hours(load):
    """Twice the work at twice the rate: three hours at least, as before."""
    answer = plan(load(JOB).problem)
    assert answer.solution.accounts.cost.total == pytest.approx(2 * (5 + 1 + 1))
