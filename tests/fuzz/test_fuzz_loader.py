"""Whatever bytes stand in a config or its tables, loading gives a problem or faults with words and a place.

``make fuzz`` runs this for ten minutes, or for as many as MINUTES says, with new examples each time.
"""

from __future__ import annotations

import os
import re
from time import monotonic

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from computeplan.config import load_config
from computeplan.errors import ConfigError
from faults.good_inputs import CONFIG, write_good
from fuzz.loader_inputs import changed_structure, changed_table, changed_text

MINUTES = float(os.environ.get("COMPUTEPLAN_FUZZ_MINUTES", "0"))
"""0 in the normal tests: a few examples, the same in every run."""

ROUND = settings(
    derandomize=not MINUTES,
    max_examples=500 if MINUTES else 40,
    phases=[Phase.generate, Phase.shrink],
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return write_good(tmp_path_factory.mktemp("fuzz"))


def load(config) -> None:
    try:
        loaded = load_config(config)
    except ConfigError as error:
        faults = error.faults
    else:
        faults = ()
        names = (*loaded.problem.workloads.names, *loaded.problem.pools.names, loaded.problem.name)
        assert not any(re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e]", name) for name in names)
    assert all(fault.expected and fault.found and fault.file for fault in faults)


def from_text(good) -> None:
    @ROUND
    @given(changed_text())
    def check(content):
        good.write_bytes(content)
        load(good)

    check()


def from_structure(good) -> None:
    @ROUND
    @given(changed_structure())
    def check(content):
        good.write_bytes(content)
        load(good)

    check()


def from_tables(good) -> None:
    @ROUND
    @given(changed_table())
    def check(changed):
        name, content = changed
        path = good.parent / name
        kept = path.read_bytes()
        path.write_bytes(content)
        good.write_text(CONFIG.replace(name.rsplit(".", 1)[0] + ".csv", name), encoding="utf-8")
        try:
            load(good)
        finally:
            path.write_bytes(kept)

    check()


@pytest.mark.parametrize("fuzz", [from_text, from_structure, from_tables])
def test_no_input_breaks_the_loader(good, fuzz):
    """A round in the normal tests; rounds until a third of the time is over under ``make fuzz``."""
    end, rounds = monotonic() + 20 * MINUTES, 0
    while not rounds or monotonic() < end:
        fuzz(good)
        rounds += 1
    if MINUTES:
        print(f"{fuzz.__name__}: {rounds * ROUND.max_examples:,} inputs")  # noqa: T201 - the figure of the run
