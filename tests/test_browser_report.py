"""The report in a browser that has no network: filters, figures, keyboard, narrow windows, paper."""

from __future__ import annotations

import importlib.util
import re
import shutil
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline import batch, resources
from pipeline.deliver.report.page import report_bytes
from tests.made_results import FEW_WORDS, made_results

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not here")

Opened = Callable[..., "Page"]

FOLLOW_ALL = """
async (selector) => {
  const rest = () => new Promise((done) => setTimeout(done));
  const wrong = [];
  let followed = 0;
  for (const link of document.querySelectorAll(selector)) {
    const said = Number(link.textContent.replace(/[^0-9]/g, ""));
    link.click();
    while (location.hash !== link.hash) await rest();
    await rest();
    await rest();
    const shown = [...document.querySelectorAll("#list > li")].filter((one) => !one.hidden).length;
    if (shown !== said) wrong.push([link.hash, said, shown]);
    followed += 1;
  }
  return { followed, wrong };
}
"""

CONTRAST = """
() => {
  // any colour the style sheet may say becomes plain numbers on a canvas
  const brush = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const seen = new Map();
  const plain = (color) => {
    if (!seen.has(color)) {
      brush.clearRect(0, 0, 1, 1);
      brush.fillStyle = color;
      brush.fillRect(0, 0, 1, 1);
      seen.set(color, [...brush.getImageData(0, 0, 1, 1).data]);
    }
    return seen.get(color);
  };
  const light = (color) => {
    const linear = (x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = plain(color).map((part) => linear(part / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (plain(color)[3] === 255) return color;
    }
    return "white";
  };
  const faint = new Set();
  for (const one of document.querySelectorAll("body *:not(script)")) {
    const hasText = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!hasText || !one.checkVisibility()) continue;
    const [a, b] = [light(getComputedStyle(one).color), light(ground(one))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) faint.add(`${one.tagName}.${one.className} ${one.textContent.slice(0, 20)} ${ratio.toFixed(2)}`);
  }
  return [...faint];
}
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "report.html"
    path.write_bytes(report_bytes(made_results()))
    return path


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("browser") / "out"
    batch.run([resources.corpus("sample/working_team_table.txt")], out)
    return out / "report.html"


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    """Open a report; whatever it asks of the network or complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(path: Path, anchor: str = "", **options: object) -> Page:
        context = browser.new_context(offline=True, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda one: None if one.url.startswith("file://") else complaints.append(one.url))
        page.on("console", lambda one: complaints.append(one.text))
        page.on("pageerror", lambda one: complaints.append(str(one)))
        page.on("dialog", lambda one: complaints.append(one.message))
        page.goto(path.as_uri() + anchor)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def expect_shown(page: Page, number: int) -> None:
    playwright.expect(page.locator("#list > li:visible")).to_have_count(number)


@pytest.mark.parametrize(
    ("name", "links", "least"),
    [("made", "#summary p a, main table .n a, main .cross td a, .facts a", 60), ("sample", "#plan td a", 50)],
)
def test_every_figure_shows_as_many_opinions_as_it_says(
    opened: Opened, request: pytest.FixtureRequest, name: str, links: str, least: int
) -> None:
    page = opened(request.getfixturevalue(name))
    done = page.evaluate(FOLLOW_ALL, links)
    assert done["wrong"] == []
    assert done["followed"] >= least


def test_a_cell_of_the_matrix_shows_its_opinions_and_says_which(opened: Opened, made: Path) -> None:
    page = opened(made)
    page.click("#plan tr:has-text('場の知らせ方') td a >> nth=0")
    playwright.expect(page.locator("#h-opinions")).to_be_focused()
    assert page.locator("#list > li:visible .text").all_text_contents() == [FEW_WORDS, FEW_WORDS]
    assert page.inner_text("#shown") == "「1(2) 場の知らせ方（2件）」のうち、2件を表示しています（全12件）"
    page.go_back()
    page.click("text=絞り込みをやめる")
    expect_shown(page, 12)


def test_the_fields_narrow_the_list_together(opened: Opened, made: Path) -> None:
    page = opened(made)
    page.select_option("#f-t", label="資金")
    expect_shown(page, 3)
    page.select_option("#f-k", label="懸念")
    expect_shown(page, 1)
    assert "Ｗｉ－Ｆｉ" in (page.text_content("#list > li:visible .text") or "")
    page.fill("#f-text", "どこにもない")
    expect_shown(page, 0)
    assert "当てはまる意見はありません" in page.inner_text("#shown")
    page.click("text=絞り込みをやめる")
    page.fill("#f-text", "wi-fi 会費")
    expect_shown(page, 1)
    for field, label, expected in (("v", "保留", 1), ("p", "計画外", 1), ("d", "坂道課", 1), ("r", "修正済", 1)):
        page.click("text=絞り込みをやめる")
        page.select_option(f"#f-{field}", label=label)
        expect_shown(page, expected)


