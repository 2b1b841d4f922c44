"""Suggestions lead to what was meant, or nowhere."""

from __future__ import annotations

import pytest

from computeplan.config import Law, read_variation
from computeplan.text import nearest


@pytest.mark.parametrize(
    ("was", "now", "hint"),
    [
        ("term: owned", "term: reserved, price: 1", "did you mean 'max_units'?"),
        ("pue: 1.15", "power: 3", ""),
        ("pue: 1.15", "location: here", "did you mean 'zone'?"),
        ("pue: 1.15", "label: here", "did you mean 'provides'?"),
        ("pue: 1.15", "PUE: 1.15", "did you mean 'pue'?"),
        ("max_latency:", "latency:", "did you mean 'max_latency'?"),
        ("max_latency:", "min_latency:", ""),
    ],
)
def test_keys(broken, was, now, hint):
    found = [fault for fault in broken(was, now) if "expected a known key" in fault]
    assert len(found) == 1
    assert hint in found[0]
    assert ("did you mean" in found[0]) == bool(hint)


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("CST", "did you mean 'Asia/Shanghai'?"),
        ("Beijing", "did you mean 'Asia/Shanghai'?"),
        ("UTC+8", "did you mean 'Asia/Shanghai'?"),
        ("PST", "did you mean 'America/Los_Angeles'?"),
        ("JST", "did you mean 'Asia/Tokyo'?"),
        ("Shanghai", "did you mean 'Asia/Shanghai'?"),
        ("Asia/Shanghia", "did you mean 'Asia/Shanghai'?"),
        ("XYZ", ""),
        ("UTC+3", ""),
    ],
)
def test_time_zones(broken, written, hint):
    (found,) = broken("Asia/Shanghai", written)
    assert "expected an IANA time zone" in found
    assert found.endswith(hint) if hint else "did you mean" not in found


@pytest.mark.parametrize("written", ["demand=1.2", "demand=0.8:1.2:3", "demand=uniform(0.8, 1.2)"])
def test_demand_is_a_factor(written, faults_of_vary):
    assert "write `demand*=" in faults_of_vary(written)


@pytest.fixture
def faults_of_vary(small_text, tmp_path):
    from computeplan.config import ConfigReader
    from computeplan.errors import ConfigError

    (tmp_path / "config.yaml").write_text(small_text, encoding="utf-8")
    reader = ConfigReader.open(tmp_path / "config.yaml")

    def faults(written):
        variation = read_variation(written)
        value = 1.1 if isinstance(variation.spec, Law) else variation.spec.values[0]
        with pytest.raises(ConfigError) as caught:
            reader.load(overrides=[variation.change(value)])
        return str(caught.value)

    return faults


def test_a_distribution_is_named_as_it_is_written():
    assert read_variation("demand*=1.1:1.3").spec.written == "1.1:1.3"
    assert str(read_variation("demand*=1.1:1.3").spec) == "uniform(1.1, 1.3)"


@pytest.mark.parametrize(
    ("word", "known", "found"),
    [
        ("units", ["min_units", "max_units"], "max_units"),
        ("min_rate", ["max_rate"], None),
        ("least", ["most"], None),
        ("power", ["water"], None),
        ("trian", ["train", "infer"], "train"),
        ("hamo", ["hami", "cq"], "hami"),
    ],
)
def test_nearest(word, known, found):
    assert nearest(word, known) == found
