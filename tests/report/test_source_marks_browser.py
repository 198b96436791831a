"""The marks of values in a real browser: by mouse, by keyboard, on a narrow screen, printed, without network."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from policyreport.publishing.renderers import choose

HERE = Path(__file__).parent
pytestmark = pytest.mark.browser
CARD = ".source-card"


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("marks")
    shutil.copytree(HERE / "sample", folder / "report")
    shutil.copytree(HERE.parents[1] / "reports" / "theme", folder / "report" / "theme")
    choose("pandoc").render_site(folder / "report", folder / "site", lambda _: None)
    return folder / "site"


@pytest.fixture
def page(site, browser) -> Iterator:
    """The overview, opened from disk; a request that leaves the disk or an error of the script fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page, wrong = context.new_page(), []
    page.on("request", lambda sent: None if sent.url.startswith(("file:", "data:")) else wrong.append(sent.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto((site / "index.html").as_uri())
    yield page
    assert wrong == []
    context.close()


def test_hover_shows_value_definition_dates_publisher_and_link(page):
    page.locator(".v", has_text="1,227").hover()
    card = page.locator(CARD)
    card.wait_for()
    shown = (
        "Tasks completed",
        "1,227",
        "Central list, 25 December 2025",
        "Huế Ngày Nay",
        "published 27 December 2025",
        "hue-ngay-nay/central-2025-12-27.csv, row 2, 3",
    )
    for text in shown:
        assert text in card.inner_text()
    assert card.locator("a").get_attribute("href") == "https://huengaynay.vn/"
    page.mouse.move(5, 5)
    card.wait_for(state="detached")


def test_nothing_is_loaded_before_somebody_asks(page):
    assert page.evaluate("window.traceData === undefined")


def test_by_keyboard_a_mark_opens_tab_leads_to_the_link_and_escape_back(page):
    mark = page.locator(".finding .v").first
    page.locator(".theme-button").focus()
    for _ in range(40):
        page.keyboard.press("Tab")
        if mark.evaluate("each => each === document.activeElement"):
            break
    page.locator(CARD).wait_for()
    assert mark.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.href") == "https://huengaynay.vn/"
    page.keyboard.press("Escape")
    assert page.locator(CARD).count() == 0
    assert mark.evaluate("each => each === document.activeElement")
    page.keyboard.press("Enter")
    page.locator(CARD).wait_for()
    page.keyboard.press("Enter")
    assert page.locator(CARD).count() == 0


def test_a_table_is_one_stop_and_arrows_go_from_value_to_value(page):
    marks = page.locator("table .v")
    assert [marks.nth(at).get_attribute("tabindex") for at in range(2)] == ["0", "-1"]
    marks.first.focus()
    page.keyboard.press("ArrowDown")
    assert marks.nth(1).evaluate("each => each === document.activeElement")
    page.locator(CARD, has_text="and 33 more rows").wait_for()


def test_a_sorted_table_keeps_its_numbers(page):
    page.locator(".sortable th button", has_text="Growth").click()
    page.locator(".sortable th button", has_text="Growth").click()
    values = page.locator(".sortable tbody td:nth-child(2)").all_inner_texts()
    assert values[-3:-1] == ["11.81", "11.89"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_card_stays_inside_the_window(page, width, scheme):
    page.set_viewport_size({"width": width, "height": 780})
    page.emulate_media(color_scheme=scheme)
    for mark in page.locator(".v").all():
        mark.click()
        box = page.locator(CARD).bounding_box()
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= 780
        page.keyboard.press("Escape")
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_paper_shows_the_value_alone(page):
    page.locator(".v").first.click()
    page.locator(CARD).wait_for()
    page.emulate_media(media="print")
    assert page.locator(CARD).is_hidden()
    assert "underline" not in page.locator(".v").first.evaluate("each => getComputedStyle(each).textDecorationLine")


def test_without_scripts_a_value_is_plain_text(site, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "index.html").as_uri())
    mark = page.locator(".v").first
    assert mark.inner_text().replace("\u00a0", " ") == "94.5%"
    assert mark.get_attribute("role") is None
    context.close()