def test_a_link_to_a_hidden_opinion_brings_it_back(opened: Opened, made: Path) -> None:
    page = opened(made)
    page.select_option("#f-k", label="懸念")
    expect_shown(page, 1)
    page.click("#proposal-1 summary")
    page.click("#proposal-1 .source a >> nth=0")
    expect_shown(page, 12)
    assert page.locator("#list > li:target .text").inner_text() == "会費を下げてほしい。"


def test_an_address_opens_narrowed(opened: Opened, sample: Path) -> None:
    page = opened(sample, "#n1")
    said = page.inner_text("#n1 dt")
    expect_shown(page, int(re.findall(r"\d+", said)[-1]))


def test_without_a_script_a_figure_leads_to_the_numbers_of_its_opinions(opened: Opened, made: Path) -> None:
    page = opened(made, java_script_enabled=False)
    assert page.locator("#filter").is_hidden()
    page.click("#plan tr:has-text('場の知らせ方') td a >> nth=0")
    entry = page.locator(".entries > div:target")
    assert re.sub(r"\s+", " ", entry.inner_text()) == "1(2) 場の知らせ方（2件） 3～4"
    entry.locator("a").click()
    assert page.locator("#list > li:target .text").inner_text() == FEW_WORDS
    page.click("#proposal-1 summary")
    assert page.locator("#proposal-1 .quotes li").first.is_visible()


def test_the_keyboard_reaches_everything(opened: Opened, made: Path) -> None:
    page = opened(made)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#summary') !== null")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.focus("#proposal-1 summary")
    page.keyboard.press("Enter")
    assert page.locator("#proposal-1 .quotes li").first.is_visible()


@pytest.mark.parametrize("width", [320, 400, 640])
def test_a_narrow_window_never_scrolls_sideways(opened: Opened, sample: Path, width: int) -> None:
    page = opened(sample, viewport={"width": width, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_on_paper_everything_is_unfolded_and_the_fields_are_gone(opened: Opened, made: Path) -> None:
    page = opened(made, java_script_enabled=False)
    page.emulate_media(media="print")
    assert page.locator("#filter").is_hidden()
    assert page.locator("nav").is_hidden()
    pdfium = pytest.importorskip("pypdfium2")
    document = pdfium.PdfDocument(page.pdf(prefer_css_page_size=True))
    pages = [document[n].get_textpage().get_text_range() for n in range(len(document))]
    width, height = document[0].get_size()
    document.close()
    assert (round(width), round(height)) == (595, 842)
    assert f"1 / {len(pages)}" in pages[0]
    said = re.sub(r"\s", "", "".join(pages))
    for words in (
        "会費を下げてほしい。意見2（水辺課、坂道課／1(1)気軽に寄れる場）",
        "意見IDO0000000002",
        "確認のメモ会費は<資金>",
    ):
        assert words in said.replace("：", "")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["made", "sample"])
def test_text_stands_out_from_what_it_stands_on(
    opened: Opened, request: pytest.FixtureRequest, name: str, scheme: str
) -> None:
    page = opened(request.getfixturevalue(name), color_scheme=scheme, viewport={"width": 1200, "height": 900})
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate(CONTRAST) == []


def test_the_page_is_built_so_that_it_can_be_heard(opened: Opened, made: Path) -> None:
    page = opened(made)
    assert page.get_attribute("html", "lang") == "ja"
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3')].map((one) => Number(one.tagName[1]))")
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.evaluate("[...document.querySelectorAll('table')].every((one) => one.caption && one.tHead)")
    assert page.evaluate("[...document.querySelectorAll('th')].every((one) => one.scope)")
    assert page.evaluate("[...document.querySelectorAll('input, select')].every((one) => one.labels.length === 1)")
    named = "[...document.querySelectorAll('section, nav, aside, form, [role=region]')]"
    assert page.evaluate(
        f"{named}.every((one) => one.ariaLabel || document.getElementById(one.getAttribute('aria-labelledby')))"
    )


def test_axe_finds_nothing(opened: Opened, made: Path) -> None:
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-playwright-python is not here")
    script = (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")
    # the page forbids any script but its own: the check has to step around that
    page = opened(made, bypass_csp=True)
    page.evaluate(script)
    violations = page.evaluate("axe.run().then((one) => one.violations.map((each) => [each.id, each.nodes[0].html]))")
    assert violations == []
