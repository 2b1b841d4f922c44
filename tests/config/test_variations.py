"""What ``--vary`` understands, and what it says about the rest."""

from __future__ import annotations

import pytest

from computeplan.config import Law, Operator, Values, read_variation
from computeplan.config.changes import read_change
from computeplan.errors import ConfigError


@pytest.mark.parametrize(
    ("spec", "values"),
    [
        ("1,2.5,3", (1, 2.5, 3)),
        ("7", (7,)),
        ("a, b", ("a", "b")),
        ("40 CNY/t,80 CNY/t", ("40 CNY/t", "80 CNY/t")),
        ("null,5", (None, 5)),
        ("[[x, y], []]", (["x", "y"], [])),
        ("{series: a},{series: b}", ({"series": "a"}, {"series": "b"})),
        ("2026-03-06T08:00,2026-03-07T08:00", ("2026-03-06T08:00", "2026-03-07T08:00")),
        ("0.8:1.4:7", (0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4)),
        ("1:3:3", (1, 2, 3)),
        ("1:3:3 kW", ("1.0 kW", "2.0 kW", "3.0 kW")),
        ("1:3:3 kg CO₂/MWh", ("1.0 kgCO2/MWh", "2.0 kgCO2/MWh", "3.0 kgCO2/MWh")),
        ("１：３：３ 万元／台", ("1.0 万元/台", "2.0 万元/台", "3.0 万元/台")),
        ("1:100:3:log", (1, 10, 100)),
        ("3:1:2", (3, 1)),
        ("-1:1:3", (-1, 0, 1)),
    ],
)
def test_values(spec, values):
    found = read_variation(f"a.b={spec}")
    assert (found.path, found.operator, found.spec) == ("a.b", Operator.SET, Values(values))
    assert [type(value) for value in found.spec.values] == [type(value) for value in values]


@pytest.mark.parametrize(
    ("spec", "law"),
    [
        ("1:2", Law("uniform", (1, 2))),
        ("1:2:log", Law("loguniform", (1, 2))),
        ("1:2 kW", Law("uniform", (1, 2), "kW")),
        ("uniform(0.5, 2)", Law("uniform", (0.5, 2))),
        ("uniform（0.5，2） gCO₂eq/kWh", Law("uniform", (0.5, 2), "gCO2eq/kWh")),
        ("Normal(1,0.1) CNY/t", Law("normal", (1, 0.1), "CNY/t")),
        ("normal(1,0.1,0.8,1.3)", Law("normal", (1, 0.1, 0.8, 1.3))),
        ("triangular(1, 1, 3)", Law("triangular", (1, 1, 3))),
        ("lognormal(2, 0.5)", Law("lognormal", (2, 0.5))),
        ("loguniform(0.1, 10)", Law("loguniform", (0.1, 10))),
    ],
)
def test_laws(spec, law):
    assert read_variation(f"a={spec}").spec == law


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a", "expected PATH=SPEC, got 'a'"),
        ("a..b=1", "expected PATH=SPEC"),
        ("a=", "expected values, a range or a distribution"),
        ("a=1,1", "expected each value once; 1 is repeated"),
        ("a=1:2:0", "expected a count from 1 to 10,000"),
        ("a=0:2:3:log", "expected ends above 0"),
        ("a=unifrom(1,2)", "did you mean 'uniform'"),
        ("a=uniform(1)", r"expected uniform\(from, to\)"),
        ("a=uniform(2,1)", "expected ascending numbers"),
        ("a=uniform(1,x)", "expected numbers in"),
        ("a=normal(1,0)", "expected a spread above 0"),
        ("a=normal(1,1,3,2)", "expected ascending numbers"),
        ("a=lognormal(0,1)", "expected numbers above 0"),
        ("a=triangular(1,4,3)", "expected ascending numbers"),
        ("a=[1", "expected values between commas"),
        ("a*=x", "expected a factor"),
        ("a*=1 kW", "expected a factor"),
        ("a*=uniform(1,2) kW", "expected a factor"),
        ("a+=x", "expected an amount"),
    ],
)
def test_what_is_wrong_is_told(text, fault):
    with pytest.raises(ConfigError, match=f"--vary.*{fault}"):
        read_variation(text)


@pytest.mark.parametrize(
    ("text", "label"), [("a.*.b=1", "a.*.b"), ("a*=1", "a*"), ("a+=1", "a+"), ("a.b *= 1", "a.b*")]
)
def test_a_label_is_the_path_with_its_operator(text, label):
    assert read_variation(text).label == label


@pytest.mark.parametrize("value", [1.5, 3, "80 CNY/t", "北", None, ["x", "y"], {"series": "a b"}, 1e-7])
def test_a_value_is_written_as_set_takes_it(value):
    assert read_change(str(read_variation("a.b=1").change(value))).value == value
