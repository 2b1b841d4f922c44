"""Slips that change a plan without a word: columns that nothing reads, values left out, other units."""

from __future__ import annotations

import pytest
from resolving import BASE, resolve

from computeplan.errors import ConfigError

REGISTER = """
zones: {eu: {}}
hardware: {gpu: {efficiency: {train: 1}}, any: {}}
sites: {site: {pools: {any: {hardware: any, term: owned, units: 1}}}}
workloads: null
workload_tables: [{file: r.csv, defaults: {zone: here, kind: train}%s}]
"""


@pytest.fixture
def read(tmp_path):
    """Resolve a register with one row, of a header and the settings of its table."""

    def read_register(header, settings="", row=""):
        cells = row or ",".join(["1"] * header.count(","))
        (tmp_path / "r.csv").write_text(f"name,demand{header}\nx,1{',' * bool(cells)}{cells}\n", "utf-8")
        return resolve(REGISTER % settings, tmp_path)

    return read_register


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("residancy", "residency"),
        ("residncy", "residency"),
        ("Max_Latency", "max_latency"),
        ("max latency", "max_latency"),
        ("maxLatency", "max_latency"),
        ("max_latency_ms", "max_latency"),
        ("max_delay (h)", "max_delay"),
        ("deadlines", "deadline"),
        ("zoen", "zone"),
        ("Zone", "zone"),
        ("Demand", "demand"),
        ("securty", "security"),
        ("shortfal_prcie", "shortfall_price"),
    ],
)
def test_a_column_like_a_fields_name_is_a_fault(read, column, field):
    expected = f"expected a column that a field reads, got {column!r}; did you mean {field!r}"
    with pytest.raises(ConfigError) as caught:
        read(f",{column}")
    assert expected in str(caught.value)
    assert "r.csv:1:3" in str(caught.value)
    ignored = read(f",{column}", f", ignore: ['{column}']")
    assert ignored.warnings == ()


@pytest.mark.parametrize("columns", ["note", "date", "demand 2025,owner", "负责人,type", "time,price,mobile"])
def test_other_columns_that_nothing_reads_are_named(read, columns):
    names = ", ".join(columns.split(","))
    found = read(f",{columns}")
    assert found.warnings == (f"workload_tables.0: no field reads the columns {names} of r.csv",)
    assert found.inputs[0].unread == tuple(columns.split(","))


def test_a_column_that_the_config_maps_elsewhere_is_no_slip(read):
    found = read(",zone,zone_id", ", columns: {zone: zone_id}", "nowhere,here")
    assert found.warnings == ("workload_tables.0: no field reads the columns zone of r.csv",)


def test_an_ignored_column_must_be_there(read):
    with pytest.raises(ConfigError, match="a column 'nota', as `ignore` says, got none; did you mean 'note'"):
        read(",note", ", ignore: [nota]")


@pytest.mark.parametrize("kind", ["trian", "inference"])
def test_a_kind_that_no_table_knows_is_a_warning(read, kind):
    found = read(",kind", "", kind)
    assert found.warnings[0].startswith(f"kind '{kind}': no efficiency table knows it, only hardware without")
    assert ("did you mean 'train'?" in found.warnings[0]) == (kind == "trian")


BESIDE = """
hardware: {gpu: {busy_power: 1}, cpu: %s}
sites:
  site: {grid: {price: 0.5, carbon: 0.5}, pue: 1.2}
  other: {zone: here, grid: %s%s, pools: {gpu: {hardware: gpu, term: owned, units: 9},
    cpu: {hardware: cpu, term: owned, units: 9}}}
objective: %s
"""
COST, CARBON = "{}", "{minimize: carbon}"
FULL = ("{busy_power: 1}", "{price: 0.4, carbon: 0.4}", ", pue: 1.3")


@pytest.mark.parametrize(
    ("cpu", "grid", "pue", "objective", "warning"),
    [
        (*FULL, CARBON, ""),
        (FULL[0], "{price: 0.4}", ", pue: 1.3", COST, ""),
        (
            FULL[0],
            "{price: 0.4}",
            ", pue: 1.3",
            CARBON,
            "no carbon at sites.other.grid: carbon counts as 0 there",
        ),
        (FULL[0], "{price: 0.4}", ", pue: 1.3", "{carbon_price: 80}", "no carbon at sites.other.grid"),
        (FULL[0], "{price: 0.4}", ", pue: 1.3", "{carbon_cap: 9}", "no carbon at sites.other.grid"),
        (FULL[0], "{price: 0.4, carbon: 0}", ", pue: 1.3", CARBON, ""),
        (
            FULL[0],
            "{carbon: 0.4}",
            ", pue: 1.3",
            COST,
            "no price at sites.other.grid: price counts as 0 there",
        ),
        (FULL[0], "{price: 0.4, carbon: 0.4}", "", COST, "no pue at sites.other: pue counts as 1 there"),
        ("{}", *FULL[1:], COST, "no busy_power at hardware.cpu: busy_power counts as 0 there"),
        (FULL[0], "{import_limit: 0}", ", pue: 1.3", CARBON, ""),
    ],
)
def test_a_value_left_out_where_others_have_it_is_a_warning(cpu, grid, pue, objective, warning):
    found = resolve(BESIDE % (cpu, grid, pue, objective)).warnings
    assert len(found) == bool(warning)
    assert not warning or found[0].startswith(warning)


