"""A small config in a folder of its own, which is the current one."""

from __future__ import annotations

import pytest

from command_line import TINY


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = tmp_path / "tiny.yaml"
    config.write_text(TINY, encoding="utf-8")
    return config
