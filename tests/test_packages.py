"""The packages hold what they need and nothing else, and the wheel works in an empty environment."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def succeed(*command, **options):
    words = list(map(str, command))
    done = subprocess.run(words, capture_output=True, text=True, check=False, **options)  # noqa: S603 - our own
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def environment(folder):
    """Make an empty environment; gives the folder of its programs."""
    venv.create(folder, with_pip=True)
    return folder / ("Scripts" if sys.platform == "win32" else "bin")


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packages")
    programs = environment(folder / "builder")
    python = programs / "python"
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    succeed(python, "-m", "pip", "install", "-q", *needed)
    succeed(python, "-m", "hatchling", "build", "-d", folder / "dist", cwd=ROOT)
    return folder / "dist"


@pytest.mark.slow  # needs the network
def test_the_wheel_holds_the_package_and_its_templates(packages):
    (wheel,) = packages.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (metadata,) = (archive.read(name) for name in names if name.endswith("/METADATA"))
    source = ROOT / "src"
    own = {p.relative_to(source).as_posix() for p in source.rglob("*") if p.is_file() and p.suffix != ".pyc"}
    configs = ROOT / "configs"
    templates = {
        f"computeplan/templates/{p.relative_to(configs).as_posix()}"
        for p in configs.rglob("*")
        if p.is_file()
    }
    assert {name for name in names if ".dist-info/" not in name} == own | templates
    page = message_from_bytes(metadata)
    links = re.findall(r"\]\(([^)]+)\)", str(page.get_payload()))
    assert len(links) > 10
    assert [link for link in links if not link.startswith(("https://", "#"))] == []
    assert "all" in page.get_all("Provides-Extra")


@pytest.mark.slow  # needs the network
def test_the_source_package_holds_no_tests_or_plans(packages):
    (source,) = packages.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        tops = {name.split("/")[1] for name in archive.getnames() if "/" in name}
    texts = {"README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", "PKG-INFO"}
    assert tops - {".gitignore"} == {"src", "configs"} | texts


@pytest.mark.slow  # needs the network
def test_the_wheel_plans_and_reports_in_an_empty_environment(packages, tmp_path):
    (wheel,) = packages.glob("*.whl")
    programs = environment(tmp_path / "empty")
    succeed(programs / "python", "-m", "pip", "install", "-q", wheel)
    for arguments in (["new"], ["solve", "quickstart.yaml"], ["report", "plans/quickstart"]):
        succeed(programs / "computeplan", *arguments, cwd=tmp_path)
    assert (tmp_path / "plans" / "quickstart.html").stat().st_size > 100_000


def test_the_container_installs_extras_and_runs_a_program_that_the_package_has():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    (install,) = (line for line in lines if line.startswith("RUN pip install"))
    extras = re.findall(r"\[([\w,-]+)\]", install)
    assert {name for names in extras for name in names.split(",")} <= set(project["optional-dependencies"])
    assert extras, install
    (program,) = json.loads(lines[-1].removeprefix("ENTRYPOINT "))
    assert program in project["scripts"]


def test_the_container_file_is_short():
    assert len((ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()) <= 20
