"""In how many specifications a headline holds, each fault as it was found."""

from collections.abc import Callable

import pytest

from policyreport import headline_specifications, score_specifications
from policyreport.data.inputs import Inputs
from policyreport.records.markdown import unmarked
from policyreport.records.series import Sensitivity
from policyreport.running.plan import EditionData


@pytest.fixture(scope="module")
def nation(known_q4: EditionData, slice_of: Callable[..., Inputs]) -> Inputs:
    return slice_of(known_q4, "series", "VN")


@pytest.fixture(scope="module")
def grids(nation: Inputs) -> dict[str, Sensitivity]:
    return {each.method: each for each in headline_specifications(nation) if isinstance(each, Sensitivity)}


def answered(grid: Sensitivity) -> int:
    return sum(not row.refused for row in grid.specifications)


def test_e6_the_first_vintage_of_a_figure_that_was_published_once_is_no_other_choice(grids) -> None:
    """ "26 of 54 specifications" were 27 pairs of duplicates."""
    assert grids["threshold"].of == answered(grids["threshold"]) / 2
    bases = {
        (row.choices["measure"], row.choices["form"], row.estimate)
        for row in grids["pace"].specifications
        if not row.refused
    }
    assert grids["pace"].of == len(bases)


def test_e6_refused_specifications_are_not_counted_among_those_that_could_agree(grids) -> None:
    """ "6 of 30" had 24 refusals."""
    assert grids["trend"].agree == grids["trend"].of == answered(grids["trend"])
    assert 0 < answered(grids["trend"]) < len(grids["trend"].specifications) / 3
    assert grids["exposure"].of == answered(grids["exposure"]) < len(grids["exposure"].specifications)


def test_e6_years_that_are_all_official_are_not_counted_twice(nation: Inputs) -> None:
    for grid in score_specifications(nation):
        if isinstance(grid, Sensitivity):
            assert grid.of == answered(grid) / 2, grid.subject


def test_e6_the_table_counts_refused_and_repeated_ones_apart(grids, nation: Inputs, say) -> None:
    shown = unmarked(say("choices", "headlines", list(grids.values()), data=nation))
    head = next(line for line in shown.splitlines() if line.startswith("| Question"))
    assert [cell.strip() for cell in head.split("|")[3:6]] == ["Holds in", "Refused", "Repeats"]
    growth = next(line for line in shown.splitlines() if line.startswith("| Growth trends"))
    answers, rows = answered(grids["trend"]), len(grids["trend"].specifications)
    assert [cell.strip() for cell in growth.split("|")[3:6]] == [f"{answers} of {answers}", str(rows - answers), "0"]


def test_e6_a_prior_is_named_by_the_revisions_it_is_worth(grids, nation: Inputs, say) -> None:
    """It was "prior of 1 degrees" in one table and "Prior worth 1 revision" in another."""
    both = ("headlines", "specifications")
    shown = unmarked("\n".join(say("choices", macro, list(grids.values()), data=nation) for macro in both))
    assert "prior worth 1 revision:" in shown
    assert "prior worth 2 revisions:" in shown
    assert "degrees" not in shown
