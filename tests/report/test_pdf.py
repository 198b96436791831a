"""The PDF of the embedded renderer: what a reader, a screen reader and a second run find in it."""

import os
import re
import shutil
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pypdf
import pytest

from policyreport.errors import RenderError
from policyreport.publishing.renderers.pandoc import PandocRenderer
from policyreport.publishing.report import numbered_as

ROOT = Path(__file__).parents[2]
SAMPLE = Path(__file__).parent / "sample"
LETTERS = "ă â đ ê ô ơ ư á à ả ã ạ ắ ằ ẳ ẵ ặ ấ ầ ẩ ẫ ậ é è ẻ ẽ ẹ ế ề ể ễ ệ í ì ỉ ĩ ị ó ò ỏ õ ọ ố ồ ổ ỗ ộ ớ ờ ở ỡ ợ"
LETTERS += " ú ù ủ ũ ụ ứ ừ ử ữ ự ý ỳ ỷ ỹ ỵ"
NAMES = ("Thừa Thiên Huế", "Đắk Lắk", "Nghệ An", "Thành phố Hồ Chí Minh")

render_pdf = PandocRenderer().render_pdf
# Where an edition was made, its book is looked at too.
BUILD = Path(os.environ.get("BUILD", ROOT / "build" / "2025Q4"))
Render = Callable[[str], pypdf.PdfReader]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pdf") / "report"
    shutil.copytree(SAMPLE, folder)
    shutil.copytree(ROOT / "reports" / "theme", folder / "theme")
    return folder


@pytest.fixture(scope="module")
def sample(project: Path) -> pypdf.PdfReader:
    pdf = project.parent / "sample.pdf"
    PandocRenderer().render_pdf(project, pdf, lambda line: None)
    return pypdf.PdfReader(pdf)


@pytest.fixture
def render(project: Path, tmp_path: Path) -> Render:
    """Render a document of its own with the sample's figures and theme."""

    def rendered(body: str) -> pypdf.PdfReader:
        folder = tmp_path / "report"
        shutil.copytree(project, folder, dirs_exist_ok=True)
        (folder / "report.qmd").write_text(f"---\ntitle: A test\n---\n\n{body}\n", encoding="utf-8")
        PandocRenderer().render_pdf(folder, tmp_path / "report.pdf", lambda line: None)
        return pypdf.PdfReader(tmp_path / "report.pdf")

    return rendered


def words(reader: pypdf.PdfReader, first: int = 0) -> str:
    """All text from a page on, with single spaces and composed letters."""
    text = " ".join(page.extract_text() for page in reader.pages[first:])
    return " ".join(unicodedata.normalize("NFC", text).split())


def bookmarks(reader: pypdf.PdfReader) -> dict[str, int]:
    flat = [entry for entry in reader.outline if not isinstance(entry, list)]
    return {str(entry.title): reader.get_destination_page_number(entry) for entry in flat}


def targets(reader: pypdf.PdfReader, page: int) -> list[int]:
    """Pages that the links of a page lead to."""
    pages = [each.indirect_reference.idnum for each in reader.pages]
    found = []
    for note in reader.pages[page].get("/Annots", []):
        place = note.get_object()
        place = place.get("/Dest") or place.get("/A", {}).get("/D")
        if isinstance(place, str):
            found.append(reader.get_destination_page_number(reader.named_destinations[place]))
        elif place is not None:
            found.append(pages.index(place[0].idnum))
    return found


def test_the_document_says_its_title_language_and_that_it_is_tagged(sample: pypdf.PdfReader) -> None:
    root = sample.trailer["/Root"]
    assert sample.metadata is not None
    assert sample.metadata.title == "Resolution 57 in practice"
    assert str(root["/Lang"]).startswith("en")
    assert root["/MarkInfo"]["/Marked"].value is True
    assert "/StructTreeRoot" in root
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()


def test_the_document_carries_no_date(sample: pypdf.PdfReader) -> None:
    assert sample.metadata is not None
    assert sample.metadata.creation_date is None
    assert b"xmp:CreateDate" not in sample.trailer["/Root"]["/Metadata"].get_data()


def test_two_runs_give_the_same_bytes(project: Path, tmp_path: Path) -> None:
    for name in ("one.pdf", "two.pdf"):
        PandocRenderer().render_pdf(project, tmp_path / name, lambda line: None)
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


def test_no_path_of_the_machine_is_in_the_document(project: Path, sample: pypdf.PdfReader) -> None:
    assert str(project.parent) not in words(sample)
    assert str(project.parent).encode() not in (project.parent / "sample.pdf").read_bytes()


def test_every_chapter_has_a_bookmark_and_begins_a_page(sample: pypdf.PdfReader) -> None:
    assert bookmarks(sample) == {"Summary": 1, "Tasks": 2, "Hà Nội": 3}


