"""The documentation as a site: it builds in strict mode and needs no other host."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from doc_pages import ROOT

REQUESTS = re.compile(
    r"""<(?:script|img|iframe|source)\b[^>]*?\bsrc="?(?:https?:)?//[^">\s]+"""
    r"""|<link\b[^>]*\brel="?(?:stylesheet|preconnect|icon)"?[^>]*\bhref="?(?:https?:)?//[^">\s]+"""
    r"""|@import\s+["'(]*https?:[^)]*|url\(\s*["']?https?:[^)]*"""
)


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    folder = tmp_path_factory.mktemp("site")
    # Warnings end the build: links, anchors and pages without a place in the menu.
    build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder)))
    return folder


def test_site_asks_no_other_host_for_anything(site):
    loaded = {
        found
        for kind in ("*.html", "*.css")
        for path in site.rglob(kind)
        for found in REQUESTS.findall(path.read_text(encoding="utf-8"))
    }
    assert loaded == set()


def test_request_to_another_host_would_be_seen():
    assert REQUESTS.search('<link rel="preconnect" href="https://fonts.gstatic.com" crossorigin>')
    assert REQUESTS.search('<script defer src="//cdn.example.org/a.js"></script>')
    assert not REQUESTS.search('<a href="https://semver.org">SemVer</a>')


def test_links_of_the_readme_lead_to_the_pages_of_the_site(site):
    start = (site / "index.html").read_text(encoding="utf-8")
    for target in ("model.html", "bench/RESULTS.html", "configs/quickstart.yaml", "images/chongqing.svg"):
        assert re.search(rf'(?:href|src)="?{re.escape(target)}["\s>]', start), target
        assert (site / target).exists()
