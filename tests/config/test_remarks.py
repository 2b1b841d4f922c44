"""What the comments of a config say of its figures."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeplan.config.remarks import Remark, remarks

TEXT = """\
# A config of two sites.
#
# S is stated.

name: "a # b"                 # not A name
sites:
  # Prices: D from two tariffs,
  # S the operator's.
  hami:                       # 哈密
    pue: 1.15                 # A Xinjiang 1.15 (1.08–1.25)
    pools: {a: {units: 3},
            b: {units: 4}}    # T-shirts, H800; S (page 4)
# --- Work ------------------
work:
  - one                       # A
"""


def test_each_remark_belongs_to_its_setting():
    assert remarks(TEXT) == (
        Remark(1, "", "", "", "A config of two sites. S is stated."),
        Remark(5, "name", '"a # b"', "A", "not A name"),
        Remark(7, "sites.hami", "", "D S", "Prices: D from two tariffs, S the operator's."),
        Remark(9, "sites.hami", "", "", "哈密"),
        Remark(10, "sites.hami.pue", "1.15", "A", "A Xinjiang 1.15 (1.08–1.25)"),
        Remark(12, "sites.hami.pools.b", "{units: 4}}", "S", "T-shirts, H800; S (page 4)"),
        Remark(15, "work", "- one", "A", "A"),
    )


@pytest.mark.parametrize("text", ["", "\n\n", "a: 1", "a: 'x # y'", "a: b#c", "# ---\n"])
def test_no_comment_is_no_remark(text):
    assert remarks(text) == ()


@given(st.text(alphabet=string.printable + "#'\"—", max_size=200))
def test_any_text_can_be_read(text):
    lines = text.splitlines()
    for remark in remarks(text):
        assert 1 <= remark.line <= len(lines)
        assert "#" in lines[remark.line - 1]
