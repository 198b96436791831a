"""Pages as a browser lays them out: the overview's first screen, narrow screens, both themes, sizes of type."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
SCREEN = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def site(tiny_rendered) -> Path:
    return tiny_rendered.site


def opened(browser, path: Path, viewport: dict, scheme: str = "light"):
    page = browser.new_context(viewport=viewport, color_scheme=scheme).new_page()
    page.goto(path.as_uri())
    page.evaluate("document.fonts.ready")
    return page


def pages(site: Path) -> list[Path]:
    found = [*sorted(site.glob("*.html")), *sorted(site.glob("provinces/*.html"))]
    assert len(found) > 10
    return found


def bottom(page, selector: str) -> float:
    """Lowest edge of all that the selector finds, in pixels from the top of the page."""
    return max(box["y"] + box["height"] for each in page.locator(selector).all() if (box := each.bounding_box()))


def test_the_first_screen_holds_title_date_findings_map_and_what_changed(site: Path, browser) -> None:
    page = opened(browser, site / "index.html", SCREEN)
    assert 3 <= page.locator(".finding").count() <= 5
    assert page.locator(".finding svg").count() >= 3
    for selector in ("h1", ".body > p:first-child", ".finding", "#fig-map svg"):
        assert bottom(page, selector) <= SCREEN["height"], selector
    assert bottom(page, "section:has(> h2:text('What changed')) > p") <= SCREEN["height"]


def test_no_page_scrolls_sideways_on_a_phone(site: Path, browser) -> None:
    wide = {}
    page = opened(browser, site / "index.html", PHONE)
    for path in pages(site):
        page.goto(path.as_uri())
        width = page.evaluate("document.documentElement.scrollWidth")
        wide |= {path.name: width} if width > PHONE["width"] else {}
    assert wide == {}


def test_the_league_table_fits_a_screen_of_1280_pixels(site: Path, browser) -> None:
    page = opened(browser, site / "league-table.html", SCREEN)
    assert page.locator("#tbl-league .table-scroll.fits").count() == 1
    last = page.locator("#tbl-league thead th").last.bounding_box()
    assert last["x"] + last["width"] <= SCREEN["width"]


@pytest.mark.parametrize("viewport", [SCREEN, PHONE])
def test_no_text_of_a_table_is_smaller_than_13_pixels(site: Path, browser, viewport: dict) -> None:
    page = opened(browser, site / "index.html", viewport)
    small = {}
    for path in pages(site):
        page.goto(path.as_uri())
        size = page.evaluate(
            "Math.min(99, ...[...document.querySelectorAll('th, td, td *, th *')]"
            ".filter(each => each.textContent.trim() && !each.closest('svg'))"
            ".map(each => parseFloat(getComputedStyle(each).fontSize)))"
        )
        small |= {path.name: size} if size < 13 else {}
    assert small == {}


@pytest.mark.parametrize("viewport", [SCREEN, PHONE])
def test_what_scrolls_inside_a_page_is_reached_by_keyboard(site: Path, browser, viewport: dict) -> None:
    page = opened(browser, site / "index.html", viewport)
    missed = {}
    for path in pages(site):
        page.goto(path.as_uri())
        found = page.evaluate(
            "[...document.querySelectorAll('main .table-scroll, main .picture-scroll, main math')]"
            ".filter(each => each.scrollWidth > each.clientWidth + 1 && each.tabIndex < 0"
            " && /auto|scroll/.test(getComputedStyle(each).overflowX)).length"
        )
        missed |= {path.name: found} if found else {}
    assert missed == {}


def test_no_button_holds_another_thing_to_press(site: Path, browser) -> None:
    page = opened(browser, site / "index.html", SCREEN)
    for path in pages(site):
        page.goto(path.as_uri())
        assert page.locator("button [tabindex], button a, button button").count() == 0, path.name


def test_the_dark_theme_changes_paper_and_ink(site: Path, browser) -> None:
    colours = []
    for scheme in ("light", "dark"):
        page = opened(browser, site / "index.html", SCREEN, scheme)
        colours.append(
            page.evaluate("(({backgroundColor, color}) => [backgroundColor, color])(getComputedStyle(document.body))")
        )
    assert colours[0][0] != colours[1][0]
    assert colours[0][1] != colours[1][1]
