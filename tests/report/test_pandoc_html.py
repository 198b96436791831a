"""The site that the embedded renderer makes from the sample project."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup

from policyreport.errors import RenderError
from policyreport.figures.fonts import desktop_fonts, tabular_font, web_characters
from policyreport.publishing.kept import Kept, page_origins
from policyreport.publishing.renderers import choose, pandoc
from policyreport.publishing.renderers.search import read_sections

HERE = Path(__file__).parent
THEME = HERE.parents[1] / "reports" / "theme"
PAGES = [
    "data-quality",
    "index",
    "league-table",
    "methods",
    "provinces/ca-mau",
    "provinces/ha-noi",
    "sources",
]


def silent(_: str) -> None:
    """Say nothing about progress."""


def copy_sample(folder: Path) -> Path:
    shutil.copytree(HERE / "sample", folder)
    shutil.copytree(THEME, folder / "theme")
    return folder


def render(project: Path, site: Path) -> None:
    choose("pandoc").render_site(project, site, silent)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pandoc")
    render(copy_sample(folder / "report"), folder / "site")
    return folder / "site"


@pytest.fixture(scope="module")
def read(site: Path) -> Callable[[str], BeautifulSoup]:
    pages = {name: BeautifulSoup((site / f"{name}.html").read_text("utf-8"), "html.parser") for name in PAGES}
    return pages.__getitem__


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy_sample(tmp_path / "report")


def add(project: Path, page: str, text: str) -> None:
    path = project / page
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def test_a_picture_keeps_two_decimals_and_the_ids_that_are_referred_to(tmp_path: Path) -> None:
    project = copy_sample(tmp_path / "project")
    clip = '<defs><clipPath id="kept"><rect width="9.87654" height="5"/></clipPath></defs>'
    line = '<g id="unused"><path clip-path="url(#kept)" d="M 1.23456 -0.00012 \nL 20.5 3 \nz\n"/></g>'
    text = "<text>1.23456</text>"
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50">{clip}{line}{text}</svg>'
    (project / "figures" / "light.svg").write_text(svg)
    add(project, "index.qmd", '\n![](figures/light.svg){fig-alt="A line."}\n')
    render(project, tmp_path / "site")
    page = BeautifulSoup((tmp_path / "site/index.html").read_text("utf-8"), "html.parser")
    picture = page.find("svg", {"aria-label": "A line."})
    assert picture.select_one("#kept rect")["width"] == "9.88"
    assert picture.find("path")["d"] == "M1.23 -0L20.5 3z"
    assert picture.find("g").get("id") is None
    assert picture.find("text").text == "1.23456"


def test_the_menu_has_at_most_ten_entries() -> None:
    settings = yaml.safe_load((THEME.parent / "_quarto.yml").read_text("utf-8"))
    # A foreword is in the menu of an edition that has written one.
    always = [entry for entry in settings["site-menu"] if entry != "foreword"]
    assert len(always) + 1 <= 10, "the list of provinces is an entry too"


def test_every_page_is_rendered_and_nothing_else(site: Path) -> None:
    assert sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html")) == [
        f"{name}.html" for name in PAGES
    ]


def test_pages_are_named_to_whoever_waits(project: Path, tmp_path: Path) -> None:
    told: list[str] = []
    choose("pandoc").render_site(project, tmp_path / "site", told.append)
    assert told == PAGES


@pytest.mark.parametrize(
    ("changed", "pages"),
    [
        ("methods.qmd", {"methods"}),
        ("figures/tasks.svg", {"index", "provinces/ha-noi"}),
        ("figures/tasks-narrow.svg", {"index", "provinces/ha-noi"}),
        ("figures/growth.svg", {"provinces/ca-mau", "provinces/ha-noi"}),
        ("_quarto.yml", set(PAGES)),
        ("theme/html.lua", set(PAGES)),
        ("trace-data.js", set()),
    ],
)
def test_only_pages_that_read_what_changed_are_rendered_again(
    project: Path, tmp_path: Path, changed: str, pages: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    site, kept = tmp_path / "site", Kept(tmp_path)
    render(project, site)
    kept.note(site, "all", pages=page_origins(project, "pandoc"))
    path = project / changed
    path.write_text(path.read_text("utf-8").replace("</svg>", "<g/></svg>") + "\n", "utf-8")
    rendered, write = set(), pandoc._write_page

    def written(project: Path, draft: Path, page: str) -> list[str]:
        rendered.add(page.removesuffix(".qmd"))
        return write(project, draft, page)

    monkeypatch.setattr(pandoc, "_write_page", written)
    ready = Kept(tmp_path).pages(site, page_origins(project, "pandoc"))
    choose("pandoc").render_site(project, site, silent, ready)
    assert rendered == pages
    render(project, tmp_path / "anew")
    assert digests(site) == digests(tmp_path / "anew")


def digests(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_to_a_page_and_a_place_that_exist(name: str, site: Path, read) -> None:
    for link in read(name).find_all(href=re.compile(r"^(?!https?:|data:|mailto:)")):
        target, _, anchor = link["href"].partition("#")
        path = ((site / f"{name}.html").parent / target).resolve() if target else site / f"{name}.html"
        assert path.is_file(), link["href"]
        if anchor and link.name == "a":
            ids = {tag["id"] for tag in BeautifulSoup(path.read_text("utf-8"), "html.parser").find_all(id=True)}
            assert anchor in ids, link["href"]


@pytest.mark.parametrize("name", PAGES)
def test_no_page_loads_anything_from_the_network(name: str, read) -> None:
    page = read(name)
    loaded = [tag.get("src") or tag.get("data") for tag in page.select("[src], object[data]")]
    loaded += [tag["href"] for tag in page.select("link[href], use[href], image[href]")]
    assert loaded
    assert not [address for address in loaded if re.match(r"(https?:)?//", address)]
    assert not re.search(r"url\(\s*[\"']?(https?:)?//|@import", str(page))


def test_style_and_script_load_only_what_lies_beside_them(site: Path) -> None:
    style, script = ((site / "theme" / name).read_text("utf-8") for name in ("site.css", "site.js"))
    addresses = re.findall(r"url\(\"([^\"]+)\"\)", style)
    assert len(addresses) == 5
    assert all((site / "theme" / address).is_file() for address in addresses)
    assert "://" not in style + script
    assert "fetch(" not in script


@pytest.mark.parametrize("name", PAGES)
def test_headings_descend_one_level_at_a_time(name: str, read) -> None:
    levels = [int(tag.name[1]) for tag in read(name).main.find_all(re.compile(r"^h[1-6]$"))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("name", PAGES)
def test_landmarks_language_and_skip_link_are_in_place(name: str, read) -> None:
    page = read(name)
    assert page.html["lang"] == "en"
    assert len(page.find_all("main")) == 1
    assert page.select_one("body > a.skip")["href"] == "#content"
    assert page.select_one("body > header nav[aria-label]")
    assert page.select_one("body > footer")
    assert all(page.find(id=label["for"]) for label in page.select("label[for]"))


@pytest.mark.parametrize("name", PAGES)
def test_no_id_is_given_twice(name: str, read) -> None:
    ids = [tag["id"] for tag in read(name).find_all(id=True)]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("name", PAGES)
def test_every_picture_is_inlined_with_its_words_and_the_colours_of_both_themes(name: str, read) -> None:
    page = read(name)
    assert not page.main.find_all("img")
    for picture in page.select("svg.picture"):
        assert picture["role"] == "img"
        assert len(picture["aria-label"]) > 20
        assert not re.search(r"#(1a1d21|5b6470|0b6e6e|8a929c|b45309)", str(picture), re.IGNORECASE)
        assert not picture.find("style")


def test_width_goes_to_findings_and_wide_tables_and_a_contents_list_to_long_pages(
    read, project: Path, tmp_path: Path
) -> None:
    for name, wide in {"index": True, "league-table": True, "methods": False, "provinces/ha-noi": False}.items():
        assert ("wide-page" in read(name).body["class"]) is wide, name
        assert (read(name).select_one("aside.contents a") is None) is wide, name
    add(project, "league-table.qmd", "\n" + "\n".join(f"## Part {number}\n\nText.\n" for number in range(6)))
    render(project, tmp_path / "site")
    page = BeautifulSoup((tmp_path / "site/league-table.html").read_text("utf-8"), "html.parser")
    assert "wide-page" not in page.body["class"]
    assert len(page.select("aside.contents a")) == 6


def test_a_picture_keeps_the_classes_it_was_given(project: Path, tmp_path: Path) -> None:
    add(project, "index.qmd", '\n![](figures/rank-small.svg){.locator fig-alt="Where it lies."}\n')
    render(project, tmp_path / "site")
    page = BeautifulSoup((tmp_path / "site/index.html").read_text("utf-8"), "html.parser")
    assert len(page.select("svg.picture.locator")) == 1


def test_a_cell_without_words_heads_no_row(project: Path, tmp_path: Path) -> None:
    add(project, "sources.qmd", "\n| A | B |\n|:--|:--|\n| x | 1 |\n| | 2 |\n")
    render(project, tmp_path / "site")
    page = BeautifulSoup((tmp_path / "site/sources.html").read_text("utf-8"), "html.parser")
    assert not [cell for cell in page.select("tbody th") if not cell.get_text(strip=True)]


def test_ids_inside_pictures_still_point_at_what_they_meant(read) -> None:
    page = read("index")
    ids = {tag["id"] for tag in page.find_all(id=True)}
    used = re.findall(r"url\(#([^)]+)\)", str(page)) + [tag["href"][1:] for tag in page.select("use[href]")]
    assert len(used) > 10
    assert set(used) <= ids


def test_a_picture_with_links_stays_open_to_assistive_technology_and_leads_from_the_root(
    project: Path, tmp_path: Path
) -> None:
    link = '<a href="provinces/ca-mau.html">x</a>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50">{link}</svg>'
    (project / "figures" / "map.svg").write_text(svg)
    add(project, "provinces/ha-noi.qmd", '\n![](figures/map.svg){fig-alt="Tiles of all provinces."}\n')
    render(project, tmp_path / "site")
    page = BeautifulSoup((tmp_path / "site/provinces/ha-noi.html").read_text("utf-8"), "html.parser")
    picture = page.find("svg", {"aria-label": "Tiles of all provinces."})
    assert picture["role"] == "group"
    assert picture.a["href"] == "../provinces/ca-mau.html"


def test_a_figure_has_another_picture_for_narrow_screens(read) -> None:
    figure = read("index").find(id="fig-tasks")
    broad, narrow = figure.select("svg")
    assert "broad" in broad["class"]
    assert "narrow" in narrow["class"]
    assert int(narrow["width"]) < int(broad["width"])


def test_figures_and_tables_are_numbered_apart_in_their_order(read) -> None:
    captions = {
        tag["id"]: tag.figcaption.get_text(" ", strip=True)
        for tag in read("provinces/ha-noi").select("div.quarto-float")
    }
    assert captions["fig-n01-tasks"].startswith("Figure\u00a01: Seven in eight")
    assert captions["fig-n01-growth"].startswith("Figure\u00a02: Growth has stayed")
    assert captions["tbl-n01-tasks"].startswith("Table\u00a01: Counts")


def test_a_reference_names_the_number_of_what_it_points_at(read) -> None:
    references = {tag["href"]: tag.get_text() for tag in read("provinces/ha-noi").select("a.quarto-xref")}
    assert references == {"#fig-n01-tasks": "Figure\u00a01", "#tbl-n01-tasks": "Table\u00a01"}


def test_the_caption_stands_above_with_what_is_measured_apart(read) -> None:
    caption = read("index").select_one("#fig-tasks figure > :first-child")
    assert caption.name == "figcaption"
    assert caption.select_one(".measured").get_text().startswith("Tasks completed and tasks listed")


def test_numbers_are_named_in_the_language_of_the_page(project: Path, tmp_path: Path) -> None:
    path = project / "index.qmd"
    path.write_text(path.read_text("utf-8").replace("lang: en", "lang: vi"), "utf-8")
    settings = project / "_quarto.yml"
    kept = re.sub(r"crossref:\n(  .*\n)+", "", settings.read_text("utf-8"))
    settings.write_text(kept, "utf-8")
    render(project, tmp_path / "site")
    page = BeautifulSoup((tmp_path / "site/index.html").read_text("utf-8"), "html.parser")
    assert page.html["lang"] == "vi"
    assert page.select_one("#fig-tasks figcaption").get_text().strip().startswith("Hình\u00a01:")
    assert page.select_one("a.skip").get_text() == "Đến nội dung chính"


def test_what_is_meant_for_the_pdf_alone_is_left_out(read) -> None:
    text = read("index").main.get_text()
    assert "stands on the site only" in text
    assert "stands in the PDF only" not in text
    assert "pagebreak" not in read("provinces/ca-mau").main.get_text()


@pytest.mark.parametrize("name", PAGES)
def test_every_table_scrolls_inside_itself_and_names_its_rows_and_columns(name: str, read) -> None:
    for table in read(name).find_all("table"):
        assert "table-scroll" in table.parent["class"]
        assert not table.find("colgroup")
        assert all(cell.name == "th" and cell["scope"] == "row" for cell in table.select("tbody tr > :first-child"))
        assert all(cell["scope"] == "col" for cell in table.select("thead th") if cell.get_text(strip=True))


def test_a_note_keeps_its_title_and_one_without_gets_the_word(read) -> None:
    titles = [tag.get_text(strip=True) for tag in read("methods").select(".note-title")]
    assert titles == ["Note", "The measure decides"]


def test_the_page_in_hand_is_marked_in_the_navigation(read) -> None:
    for name, text in (("league-table", "League table"), ("provinces/ha-noi", "Hà Nội")):
        marked = read(name).select(".site-nav [aria-current=page]")
        assert [link.get_text() for link in marked] == [text]


def test_provinces_know_their_neighbours(read) -> None:
    assert read("provinces/ha-noi").select_one("a[rel=next]")["href"] == "../provinces/ca-mau.html"
    assert not read("provinces/ha-noi").select("a[rel=prev]")
    assert read("provinces/ca-mau").select_one("a[rel=prev]")["href"] == "../provinces/ha-noi.html"


def test_links_out_of_the_site_give_nothing_away(read) -> None:
    links = read("sources").main.select("a[href^=http]")
    assert len(links) == 3
    assert all("noopener" in link["rel"] for link in links)


def test_the_foot_says_edition_date_licence_and_how_to_cite(read) -> None:
    foot = read("index").footer.get_text(" ", strip=True)
    for words in ("2025 Q4", "31 January 2026", "CC BY 4.0", "How to cite"):
        assert words in foot


def test_the_search_index_holds_every_page_and_section_that_exists(site: Path, read) -> None:
    text = (site / "search-index.js").read_text("utf-8")
    rows = json.loads(text.removeprefix("window.searchIndex = ").rstrip().removesuffix(";"))
    assert {row[0].split("#")[0] for row in rows} == {f"{name}.html" for name in PAGES}
    found = {row[0]: row for row in rows}
    assert found["provinces/ca-mau.html"][1] == "Cà Mau"
    assert found["provinces/ha-noi.html#refusals"][2] == "What cannot be said, and why"
    assert "Thừa Thiên Huế" in found["index.html#changed"][3]
    for address in found:
        page, _, anchor = address.partition("#")
        assert not anchor or read(page.removesuffix(".html")).find(id=anchor), address


def test_sections_are_read_from_headings_with_their_own_ids_too() -> None:
    html = '<main><h1>A</h1><p>one<br>two</p><svg><path/></svg><h2 id="b">B</h2><p>three</p></main><p>no</p>'
    assert [(part.anchor, part.title, part.text) for part in read_sections(html)] == [
        ("", "A", "one two"),
        ("b", "B", "three"),
    ]


def test_the_same_project_gives_the_same_bytes(site: Path, project: Path, tmp_path: Path) -> None:
    render(project, tmp_path / "again")
    first, second = (
        {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (site, tmp_path / "again")
    )
    assert first == second


def test_a_new_site_replaces_the_earlier_one_whole(project: Path, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "stale.html").write_text("stale")
    render(project, tmp_path / "site")
    assert not (tmp_path / "site" / "stale.html").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report", "site"]


BROKEN = {
    "front matter that is not YAML": ("sources.qmd", b"---\ntitle: [\n---\n"),
    "bytes that are not UTF-8": ("sources.qmd", b"---\ntitle: x\nroot: .\n---\n\xff\xfe\n"),
    "a picture that is not there": ("sources.qmd", b"---\ntitle: x\nroot: .\n---\n![](figures/none.svg)\n"),
    "a reference to nothing": ("sources.qmd", b"---\ntitle: x\nroot: .\n---\nSee @fig-none.\n"),
    "a number given twice": (
        "sources.qmd",
        b"---\ntitle: x\nroot: .\n---\n::: {#fig-a}\nx\n\na\n:::\n\n::: {#fig-a}\nx\n\na\n:::\n",
    ),
}


@pytest.mark.parametrize(("page", "content"), BROKEN.values(), ids=BROKEN)
def test_an_unreadable_page_is_named_and_the_earlier_site_survives(
    page: str, content: bytes, project: Path, tmp_path: Path
) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("earlier")
    (project / page).write_bytes(content)
    with pytest.raises(RenderError) as caught:
        render(project, tmp_path / "site")
    assert caught.value.where == page
    assert (tmp_path / "site" / "index.html").read_text() == "earlier"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report", "site"]


def test_unreadable_settings_are_named(project: Path, tmp_path: Path) -> None:
    (project / "_quarto.yml").write_text("project: [")
    with pytest.raises(RenderError, match=r"_quarto\.yml"):
        render(project, tmp_path / "site")


def test_a_project_without_pages_is_refused(project: Path, tmp_path: Path) -> None:
    for path in project.rglob("*.qmd"):
        path.unlink()
    with pytest.raises(RenderError, match=r"pages \(\.qmd\)"):
        render(project, tmp_path / "site")


def test_an_unknown_renderer_is_refused() -> None:
    with pytest.raises(RenderError, match="auto"):
        choose("word")  # type: ignore[arg-type]


def test_a_missing_quarto_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policyreport.publishing.renderers.quarto.find_program", lambda: None)
    with pytest.raises(RenderError, match="pandoc"):
        choose("quarto")
    assert choose("auto").name == "pandoc"


def test_the_typeface_has_every_letter_of_vietnamese_and_digits_of_one_width() -> None:
    letters = "ăâđêôơưĂÂĐÊÔƠƯ" + "".join(
        chr(code) for code in range(0x1EA0, 0x1EFA)
    )  # Latin Extended Additional: letters with one or two marks
    assert set(letters) <= set(web_characters())
    for source in desktop_fonts():
        font = tabular_font(source)
        glyphs = font.getBestCmap()
        assert all(ord(letter) in glyphs for letter in letters)
        assert len({font["hmtx"][f"{glyphs[ord(digit)]}.tnum"][0] for digit in "0123456789"}) == 1
        assert "tnum" in {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}


def test_the_site_carries_the_typeface_in_small_files_with_its_licence() -> None:
    sizes = {path.name: path.stat().st_size for path in (THEME / "fonts").glob("*.woff2")}
    # Loaded by pages with formulas alone.
    assert sizes.pop("stix-two-math.woff2") < 80_000
    assert len(sizes) == 4
    assert max(sizes.values()) < 30_000
    for licence in ("OFL.txt", "OFL-stix-two-math.txt"):
        assert "SIL OPEN FONT LICENSE" in (THEME / "fonts" / licence).read_text("utf-8").upper()
