"""YAML as configs use it: 1.2 scalars, places, limits, and a fault for everything else."""

from __future__ import annotations

import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeplan.config.yaml.source import parse_document, read_document
from computeplan.config.yaml.text import to_yaml
from computeplan.errors import ConfigError


def read(text):
    return parse_document(text, "c.yaml").data


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("2026-03-02", "2026-03-02"),
        ("2026-03-02T00:00", "2026-03-02T00:00"),
        ("1e3", 1000.0),
        ("10e9", 10e9),
        (".5", 0.5),
        ("-1.5e-3", -0.0015),
        ("1_000", 1000),
        ("010", 10),
        ("0x10", "0x10"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("'1e3'", "1e3"),
        ('"no"', "no"),
        ("9" * 500, "9" * 500),
        ("9" * 50, 1e50),
        ("11-17", "11-17"),
    ],
)
def test_scalars(text, value):
    found = read(f"key: {text}")["key"]
    assert found == value
    assert type(found) is type(value)


def test_numbers_that_are_none_are_read_as_such():
    assert read("[.inf, -.inf]") == [math.inf, -math.inf]
    assert math.isnan(read(".nan"))


def test_keys_are_text_as_written():
    assert list(read("{no: 1, 2020: 2, 1.0: 3, null: 4, 2026-01-01: 5}")) == [
        "no",
        "2020",
        "1.0",
        "null",
        "2026-01-01",
    ]


def test_aliases_repeat_a_value():
    assert read("a: &x {b: [1]}\nc: *x") == {"a": {"b": [1]}, "c": {"b": [1]}}


def test_places_of_keys_and_values():
    places = parse_document("a:\n  b: 1\n  ö: [x,\n    y]\n", "c.yaml").places
    assert places["a",] == (2, 3, 1, 1)
    assert places["a", "b"] == (2, 6, 2, 3)
    assert places["a", "ö"] == (3, 6, 3, 3)
    assert places["a", "ö", 1] == (4, 5, 4, 5)


BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
CHAIN = "k0: &k0 [1]\n" + "".join(f"k{i}: &k{i} [*k{i - 1}]\n" for i in range(1, 60))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a: 1\nb: 2\na: 3\n",
            "c.yaml:3:1 a: expected each key once, got a repeated key; `a` is already on line 1",
        ),
        ("a:\n  b: 1\n  b: 1\n", "c.yaml:3:3 a.b: expected each key once"),
        ("a:\n\t- b\n", "c.yaml:2:1: expected valid YAML, got a tab; indent with spaces"),
        (
            "a: [1\nb: 2",
            "c.yaml:2:2: expected valid YAML, got brackets that are not closed here (it began on line 1)",
        ),
        ("a: b: c", "c.yaml:1:5: expected valid YAML"),
        (
            "a: 'x\nb: 1",
            "c.yaml:2:5: expected valid YAML, got the end of the file inside quotes (it began on line 1)",
        ),
        ("a: !!python/object:os.system x", "c.yaml:1:4: expected a value without tag"),
        ("a: !include x", "c.yaml:1:4: expected a value without tag, got `!include`"),
        ("<<: {a: 1}", "c.yaml:1:1 <<: expected a plain key, got a merge key"),
        ("? [a, b]\n: 1", "c.yaml:1:3: expected a text key, got a list or mapping as key"),
        ("&x a: 1", "c.yaml:1:1 a: expected a plain key, got an anchor"),
        ("a: *x", "c.yaml:1:4: expected the alias of a value, got *x"),
        ("a: &x [*x]", "c.yaml:1:8 a: expected the alias of a value, got *x"),
        ("a: 1\n---\nb: 2", "c.yaml:2:1: expected one YAML document, got a second one"),
        ("a: 1\nb: \x07", "c.yaml:2:4: expected readable text, got the control character U+0007"),
        ("[" * 100 + "]" * 100, "c.yaml:1:51 0.0.0.0.0.0.0.0: expected at most 50 levels of nesting"),
        ("[" * 100_000, "c.yaml:1:51 0.0.0.0.0.0.0.0: expected at most 50 levels of nesting"),
        (BOMB, "c.yaml:5:36 e: expected aliases that repeat at most 100,000 values"),
        (CHAIN, "c.yaml:50:12 k49: expected at most 50 levels of nesting, got more by aliases"),
    ],
)
def test_what_is_refused(text, message):
    with pytest.raises(ConfigError, match="expected") as caught:
        read(text)
    assert str(caught.value).startswith(message)


def test_faults_before_a_syntax_error_are_kept():
    with pytest.raises(ConfigError, match=r"expected each key once(.|\n)*expected valid YAML"):
        read("a: 1\na: 2\nb: [")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfea\x00", "expected UTF-8 text, got UTF-16"),
        ("a: 1\nb: 重庆".encode("gbk"), "config.yaml:2:4: expected UTF-8 text, got the byte 0xd6; save"),
        (b"a: \x00", "config.yaml:1:4: expected readable text, got the control character U\\+0000"),
    ],
)
def test_wrong_encodings(tmp_path, content, message):
    path = tmp_path / "config.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=message):
        read_document(path)


def test_a_byte_order_mark_is_no_fault(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_bytes("\ufeffa: 重庆".encode())
    assert read_document(path).data == {"a": "重庆"}


def test_a_missing_file_and_its_neighbors(tmp_path):
    (tmp_path / "confg.yaml").write_text("a: 1")
    with pytest.raises(ConfigError, match=r"got no such file; the folder has confg\.yaml"):
        read_document(tmp_path / "config.yaml")


def test_a_folder_is_no_config(tmp_path):
    with pytest.raises(ConfigError, match="expected a config file, got a folder"):
        read_document(tmp_path)


def test_a_file_in_a_missing_folder(tmp_path):
    with pytest.raises(ConfigError, match="got no such file; check the path"):
        read_document(tmp_path / "nowhere" / "config.yaml")


def test_a_path_through_a_file(tmp_path):
    (tmp_path / "file").write_text("a: 1")
    with pytest.raises(ConfigError, match="expected a readable config file, got not a directory"):
        read_document(tmp_path / "file" / "config.yaml")


def test_a_file_too_large(tmp_path):
    path = tmp_path / "config.yaml"
    with path.open("wb") as file:
        file.truncate(40 * 1024**2)
    with pytest.raises(ConfigError, match=r"expected at most 32 MiB, got 40\.0 MiB; put registers"):
        read_document(path)


plain_text = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t\x85"), max_size=20
)
scalars = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False) | plain_text
awkward = st.sampled_from(
    ["no", "1e3", "", "~", "12:30", "- a", "a: b", "*x", "#", " x ", "<<", "=", ".5", "010"]
)
data = st.recursive(
    scalars | awkward,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(plain_text.filter(lambda key: key != "<<"), inner)
    ),
    max_leaves=12,
)


@given(data)
def test_what_is_written_is_read_back(value):
    assert read(to_yaml(value)) == value


@given(st.text(max_size=60))
def test_any_text_is_data_or_a_config_error(text):
    with suppress(ConfigError):
        assert parse_document(text, "c.yaml").places or not text.strip()
