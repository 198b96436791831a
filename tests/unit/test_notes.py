"""What a source said in its own words is found in notes, and nothing else is taken for it."""

import pytest

from policyreport.data.notes import printed_as, told_time


@pytest.mark.parametrize(
    ("note", "told"),
    [
        ("date not stated, about the middle of 2025", "about the middle of 2025"),
        ("date not stated, about September or October 2025; printed as late", "about September or October 2025"),
        ("about a third of the tasks", ""),
        ("as of 30 September 2025", ""),
        ("", ""),
    ],
)
def test_a_time_is_told_where_about_and_a_year_stand_in_one_clause(note: str, told: str) -> None:
    assert told_time([note]) == told


def test_the_first_note_that_tells_a_time_counts() -> None:
    assert told_time(["", "about May 2025", "about June 2025"]) == "about May 2025"


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("date not stated; printed as behind schedule or at risk of delay", "behind schedule or at risk of delay"),
        ("printed as not completed, of which some late", "not completed"),
        ("printed in brackets", ""),
    ],
)
def test_the_source_s_own_word_is_what_follows_printed_as(note: str, words: str) -> None:
    assert printed_as([note]) == words