def test_the_contents_give_the_page_that_the_chapter_bears(render: Render) -> None:
    reader = render("# Summary\n\nA.\n\n::: {.contents}\n:::\n\n# Tasks\n\nB.\n\n# Hà Nội\n\nC.")
    assert bookmarks(reader) == {"Summary": 1, "Tasks": 3, "Hà Nội": 4}
    contents = words(reader).split("Contents")[1].split("As known on")[0]
    for title, index in bookmarks(reader).items():
        assert re.search(rf"{title}\W+{index + 1}\b", contents), (title, contents)


def test_a_page_says_edition_chapter_and_number(sample: pypdf.PdfReader) -> None:
    page = words(sample, first=3)
    assert "Edition 2025 Q4" in page
    assert "As known on 31 January 2026" in page
    assert page.count("Hà Nội") >= 2
    assert page.rstrip().endswith("4")


def test_figures_and_tables_are_numbered_and_referred_to(sample: pypdf.PdfReader) -> None:
    text = words(sample).replace("\N{NO-BREAK SPACE}", " ")
    assert "Figure 1 shows the four counts and Table 1 gives them." in text
    assert "Figure 1 Half of the list was closed" in text
    assert "Table 1 Counts as published" in text
    assert "Figure 2 Growth has stayed within the band" in text


def test_the_text_of_a_figure_is_text_in_the_reports_typeface(sample: pypdf.PdfReader) -> None:
    assert "1,227 of 1,298" in words(sample, first=2)
    fonts = {str(font) for page in sample.pages for font in _font_names(page)}
    assert all("BeVietnamPro" in name for name in fonts), fonts


def _font_names(page: pypdf.PageObject) -> list[str]:
    resources = page["/Resources"]
    return [font.get_object()["/BaseFont"] for font in resources.get("/Font", {}).values()]


def test_what_is_for_the_site_stays_out(sample: pypdf.PdfReader) -> None:
    text = words(sample)
    assert "This paragraph stands in the PDF only." in text
    assert "on the site only" not in text


def test_every_vietnamese_letter_can_be_read_back(render: Render) -> None:
    body = f"# Letters\n\n{LETTERS}\n\n{LETTERS.upper()}\n\n**{LETTERS}**\n\n" + "\n\n".join(NAMES)
    text = words(render(body))
    for letter in [*LETTERS.split(), *LETTERS.upper().split()]:
        assert letter in text
    for name in NAMES:
        assert name in text


def test_a_table_that_breaks_repeats_its_header(render: Render) -> None:
    rows = "\n".join(f"| Province {n} | {n} |" for n in range(120))
    table = f"::: {{#tbl-long}}\n\n| Province | Tasks listed |\n|:--|--:|\n{rows}\n\nA finding. *Tasks*\n:::"
    reader = render(f"# Table\n\n{table}")
    pages = [" ".join(page.extract_text().split()) for page in reader.pages[1:]]
    assert len(pages) >= 3
    assert all("Tasks listed" in page for page in pages)


def test_a_figure_stands_on_one_page_with_its_source(render: Render) -> None:
    figure = '::: {{#fig-{n}}}\n![](figures/tasks.svg){{fig-alt="Bars"}}\n\nFinding {n}. *Tasks*\n:::\n\n'
    figure += "::: {{.source}}\nSource of {n}.\n:::\n\n"
    reader = render("# Figures\n\n" + "".join(figure.format(n=n) for n in range(6)))
    pages = [page.extract_text() for page in reader.pages]
    for n in range(6):
        assert any(f"Finding {n}." in page and f"Source of {n}." in page for page in pages)


def test_a_link_to_a_page_of_the_site_leads_to_its_chapter(render: Render) -> None:
    first = "# Tasks {#page-tasks}\n\nSee [growth](growth.html#method), [here](#method), [none](absent.html).\n"
    reader = render(f"{first}\n## Method {{#method}}\n\nA.\n\n# Growth {{#page-growth}}\n\n## Method {{#method}}\n\nB.")
    assert sorted(targets(reader, 1)) == [1, 2]
    assert ", none." in words(reader)


def test_blocks_of_the_report_keep_their_words(render: Render) -> None:
    body = """# Blocks

::: {.callout-warning}
## A title

Titled.
:::

:::: {.findings}
::: {.finding}
### Half is done: 50% (5 of 10)

![](figures/tasks-small.svg){fig-alt="Bars"}

One line of text.
:::
::::

:::: {.strip}
::: {.strip-item}
Tasks completed

50%

5 of 10
:::
::::

:::: {.columns-2}
::: {.column}
Left.
:::
::: {.column}
Right.
:::
::::

::: {.callout-note}
Untitled.
:::

![](figures/tasks-small.svg){fig-alt="The place" .locator}

::: {.summary}
Short.
:::

A formula $p = x / n$ in a line.
"""
    text = words(render(body))
    pieces = (
        "Half is done: 50% (5 of 10)",
        "One line of text.",
        "Tasks completed 50% 5 of 10",
        "A formula",
    )
    for piece in (*pieces, "Left.", "Right.", "A title", "Titled.", "Note", "Untitled.", "Short."):
        assert piece in text


