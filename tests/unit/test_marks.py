"""Marks at printed values name the rows behind them and can be taken out again."""

import pypandoc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyreport.figures.tables import table
from policyreport.publishing.source_marks import SourceMarks
from policyreport.records.markdown import compact, expand, mark, read_marks, unmarked

FILES = st.sampled_from(["nso/PL.V03.01.csv", "hue-ngay-nay/central-2025-12-27.csv", "a/b.csv"])
IDS = st.lists(st.builds("{}#{}".format, FILES, st.integers(2, 60)), min_size=1)


@given(IDS)
def test_ids_come_back_from_their_short_form_each_once(ids):
    assert sorted(expand(compact(ids))) == sorted(set(ids))


def test_neighbouring_rows_of_a_file_are_a_range():
    assert compact(["a/b.csv#4", "a/b.csv#2", "a/b.csv#3", "a/b.csv#9"]) == "a/b.csv#2-4,9"


@pytest.mark.parametrize("id", ["params/policy.yaml#R57-09", "params/policy.yaml#threshold", "nso/PL.V03.01.csv"])
def test_an_id_that_is_no_row_stays_as_it_is(id):
    assert expand(compact([id, "a/b.csv#2"])) == tuple(sorted([id, "a/b.csv#2"]))


def test_a_value_without_rows_is_not_marked():
    assert mark("1,227", []) == "1,227"


def test_marks_are_read_with_the_line_they_stand_in():
    text = f"# A\n\nBefore: {mark('103 of 600', ['a/b.csv#2'])}, then {mark('1,227', ['a/b.csv#3', 'c/d.csv#2'])}.\n"
    first, second = read_marks(text)
    assert (first.text, first.rows, first.line) == ("103 of 600", ("a/b.csv#2",), "Before: 103 of 600, then 1,227.")
    assert second.rows == ("a/b.csv#3", "c/d.csv#2")
    assert unmarked(text) == "# A\n\nBefore: 103 of 600, then 1,227.\n"


def test_pandoc_reads_a_mark_as_a_span_in_a_sentence_and_in_a_table_cell():
    value = mark("> 16%", ["camau-portal/central-2025-10-15.csv#10"])
    text = table("x", ["A", "B"], [["one", value]], f"Said {value}.")
    page = SourceMarks().numbered(text)
    html = pypandoc.convert_text(page, "html", format="markdown", extra_args=["--wrap=none"])
    assert html.count('<span class="v" rows="0">&gt; 16') == 2


def test_a_mark_does_not_widen_its_column():
    cells = "1", mark("1", ["a/b.csv#2"])
    plain, marked = (table("x", ["A"], [[cell]], "C.").splitlines() for cell in cells)
    assert plain[3] == marked[3]
