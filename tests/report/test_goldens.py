"""Everything that people read of two plans known by hand is what it was, to the last digit.

`known.py` works the plans out by hand and writes the texts anew; `test_known_numbers.py` has the numbers.
"""

from __future__ import annotations

import pytest
from known import GOLDENS, texts

NAMES = sorted(path.name for path in GOLDENS.iterdir())


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return texts(tmp_path_factory.mktemp("known"))


def test_every_text_has_its_golden(made):
    assert sorted(made) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_what_people_read_is_what_it_was(made, name):
    assert made[name] == (GOLDENS / name).read_text(encoding="utf-8")
