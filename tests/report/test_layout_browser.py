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


# What is asked of every page, in the browser's own language.
ASKED = {
    "wider than the window by": "document.documentElement.scrollWidth - window.innerWidth",
    "smallest text of a table": (
        "Math.min(99, ...[...document.querySelectorAll('th, td, td *, th *')]"
        ".filter(each => each.textContent.trim() && !each.closest('svg'))"
        ".map(each => parseFloat(getComputedStyle(each).fontSize)))"
    ),
    "scrolls but is not reached by keyboard": (
        "[...document.querySelectorAll('main .table-scroll, main .picture-scroll, main math')]"
        ".filter(each => each.scrollWidth > each.clientWidth + 1 && each.tabIndex < 0"
        " && /auto|scroll/.test(getComputedStyle(each).overflowX)).length"
    ),
    "to press inside a button": "document.querySelectorAll('button [tabindex], button a, button button').length",
}


@pytest.fixture(scope="module", params=[SCREEN, PHONE], ids=["screen", "phone"])
def answers(request, site: Path, browser) -> dict[str, dict[str, float]]:
    """What every page answers on a screen or a phone, by question."""
    page = opened(browser, site / "index.html", request.param)
    found: dict[str, dict[str, float]] = {question: {} for question in ASKED}
    for path in pages(site):
        page.goto(path.as_uri())
        for question, script in ASKED.items():
            found[question][path.name] = page.evaluate(script)
    return found


def bottom(page, selector: str) -> float:
    """Lowest edge of all that the selector finds, in pixels from the top of the page."""
    return max(box["y"] + box["height"] for each in page.locator(selector).all() if (box := each.bounding_box()))


def test_the_first_screen_holds_title_date_findings_and_map(site: Path, browser) -> None:
    page = opened(browser, site / "index.html", SCREEN)
    assert 3 <= page.locator(".finding").count() <= 5
    assert page.locator(".finding svg").count() >= 3
    for selector in ("h1", ".body > p:first-child", ".finding", "#fig-map svg"):
        assert bottom(page, selector) <= SCREEN["height"], selector


def test_no_page_scrolls_sideways(answers) -> None:
    assert {name: found for name, found in answers["wider than the window by"].items() if found > 0} == {}


def test_the_league_table_fits_a_screen_of_1280_pixels(site: Path, browser) -> None:
    page = opened(browser, site / "league-table.html", SCREEN)
    assert page.locator("#tbl-league .table-scroll.fits").count() == 1
    last = page.locator("#tbl-league thead th").last.bounding_box()
    assert last["x"] + last["width"] <= SCREEN["width"]


def test_no_text_of_a_table_is_smaller_than_13_pixels(answers) -> None:
    assert {name: size for name, size in answers["smallest text of a table"].items() if size < 13} == {}


def test_what_scrolls_inside_a_page_is_reached_by_keyboard(answers) -> None:
    assert {name: found for name, found in answers["scrolls but is not reached by keyboard"].items() if found} == {}


def test_no_button_holds_another_thing_to_press(answers) -> None:
    assert {name: found for name, found in answers["to press inside a button"].items() if found} == {}


def test_the_dark_theme_changes_paper_and_ink(site: Path, browser) -> None:
    colours = []
    for scheme in ("light", "dark"):
        page = opened(browser, site / "index.html", SCREEN, scheme)
        colours.append(
            page.evaluate("(({backgroundColor, color}) => [backgroundColor, color])(getComputedStyle(document.body))")
        )
    assert colours[0][0] != colours[1][0]
    assert colours[0][1] != colours[1][1]
