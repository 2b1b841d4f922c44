"""Brings into the site what stands outside docs/: the README as the start page, measurements, configs.

Pages link to each other as on GitHub; here the links are led to where the files stand in the site.
"""

# ruff: noqa: INP001 - a script beside the pages, no package

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
OUTSIDE = (
    "*.md",
    "LICENSE",
    "bench/*.md",
    "bench/*.json",
    "bench/tools/*",
    "bench/*.py",
    "configs/*",
    "examples/*",
    "tests/README.md",
)
STARTS = {"README.md": "index.md", "README.zh.md": "index.zh.md"}

_LINK = re.compile(r"(\]\()(?!https?:|#|mailto:)([^)#\s]+)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the files outside docs/."""
    found = sorted({path for pattern in OUTSIDE for path in ROOT.glob(pattern) if path.is_file()})
    for path in found:
        name = path.relative_to(ROOT).as_posix()
        files.append(File.generated(config, STARTS.get(name, name), abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead links to where their targets stand in the site."""
    source = Path(page.file.abs_src_path or "").relative_to(ROOT).as_posix()

    def led(match: re.Match[str]) -> str:
        target = normpath(PurePosixPath(source).parent / match[2])
        here = PurePosixPath(page.file.src_uri).parent
        return match[1] + relpath(_in_site(target), here)

    del config, files
    return _LINK.sub(led, markdown)


def _in_site(name: str) -> str:
    return STARTS.get(name, name).removeprefix("docs/")
