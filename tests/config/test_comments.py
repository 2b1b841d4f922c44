"""What the comments of a config say of its figures."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeplan.config.yaml.comments import Comment, read_comments
from strategies import examples

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


def test_each_comment_belongs_to_its_setting():
    assert read_comments(TEXT) == (
        Comment(1, "", "", "", "A config of two sites. S is stated."),
        Comment(5, "name", '"a # b"', "A", "not A name"),
        Comment(7, "sites.hami", "", "D S", "Prices: D from two tariffs, S the operator's."),
        Comment(9, "sites.hami", "", "", "哈密"),
        Comment(10, "sites.hami.pue", "1.15", "A", "A Xinjiang 1.15 (1.08–1.25)"),
        Comment(12, "sites.hami.pools.b", "{units: 4}}", "S", "T-shirts, H800; S (page 4)"),
        Comment(15, "work", "- one", "A", "A"),
    )


@pytest.mark.parametrize("text", ["", "\n\n", "a: 1", "a: 'x # y'", "a: b#c", "# ---\n"])
def test_text_without_comments(text):
    assert read_comments(text) == ()


PIECES = [
    "# S ",
    "# A is assumed\n",
    "#",
    "D, T ",
    "a: 1 ",
    "b:\n",
    "  ",
    "- ",
    "\n",
    "\r",
    "\x85",
    "'",
    '"',
    "x—",
]
"""Parts of texts with comments; texts of random letters hardly have any."""


@examples(50)
@given(
    st.text(alphabet=string.printable + "#'\"—", max_size=200)
    | st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
)
def test_any_text_can_be_read(text):
    lines = text.splitlines()
    for comment in read_comments(text):
        assert 1 <= comment.line <= len(lines)
        assert "#" in lines[comment.line - 1]
