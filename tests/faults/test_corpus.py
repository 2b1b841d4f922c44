"""Small changes of a good config and its tables: each ends with exit code 2 or 3 and names the place."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from field_rules import Faulty, faulty_configs
from good_inputs import CONFIG, write_good
from hand_meaning import IMPOSSIBLE, MEANING
from hand_tables import CSV, LATENCY, PARQUET, with_latency_file
from hand_yaml import YAML

from command_line import run

SAMPLE = 4
"""Every run tries one in so many of the faults made by rule; `make test-all` tries all."""

BY_RULE = list(faulty_configs())
SAMPLED = BY_RULE[::SAMPLE]
REST = [faulty for i, faulty in enumerate(BY_RULE) if i % SAMPLE]
LEAST_BY_RULE, LEAST_BY_HAND = 2000, 300


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """The good config; every test writes its own over it, or beside it."""
    return write_good(tmp_path_factory.mktemp("good"))


@pytest.fixture
def changed(good):
    """Write other content over a file of the good config, until the test is over."""
    kept = {}

    def write(name: str, content: str | bytes) -> None:
        path = good.parent / name
        kept.setdefault(path, path.read_bytes())
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    yield write
    for path, content in kept.items():
        path.write_bytes(content)


def refused(config):
    result = run("check", config)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", result.output) is None
    return result.stderr.replace(f"{config.parent}/", "")


def test_the_good_config_is_good(good):
    result = run("check", good)
    assert (result.exit_code, result.stderr) == (0, "")


def test_the_corpus_is_large_and_without_repetition():
    by_hand = len(YAML) + len(MEANING) + len(IMPOSSIBLE) + len(CSV) + len(LATENCY) + len(PARQUET)
    assert by_hand >= LEAST_BY_HAND
    assert len(BY_RULE) >= LEAST_BY_RULE
    assert len({faulty.text for faulty in BY_RULE}) >= 0.97 * len(BY_RULE)
    rules = Counter(faulty.name.split(":")[0] for faulty in BY_RULE)
    assert len(rules) > 30


def check_by_rule(changed, good, faulty: Faulty) -> None:
    changed("config.yaml", faulty.text)
    message = refused(good)
    places = {int(line) for line in re.findall(r"config\.yaml:(\d+):\d+ ", message)}
    assert places & set(faulty.lines), message


@pytest.mark.parametrize("faulty", SAMPLED, ids=[faulty.name for faulty in SAMPLED])
def test_faults_by_rule(changed, good, faulty):
    check_by_rule(changed, good, faulty)


@pytest.mark.slow
@pytest.mark.parametrize("faulty", REST, ids=[faulty.name for faulty in REST])
def test_the_other_faults_by_rule(changed, good, faulty):
    check_by_rule(changed, good, faulty)


@pytest.mark.parametrize("name", YAML)
def test_no_yaml_or_not_that_of_a_config(changed, good, name):
    content, expected = YAML[name]
    changed("config.yaml", content)
    assert re.search(expected, refused(good))


def with_change(old: str, new: str) -> str:
    assert CONFIG.count(old) == 1, old
    return CONFIG.replace(old, new)


@pytest.mark.parametrize("name", MEANING)
def test_right_form_without_meaning(changed, good, name):
    old, new, expected = MEANING[name]
    changed("config.yaml", with_change(old, new))
    message = refused(good)
    assert re.search(expected, message), message
    assert re.search(
        r"^(error: )?\S+\.(yaml|csv|parquet)(:\d+)*( |:)", message.split("faults in the config\n")[-1]
    )


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_cannot_be_planned(changed, good, name):
    old, new, expected = IMPOSSIBLE[name]
    changed("config.yaml", with_change(old, new))
    result = run("solve", good, "--no-baseline", "--json", "--out", good.parent / "plan")
    assert result.exit_code == 3
    assert re.search(expected, result.stdout)
    assert re.search("^error: infeasible", result.stderr, re.MULTILINE)
    assert "Traceback" not in result.stderr
    assert not (good.parent / "plan").exists()


@pytest.mark.parametrize("name", CSV)
def test_faulty_tables(changed, good, name):
    file, content, expected = CSV[name]
    changed(f"data/{file}", content)
    message = refused(good)
    assert re.search(expected, message), message


@pytest.mark.parametrize("name", LATENCY)
def test_faulty_latencies(changed, good, name):
    content, expected = LATENCY[name]
    changed("config.yaml", with_latency_file(CONFIG))
    changed("data/latencies.csv", content)
    message = refused(good)
    assert re.search(expected, message), message


@pytest.mark.parametrize("name", PARQUET)
def test_faulty_parquet(changed, good, name):
    content, expected = PARQUET[name]
    changed("config.yaml", CONFIG.replace("data/wind.csv", "data/wind.parquet"))
    changed("data/wind.parquet", content)
    message = refused(good)
    assert re.search(expected, message), message