POOL = "sites: {site: {pools: {gpu: %s}}}"


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        ("hardware: {gpu: {busy_power: 700}}", "hardware.gpu.busy_power: 700 kW for one unit is above 200"),
        ("hardware: {gpu: {busy_power: 700, idle_power: 300}}", "hardware.gpu.idle_power: 300 kW for one"),
        (
            "sites: {site: {contracts: {c: {capacity: 5, price: 0.05, carbon: 45}}}}",
            "sites.site.contracts.c.carbon: 45 t/MWh is above 3; is it g/kWh?",
        ),
        (
            "sites: {site: {contracts: {c: {capacity: 5 TW, price: 0.05}}}}",
            "sites.site.contracts.c.capacity: 5,000,000,000 kW",
        ),
        ("sites: {site: {grid: {carbon: 0.00045}}}", "sites.site.grid.carbon: 0.00045 t/MWh is below 0.001"),
        ("sites: {site: {grid: {price: 0.00004}}}", "sites.site.grid.price: 0.00004 CNY/kWh is below 0.003"),
        (
            "sites: {site: {grid: {demand_charge: 38000}}}",
            "sites.site.grid.demand_charge: 38,000 CNY/kW/month",
        ),
        (
            "sites: {site: {grid: {import_limit: 0.5}}}",
            "sites.site.grid.import_limit: 0.5 kW is less than one",
        ),
        (
            "sites: {site: {certificates: {price: 30}}}",
            "sites.site.certificates.price: 30 CNY/kWh is above 10",
        ),
        (
            "sites: {site: {batteries: {b: {power: 1, energy: 1, price: 150}}}}",
            "sites.site.batteries.b.price: 150 CNY/kWh is above 10",
        ),
        ("sites: {site: {water: {usage: 1800}}}", "sites.site.water.usage: 1,800 L/kWh is above 30"),
        (
            POOL % "{price: 85000 CNY/unit/h}",
            "sites.site.pools.gpu.price: 85,000 CNY/unit/h is above 10,000; is it meant per month or year?",
        ),
        (
            POOL % "{new: {max_units: 1, price: 1, life: 5, carbon: 1500 t/unit}}",
            "sites.site.pools.gpu.new.carbon: 1,500,000 kg for one unit",
        ),
        (
            "objective: {carbon_price: 0.08}",
            "objective.carbon_price: 0.08 CNY/t is below 0.3; is it meant per kg?",
        ),
        (
            "caps: {c: {pools: ['*'], measure: power, limit: 0.5}}",
            "caps.c.limit: 0.5 kW is less than one busy unit",
        ),
        ("workloads: {work: {max_latency: 0.02}}", "max_latency: 0.02 ms is below 0.1; is it meant in s?"),
        ("LINK, energy: 5", "network.links.l.energy: 5 kWh/GB is above 1; is it meant per TB?"),
        ("LINK, carbon: 560", "network.links.l.carbon: 560 t/MWh is above 3; is it g/kWh?"),
        ("LINK, price: 50", "network.links.l.price: 50 CNY/GB is above 30; is it meant per TB?"),
        (
            "LINK, bandwidth: 4000000",
            "network.links.l.bandwidth: 4,000,000 Gbps is above 1,000,000; is it meant in Mbps?",
        ),
        ("LINK, latency: 0.005", "network.links.l.latency: 0.005 ms is below 0.01"),
    ],
)
def test_slips_of_units_are_warnings(changes, warning):
    power = "hardware: {gpu: {busy_power: 1}}\n" if "hardware" not in changes else ""
    if changes.startswith("LINK"):
        links = f"links: {{l: {{between: [here, far]{changes[4:]}}}}}"
        changes = f"zones: {{far: {{}}}}\nnetwork: {{latency: one_way, {links}}}"
    found = resolve(power + changes).warnings
    assert [line for line in found if line.startswith(warning)], found


def test_slips_of_one_kind_are_counted():
    sites = ", ".join(f"s{i}: {{zone: here, pue: 9}}" for i in range(200))
    found = resolve(f"sites: {{{sites}}}").warnings
    assert len(found) == 4
    assert found[-1] == "197 more such values of pue"


def test_unused_series_are_counted():
    found = resolve(f"series: {{{', '.join(f's{i}: 1' for i in range(500))}}}").warnings
    assert found[-1] == "series: nothing uses 497 more of them"
    assert len(found) == 4


TWO_SITES = "sites: {b: {zone: here, pools: {g: {hardware: gpu, term: owned, units: 1}}}}\n"


@pytest.mark.parametrize(
    ("costs", "row", "warnings"),
    [
        (
            "{site: 2}",
            [2, 0],
            ("workloads.work.unit_cost: the cost at b is left out and counts as 0; `other` sets it",),
        ),
        ("{site: 2, other: 5}", [2, 5], ()),
        ("{other: 5}", [5, 5], ()),
        ("{site: 2, b: 3}", [2, 3], ()),
        ("{}", [0, 0], ()),
    ],
)
def test_an_extra_cost_that_is_left_out(costs, row, warnings):
    read = resolve(f"{TWO_SITES}workloads: {{work: {{unit_cost: {costs}}}}}")
    assert read.problem.needs.unit_cost[0].tolist() == row
    assert read.warnings == warnings


def test_long_chains_of_zones_are_quick():
    zones = ", ".join(f"z{i}: {{within: z{i + 1}}}" for i in range(3000))
    around = f"zones: {{{zones}, z3000: {{}}}}"
    read = resolve(
        f"{around}\nworkloads: {{work: {{zone: z0, residency: [z2999]}}, far: {{zone: z0, demand: 1}}}}"
    )
    residency = read.problem.needs.residency
    assert residency.sum(axis=1).tolist() == [3000, 3002]


def test_all_zones_of_a_circle_are_faults():
    with pytest.raises(ConfigError) as caught:
        resolve("zones: {a: {within: b}, b: {within: c}, c: {within: b}}")
    assert [fault.path for fault in caught.value.faults] == ["zones.b.within", "zones.c.within"]


def test_the_base_has_no_warnings():
    assert BASE
    assert resolve().warnings == ()
