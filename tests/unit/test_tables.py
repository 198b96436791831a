"""Tables as pandoc reads them."""

import json
from pathlib import Path

import pypandoc
import pytest

from policyreport.errors import UsageError
from policyreport.figures.tables import interval_cell, table
from policyreport.records.formats import NBSP

THEME = Path(__file__).resolve().parents[2] / "reports" / "theme"

COLUMNS = ("Province", "Tasks", "Verdict")


def _html(text):
    return pypandoc.convert_text(text, "html", format="markdown")


def _blocks(text):
    return json.loads(pypandoc.convert_text(text, "json", format="markdown"))["blocks"]


def test_pandoc_reads_one_labelled_table_with_its_caption_and_source():
    text = table("tasks", COLUMNS, [("Alpha", "98 of 187", "above")], "One list. *Counts.*", "Source: a.")
    division, source = _blocks(text)
    assert division["c"][0][0] == "tbl-tasks"
    assert [block["t"] for block in division["c"][1]] == ["Table", "Para"]
    assert source["c"][0][1] == ["source"]


def test_a_pipe_or_a_line_break_in_a_cell_does_not_tear_the_table():
    html = _html(table("x", COLUMNS, [("A|B", "1\n2", "c")], "Caption."))
    assert html.count("<td") == 3
    assert "A|B" in html


def test_a_number_keeps_its_unit_on_its_line():
    text = table("x", COLUMNS, [("A", "94.5% of 1 298", "b")], "Caption.")
    assert f"94.5% of 1{NBSP}298" in text


def test_a_missing_cell_is_a_dash_whose_meaning_the_caption_gives():
    text = table("x", COLUMNS, [("A", None, "b")], "Caption.", empty="not published")
    assert "| – |" in text
    assert f"Caption. –{NBSP}= not published." in text


def test_a_missing_cell_without_a_meaning_is_refused():
    with pytest.raises(UsageError, match="meaning of a dash"):
        table("x", COLUMNS, [("A", None, "b")], "Caption.")


@pytest.mark.parametrize(("rows", "align"), [([("A", "1")], ""), ([("A", "1", "b")], "lx"), ([("A", "1", "b")], "lrz")])
def test_rows_and_alignments_that_do_not_fit_are_refused(rows, align):
    with pytest.raises(UsageError, match='table "x"'):
        table("x", COLUMNS, rows, "Caption.", align=align)


def test_numbers_are_aligned_right_unless_told_otherwise():
    head = _html(table("x", COLUMNS, [("A", "1", "b")], "Caption.", align="lrl")).split("</thead>")[0]
    assert [line.split("text-align: ")[1].split(";")[0] for line in head.splitlines() if "text-align" in line] == [
        "left", "right", "left",
    ]  # fmt: skip


def test_classes_tell_the_site_to_sort_and_to_scroll():
    classes = _blocks(table("x", COLUMNS, [("A", "1", "b")], "C.", sortable=True, wide=True))[0]["c"][0][1]
    assert classes == ["sortable", "wide"]


def test_an_interval_cell_is_a_picture_on_the_site_and_in_the_pdf_beside_its_number():
    cell = interval_cell("94.5%", 0.945, 0.93, 0.96, (0, 1), mark=0.16)
    text = table("x", COLUMNS, [("A", cell, "b")], "Caption.")
    site = pypandoc.convert_text(text, "html", format="markdown", filters=[str(THEME / "html.lua")])
    assert site.count("<svg") == site.count("</svg>") == 1
    assert site.index("94.5") < site.index("<svg")
    assert "var(--accent)" in site
    paper = pypandoc.convert_text(text, "typst", format="markdown", filters=[str(THEME / "typst.lua")])
    assert "#cell-picture(" in paper


def test_an_interval_cell_places_low_value_and_high_in_order_inside_the_cell():
    assert interval_cell("x", 5, 2, 30, (0, 10)) == 'x []{.interval value="48.0" low="21.6" high="92.0"}'


def test_an_interval_cell_without_interval_has_no_ends():
    assert interval_cell("x", 5, None, 3, (0, 10)) == 'x []{.interval value="48.0"}'


def test_a_scale_without_length_is_refused():
    with pytest.raises(UsageError, match="low to high"):
        interval_cell("x", 1, None, None, (1, 1))
