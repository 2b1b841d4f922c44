"""What an import writes: values, a part of a config that is right, and where they come from."""

from __future__ import annotations

import hashlib
import json
import re

import numpy as np
import polars as pl
import pytest
from samples import CN_WIDE, ELECTRICITY_MAPS, ENTSOE, NYISO, OPEN_METEO, PVGIS

import computeplan
from command_line import TINY, run
from computeplan.config import load_config


@pytest.fixture
def save(tmp_path, monkeypatch):
    """Import a file and write the result to out/x.*; gives the folder."""
    monkeypatch.chdir(tmp_path)

    def save_import(kind, content, **options):
        (tmp_path / "in.txt").write_text(content, encoding="utf-8")
        computeplan.import_series(kind, ["in.txt"], **options).save("out/x")
        return tmp_path / "out"

    return save_import


def problem_of(folder, start, duration, **uses):
    """Load a config with the fragment pasted in, whose settings use series."""
    config = TINY.replace(
        "2026-03-02T00:00, time_zone: Asia/Shanghai, duration: 3 h", f"{start}, time_zone: UTC, {duration}"
    )
    for old, new in uses.values():
        config = config.replace(old, new)
    demand = "demand: [3, 6, 2]"
    config = config.replace(demand, "demand: 1").replace("demand: [3, 2, 2]", "demand: 2")
    path = folder / "pasted.yaml"
    path.write_text(config + (folder / "x.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    return load_config(path).problem


def test_prices_of_a_zone_in_a_config(save):
    folder = save("nyiso", NYISO)
    price = ("price: 0.5", "price: {series: WEST price}")
    problem = problem_of(folder, "2025-11-02T05:00", "duration: 2 h", price=price)
    assert problem.currency == "USD"
    np.testing.assert_allclose(problem.grid.price[0], [0.021, 0.022])


def test_carbon_in_a_config_with_gaps_filled(save):
    folder = save("electricity-maps", ELECTRICITY_MAPS, fill="linear")
    text = (folder / "x.yaml").read_text(encoding="utf-8")
    assert "2025-10-25T22:00Z to 2025-10-26T01:00Z, every 60 min, mean 290.2, 1 of 3 values made up" in text
    carbon = ("carbon: 0.6", "carbon: {series: DE direct}")
    problem = problem_of(folder, "2025-10-25T22:00", "duration: 3 h", carbon=carbon)
    np.testing.assert_allclose(problem.grid.location_kg_per_kwh[0], [0.3005, 0.29025, 0.28])
    held = computeplan.import_series("electricity-maps", ["in.txt"], fill="hold")
    assert held.series[1].grid.values.tolist() == [360, 360, 340]


def test_pue_by_a_curve_in_a_config(save):
    folder = save("open-meteo", OPEN_METEO, pue_curve={10: 1.1, 20: 1.3})
    pue = ("home: {zone: here, ", "home: {zone: here, pue: {series: '37.25, -121.5 PUE'}, ")
    problem = problem_of(folder, "2022-03-13T08:00", "duration: 3 h", pue=pue)
    np.testing.assert_allclose(problem.sites.pue[0], [1.1, 1.2, 1.3])


def test_generation_in_a_config(save):
    folder = save("pvgis", PVGIS)
    contract = "contracts: {sun: {profile: {series: '43.800, 87.600 solar'}, price: 0.1, capacity: 10 kW}}"
    sun = ("home: {zone: here, ", f"home: {{zone: here, {contract}, ")
    problem = problem_of(folder, "2020-06-01T00:00", "duration: 3 h", sun=sun)
    np.testing.assert_allclose(problem.contracts.profile[0], [0, 0.5, 0.7])


def test_what_a_config_cannot_read_is_asked(save):
    for kind, content, question in (
        ("open-meteo", OPEN_METEO, "temperature: which PUE at which temperature"),
        ("cn-points", CN_WIDE, "in: which unit"),
        (
            "electricity-maps",
            ELECTRICITY_MAPS,
            "DE direct: 1 of 3 values are missing, such as from 2025-10-25T23",
        ),
    ):
        folder = save(kind, content)
        text = (folder / "x.yaml").read_text(encoding="utf-8")
        assert re.search(f"^# \\? .*{question}", text, re.MULTILINE), text
        assert "\nseries: {}\n" in text
        problem_of(folder, "2025-11-02T05:00", "duration: 2 h")


def test_the_unit_of_values_may_be_said(save):
    folder = save("cn-points", CN_WIDE, unit="万千瓦")
    text = (folder / "x.yaml").read_text(encoding="utf-8")
    assert "unit: MW" in text
    assert pl.read_parquet(folder / "x.parquet")["value"][0] == 1010


def test_values_are_one_tidy_table(save):
    frame = pl.read_parquet(save("entsoe", ENTSOE) / "x.parquet")
    assert frame.columns == ["time", "series", "value", "unit"]
    assert frame.schema["time"] == pl.Datetime("ms", "UTC")
    assert frame["value"].to_list() == [80, 81, 82, -5.5, 3]  # the missing one has no row
    assert frame["time"].dt.strftime("%H:%M").to_list() == ["23:30", "23:45", "00:00", "23:30", "00:00"]
    assert set(frame["unit"]) == {"EUR/MWh"}


def test_the_provenance_accounts_for_files_and_rows(save):
    folder = save("entsoe", ENTSOE)
    origin = json.loads((folder / "x.provenance.json").read_text(encoding="utf-8"))
    (source,) = origin["inputs"]
    assert source["sha256"] == hashlib.sha256(ENTSOE.encode()).hexdigest()
    assert (source["file"], source["rows"], source["time_zone"]) == ("in.txt", 6, "Europe/Brussels")
    assert source["columns_unread"] == ["Intraday Price (EUR/MWh)"]
    (left,) = origin["left_out"]
    assert (left["expected"], left["count"], left["rows"], left["found"]) == ("a value", 1, [5], ["n/e"])
    second = origin["series"][1]
    assert (second["unit_in_file"], second["intervals"], second["n_missing"]) == ("EUR/MWh", 3, 1)
    assert second["missing"] == [["2025-10-25T23:45Z", "2025-10-26T00:00Z"]]


def test_nothing_else_is_overwritten(save, tmp_path):
    folder = save("nyiso", NYISO)
    found = computeplan.import_series("nyiso", ["in.txt"])
    assert [path.name for path in found.save(folder / "x.parquet")] == [
        "x.parquet",
        "x.yaml",
        "x.provenance.json",
    ]
    (tmp_path / "mine.yaml").write_text("name: Mine\n", encoding="utf-8")
    with pytest.raises(computeplan.UsageError, match=r"mine\.yaml: expected no file, or one of an import"):
        found.save(tmp_path / "mine")
    (tmp_path / "in.txt").rename(tmp_path / "in.parquet")
    other = computeplan.import_series("nyiso", [tmp_path / "in.parquet"])
    with pytest.raises(computeplan.UsageError, match="another name, got that of a file to import"):
        other.save(tmp_path / "in")
    assert repr(other) == "<2 series of 1 file of nyiso>"


def test_the_command_writes_and_says_what_is_open(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "de.csv").write_text(ENTSOE, encoding="utf-8")
    done = run("import", "entsoe", "de.csv", "--to", "de")
    assert done.exit_code == 0, done.stderr
    assert "DE-LU price Sequence 1" in done.stdout
    assert "warning: de.csv: 1 cell left out, expected a value, such as 'n/e': row 5" in done.stderr
    assert "? Which sites pay it?" in done.stderr
    assert "wrote de.parquet\nwrote de.yaml\nwrote de.provenance.json" in done.stderr
    answer = json.loads(run("import", "entsoe", "de.csv", "--to", "de", "--fill", "hold", "--json").stdout)
    assert answer["written"] == ["de.parquet", "de.yaml", "de.provenance.json"]
    second = answer["series"][1]
    assert (second["start"], second["step_min"], second["missing"], second["filled"]) == (
        "2025-10-25T23:30Z",
        15,
        0,
        1,
    )
    assert answer["left_out"][0]["count"] == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["aemo", "de.csv", "--to", "x"],
            "one that looks like entsoe; name that kind: computeplan import entsoe de.csv",
        ),
        (
            ["entsoe", "de.csv", "--to", "x", "--strict"],
            "error: de.csv:5: expected a value, got 'n/e' in row 5",
        ),
        (
            ["entsoe", "de.csv", "--to", "x", "--pue", "10=1"],
            "--pue: expected temperatures in °C, each with its PUE",
        ),
    ],
)
def test_faults_end_the_command(tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "de.csv").write_text(ENTSOE, encoding="utf-8")
    done = run("import", *words)
    assert done.exit_code == 2
    assert message in done.stderr
    assert list(tmp_path.iterdir()) == [tmp_path / "de.csv"]
