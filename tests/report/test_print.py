"""The report on paper: printed by the browser, read back from the PDF."""

from __future__ import annotations

import re
from urllib.parse import quote

import numpy as np
import pytest
from reporting import CHINESE

pdfium = pytest.importorskip("pypdfium2", reason="pypdfium2 is not installed")

CHARTS = ("cost", "carbon", "flows", "hours", "time", "limits", "changes")
PAPERS = {"A4": (595, 842), "Letter": (612, 792)}
MARGIN = 14 / 25.4 * 72
"""Points."""
SCALE = 1.5
"""Pixels a point of the pictures of pages."""


@pytest.fixture(scope="module")
def dark(browser):
    """A window of a reader who likes dark colors."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="dark")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def light(browser):
    """A window of a reader who likes light colors."""
    context = browser.new_context(color_scheme="light")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module", params=[("A4", "en"), ("Letter", "zh")], ids="-".join)
def printed(request, dark, reports, tmp_path_factory):
    paper, language = request.param
    dark.goto(reports[language].as_uri())
    dark.wait_for_selector("html[data-printable]", state="attached")
    path = tmp_path_factory.mktemp("print") / "report.pdf"
    dark.pdf(path=path, format=paper)
    document = pdfium.PdfDocument(path)
    yield paper, language, document
    document.close()


@pytest.fixture(scope="module")
def sheets(printed):
    """Every page as a picture, red, green and blue."""
    return [page.render(scale=SCALE).to_numpy()[:, :, 2::-1] for page in printed[2]]


def lines_of(page):
    """Lines of text with their edges in points: left, bottom, right, top."""
    text = page.get_textpage()
    found = []
    for place in range(text.count_rects()):
        edges = text.get_rect(place)
        found.append((text.get_text_bounded(*edges).strip(), *edges))
    return [line for line in found if line[0]]


def colors_of(sheets):
    """Every color that is on some page, once."""
    seen = np.zeros(1 << 24, dtype=bool)
    for sheet in sheets:
        red, green, blue = np.moveaxis(sheet.astype(np.int32), 2, 0)
        seen[red << 16 | green << 8 | blue] = True
    found = np.flatnonzero(seen)
    return np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1)


def test_nothing_leaves_the_paper(printed, sheets):
    paper, _, document = printed
    width, height = PAPERS[paper]
    edge = round(SCALE * (MARGIN - 4))
    for page, picture in zip(document, sheets, strict=True):
        assert page.get_size() == (pytest.approx(width, abs=1), pytest.approx(height, abs=1))
        for text, left, bottom, right, top in lines_of(page):
            inside = left > MARGIN - 2 and right < width - MARGIN + 2 and bottom > MARGIN - 4 and top < height
            assert inside, text
        assert (picture[:, :edge] == 255).all()
        assert (picture[:, -edge:] == 255).all()


def test_every_chart_is_on_paper_as_it_was_drawn(printed, sheets, light, reports, tmp_path):
    """The picture of each chart is on some page: every color of which the browser draws much is there."""
    _, language, _ = printed
    light.goto(reports[language].as_uri())
    light.wait_for_selector("html[data-printable]", state="attached")
    light.emulate_media(media="print")
    light.set_viewport_size({"width": 700, "height": 900})
    on_paper = colors_of(sheets)
    for key in CHARTS:
        picture = light.locator(f'[data-chart="{key}"] img.paper')
        assert picture.is_visible()
        assert not light.locator(f'[data-chart="{key}"] .plot').is_visible()
        path = tmp_path / f"{key}.png"
        picture.screenshot(path=path)
        drawn = light.evaluate(COLORS, quote_png(path))
        assert drawn, key
        for color in drawn:
            assert (np.abs(on_paper - color) < 12).all(axis=1).any(), (key, color)


COLORS = """async source => {
  const image = new Image();
  image.src = source;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width, image.height];
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, 0, image.width, image.height);
  const counts = new Map();
  for (const pixel of new Uint32Array(data.buffer)) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const least = 0.004 * image.width * image.height;
  return [...counts]
    .filter(([, count]) => count > least)
    .map(([pixel]) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255])
    .filter(color => Math.max(...color) - Math.min(...color) >= 40);
}"""
"""Colors, not grays, of at least 0.4 % of a picture."""


def quote_png(path):
    from base64 import b64encode

    return f"data:image/png;base64,{b64encode(path.read_bytes()).decode()}"


def test_headings_keep_what_follows(printed):
    _, language, document = printed
    titles = {
        "en": [
            "Cost and carbon",
            "Where the work goes",
            "Sites hour by hour",
            "What moved in time",
            "Companies",
        ],
        "zh": ["成本与碳排放", "任务流向", "各站点逐时情况", "时间上的转移"],
    }[language]
    seen = set()
    for page in document:
        lines = lines_of(page)
        for title in titles:
            for bottom, top in places(page, title):
                if top - bottom > 9:
                    seen.add(title)
                    assert any(line[4] < bottom for line in lines), title
                    assert bottom > MARGIN + 36, title
    assert seen == set(titles)


def places(page, words):
    """Bottom and top of each place at which a page has some words."""
    text = page.get_textpage()
    search = text.search(words, match_case=True)
    while found := search.get_next():
        _, bottom, _, top = text.get_charbox(found[0], loose=True)
        yield bottom, top


def test_the_head_of_a_table_is_on_each_of_its_pages(printed):
    _, language, document = printed
    head = {"en": "Company", "zh": "企业"}[language]
    rows = re.compile(r"small-\d+ +\S")  # in a chart a name is alone in its line
    pages_of_rows = [page for page in document if rows.search(page.get_textpage().get_text_bounded())]
    assert len(pages_of_rows) >= 5
    for page in pages_of_rows:
        assert list(places(page, head))


def test_all_columns_and_the_number_of_rows_left_are_on_paper(printed):
    _, language, document = printed
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    joined = re.sub(r"\s+", "", text)
    for label in {
        "en": ["Carbonchargе"[:6], "哈密,unit·h", "14,962morerows"],
        "zh": ["碳价费用", "哈密的任务量", "其余14,962行"],
    }[language]:
        assert label in joined, label


def test_a_statement_prints_alone_on_paper(dark, reports, tmp_path):
    dark.goto(f"{reports['en'].as_uri()}#company={quote(CHINESE)}")
    dark.reload()  # of the same page only the part after # would be new
    # While a chart is drawn for paper, the page is longer than what it shows.
    dark.wait_for_selector("html[data-printable]", state="attached")
    dark.wait_for_selector("#statement .plot[data-printable]", state="attached")
    dark.pdf(path=tmp_path / "company.pdf", format="A4")
    document = pdfium.PdfDocument(tmp_path / "company.pdf")
    text = "".join(sheet.get_textpage().get_text_bounded() for sheet in document)
    assert len(document) == 1
    assert CHINESE in text
    assert "Cost and carbon" not in text
    assert all(line[3] < PAPERS["A4"][0] - MARGIN + 2 for line in lines_of(document[0]))
    document.close()
