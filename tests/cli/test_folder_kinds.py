"""A folder of one kind is neither taken for one of another kind nor replaced by it."""

from __future__ import annotations

import pytest

import computeplan
from command_line import TINY, run
from computeplan.errors import PlanFolderError

MAKE = {
    "plan": ("solve", "tiny.yaml"),
    "sweep": ("sweep", "tiny.yaml", "--vary", "demand*=0.9,1", "--workers", "1"),
    "frontier": ("frontier", "tiny.yaml"),
    "alternatives": ("alternatives", "tiny.yaml", "--of", "carbon"),
}
USE = {
    "plan": "computeplan explain, compare and audit read it",
    "sweep": "its points are in tables/points.csv",
    "frontier": "computeplan frontier DIR reads it",
    "alternatives": "its ranges are in tables/ranges.csv",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Folder with a plan, a sweep, a frontier and alternatives."""
    folder = tmp_path_factory.mktemp("kinds")
    (folder / "tiny.yaml").write_text(TINY, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for kind, words in MAKE.items():
            result = run(*words, "--out", kind)
            assert result.exit_code == 0, result.stderr
    return folder


def content(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("there", MAKE)
@pytest.mark.parametrize("new", MAKE)
def test_only_its_own_kind_is_replaced(made, monkeypatch, new, there):
    monkeypatch.chdir(made)
    before = content(made / there)
    result = run(*MAKE[new], "--out", there)
    if new == there:
        assert result.exit_code == 0
        return
    assert result.exit_code == 2
    said = f"error: {there} holds a {there} and is not replaced; --out DIR names another place\n"
    assert result.stderr.endswith(said)
    assert content(made / there) == before


@pytest.mark.parametrize("kind", ["sweep", "frontier"])
@pytest.mark.parametrize(
    "words",
    [
        ("audit", "KIND"),
        ("explain", "KIND", "chat"),
        ("compare", "plan", "KIND"),
        ("compare", "KIND", "plan"),
    ],
)
def test_what_needs_a_plan_says_what_else_it_got(made, monkeypatch, kind, words):
    monkeypatch.chdir(made)
    result = run(*(kind if word == "KIND" else word for word in words))
    assert result.exit_code == 2
    assert f"{kind}: expected a folder with a plan, got one with a {kind}; {USE[kind]}" in result.stderr


@pytest.mark.parametrize("kind", ["sweep", "plan"])
def test_a_frontier_is_read_from_no_other_folder(made, monkeypatch, kind):
    monkeypatch.chdir(made)
    result = run("frontier", kind)
    assert result.exit_code == 2
    assert f"expected a folder with a frontier, got one with a {kind}; {USE[kind]}" in result.stderr


def test_the_same_from_python(made):
    with pytest.raises(PlanFolderError, match="got one with a frontier; computeplan frontier DIR reads it"):
        computeplan.open_plan(made / "frontier")
    with pytest.raises(PlanFolderError, match="got one with a sweep; its points are in"):
        computeplan.open_frontier(made / "sweep")
    with pytest.raises(PlanFolderError, match="holds a frontier and is not replaced"):
        computeplan.solve(made / "tiny.yaml", baseline=False).save(made / "frontier")