def test_the_reports_words_follow_its_language(project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "report"
    shutil.copytree(project, folder)
    settings = (folder / "_quarto.yml").read_text(encoding="utf-8")
    settings = settings.replace("lang: en", "lang: vi").replace("fig-title: Figure", "").replace("tbl-title: Table", "")
    (folder / "_quarto.yml").write_text(settings, encoding="utf-8")
    body = (folder / "report.qmd").read_text(encoding="utf-8").replace("lang: en", "lang: vi")
    body += "\n::: {.contents}\n:::\n"
    (folder / "report.qmd").write_text(body, encoding="utf-8")
    PandocRenderer().render_pdf(folder, tmp_path / "report.pdf", lambda line: None)
    reader = pypdf.PdfReader(tmp_path / "report.pdf")
    text = words(reader)
    assert str(reader.trailer["/Root"]["/Lang"]).startswith("vi")
    for word in ("Mục lục", "Kỳ báo cáo 2025 Q4", "Hình 1", "Bảng 1"):
        assert word in text


def test_a_picture_without_words_stops_and_is_named(render: Render) -> None:
    with pytest.raises(RenderError, match=r"figures/tasks\.svg has no fig-alt"):
        render("# A\n\n![](figures/tasks.svg)")


def test_a_reference_to_nothing_stops_and_is_named(render: Render) -> None:
    with pytest.raises(RenderError, match=r"report\.qmd.*fig-absent.*does not exist"):
        render("# A\n\nSee @fig-absent.")


def test_a_failure_keeps_the_earlier_pdf_and_typsts_message(render: Render, tmp_path: Path) -> None:
    render("# A\n\nWords.")
    earlier = (tmp_path / "report.pdf").read_bytes()
    with pytest.raises(RenderError, match=r"file not found.*nowhere\.svg"):
        render('# A\n\n![](figures/nowhere.svg){fig-alt="Nothing."}')
    assert (tmp_path / "report.pdf").read_bytes() == earlier
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report", "report.pdf"]


def test_a_project_without_the_document_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"no such file.*Assemble the report first"):
        PandocRenderer().render_pdf(tmp_path, tmp_path / "report.pdf", lambda line: None)


def test_figures_and_tables_bear_the_numbers_they_are_given(render: Render) -> None:
    table = "| A | B |\n|:--|--:|\n| 1 | 2 |\n\n{} *Tasks*\n:::\n"
    reader = render(
        f"# One\n\n::: {{#tbl-a number=3}}\n\n{table.format('Third.')}\n"
        f"::: {{#tbl-b .unnumbered}}\n\n{table.format('Without.')}\n"
        f"# Two\n\n::: {{#tbl-c number=1}}\n\n{table.format('First.')}\nSee @tbl-a and @tbl-c."
    )
    text = words(reader).replace("\N{NO-BREAK SPACE}", " ")
    assert "Table 3 Third." in text
    assert "Table 1 First." in text
    assert not re.search(r"Table \d+ Without", text)
    assert "See Table 3 and Table 1." in text


def test_what_a_full_page_has_no_room_for_is_left_out(render: Render) -> None:
    part = "::: {{.if-room}}\n{}\n:::\n\n"
    long = "\n\n".join(f"Line {n}." for n in range(60))
    body = "# A\n\n:::: {.one-page}\nAlways.\n\n" + part.format(long) + part.format("Short.") + "::::\n"
    reader = render(body)
    assert len(reader.pages) == 2
    assert "Always. Short." in words(reader)
    assert "Line 1." not in words(reader)


def test_the_numbers_of_a_chapter_are_those_of_the_sites_page() -> None:
    page = "::: {#tbl-a .wide}\n:::\n::: {#fig-b}\n:::\n:::: {#tbl-c}\n::::\n"
    chapter = "::: {#tbl-c}\n:::\n::: {#tbl-key .wide}\n:::\n::: {#fig-b}\n:::\n"
    expected = "::: {#tbl-c number=2}\n:::\n::: {#tbl-key .unnumbered .wide}\n:::\n::: {#fig-b number=1}\n:::\n"
    assert numbered_as(page, chapter) == expected


@pytest.mark.parametrize("language", ["", "-vi"])
def test_the_book_of_a_made_edition_has_at_most_65_pages_and_one_for_each_province(language: str) -> None:
    book = BUILD / f"report-{BUILD.name}{language}.pdf"
    if not book.is_file() or not book.with_name(f"report-{BUILD.name}-annex{language}.pdf").is_file():
        pytest.skip(f"{book} was not made; `policyreport render {BUILD.name}` makes it")
    reader = pypdf.PdfReader(book)
    assert len(reader.pages) <= 65
    starts = [*list(bookmarks(reader).values())[-34:], len(reader.pages)]
    assert [last - first for first, last in pairwise(starts)] == [1] * 34
