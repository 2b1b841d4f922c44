"""Bad input: each kind of fault with its place, what was expected, what was found, and a hint."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

CORPUS = yaml.safe_load((Path(__file__).parent / "faulty.yaml").read_text(encoding="utf-8"))
"""What stood in small.yaml, what stands there now, ‸ where the fault is, and how the fault begins."""


def place(text: str) -> str:
    before = text.split("‸", maxsplit=1)[0]
    return f"config.yaml:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case["now"].strip())
def test_place_and_words(small_text, faults, case):
    assert small_text.count(case["was"]) == 1
    marked = small_text.replace(case["was"], case["now"])
    found = faults(marked.replace("‸", ""))
    assert any(line.startswith(f"{place(marked)} {case['fault']}") for line in found), "\n".join(found)


def test_no_fault_speaks_of_the_library(broken):
    found = broken("name: small", "workloads: 3\nname: [1]")
    assert found
    for fault in found:
        assert not any(word in fault for word in ("Input should", "pydantic", "validation", "_type"))


@pytest.mark.parametrize(
    ("text", "start", "found"),
    [
        ("", "config.yaml: ", "an empty file"),
        ("# only a comment", "config.yaml: ", "an empty file"),
        ("- a", "config.yaml:1:1: ", "a list of 1"),
        ("text", "config.yaml:1:1: ", "'text'"),
    ],
)
def test_no_mapping(faults, text, start, found):
    expected = "expected a mapping with name, horizon, zones, hardware, sites and workloads"
    assert faults(text) == [f"{start}{expected}, got {found}"]


def test_an_empty_mapping_lacks_what_is_required(faults):
    assert faults("{}") == [
        "config.yaml:1:1 name: expected a value: name of the plan, got nothing",
        "config.yaml:1:1 horizon: expected a value: time that the plan covers, got nothing",
    ]


def test_sections_that_may_not_be_empty(faults):
    head = "name: a\nhorizon: {start: 2026-01-01, duration: 24}\n"
    assert faults(head + "sites: {}") == [
        "config.yaml:1:1 zones: expected at least one entry, got nothing",
        "config.yaml:1:1 hardware: expected at least one entry, got nothing",
        "config.yaml:1:1 workloads: expected workloads, workload_tables or a population, got nothing",
        "config.yaml:3:8 sites: expected at least one entry, got an empty mapping",
    ]


def test_all_faults_at_once_in_the_order_of_the_file(small_text, faults):
    text = small_text
    for old, new in [
        ("carbon_price", "carbon_prise"),
        ("within: china, latency", "within: chin, latency"),
        ("pue: 1.15", "pue: 0.15"),
        ("units: 300", "units: many"),
        ("requires: [mlps-3]", "requires: [mlps-5]"),
        ("volume: 240 unit*h", "volume: 240 kWh"),
    ]:
        text = text.replace(old, new, 1)
    assert [line.split(": ")[0].split(" ")[1] for line in faults(text)] == [
        "objective.carbon_prise",
        "zones.cq.within",
        "sites.hami.pue",
        "sites.hami.pools.own.units",
        "workloads.chat.requires.0",
        "workloads.render.job.volume",
    ]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "pue: 1.15",
            "pue: ‸{file: pue.csv, column: pue}",
            "sites.hami.pue: expected a file that exists, got 'pue.csv'",
        ),
        (
            "price: {series: tariff}",
            "price: {tariff: {default: a, prices: {a: ‸3 MW}}}",
            "sites.hami.grid.price.tariff.prices.a: expected a number in CNY/kWh",
        ),
        (
            "flat: 0.72 CNY/kWh",
            "flat: ‸0.72 kW",
            "series.tariff.tariff.prices.flat: expected a number in CNY/kWh",
        ),
    ],
)
def test_series_are_placed_where_they_are_written(small_text, faults, old, new, fault):
    marked = small_text.replace(old, new)
    (found,) = faults(marked.replace("‸", ""))
    assert found.startswith(f"{place(marked)} {fault}")


def test_keys_with_dots_are_found(faults, small_text):
    marked = small_text.replace("  chat:", "  v2.5.chat:").replace("[china]", "[‸chin]")
    (fault,) = faults(marked.replace("‸", ""))
    assert fault.startswith(f"{place(marked)} workloads.v2.5.chat.residency.0: expected the name of a zone")


def test_a_fault_inside_an_alias_is_placed_at_the_alias(faults, small_text):
    marked = small_text.replace("pue: 1.15", "pue: &high [1.5, 1.5]").replace(
        "profile: 0.4", "‸profile: *high"
    )
    found = faults(marked.replace("‸", ""))
    assert found[0].startswith(
        f"{place(marked)} sites.hami.contracts.wind.profile.0: expected a number from 0"
    )
