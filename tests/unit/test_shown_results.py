"""Results that a record holds stand on a page too: p by every method, an event study of every exposure."""

from collections.abc import Callable

import pytest

from policyreport import assess, present
from policyreport.exhibits import Exhibit
from policyreport.formats import Formats
from policyreport.inputs import Inputs
from policyreport.marks import unmarked
from policyreport.plan import Known
from policyreport.records.series import Exposure


@pytest.fixture(scope="module")
def nation(slice_of: Callable[..., Inputs], known_q4: Known) -> Inputs:
    return slice_of(known_q4, "evaluation", "VN")


@pytest.fixture(scope="module")
def exposures(nation: Inputs) -> tuple[Exposure, ...]:
    return tuple(each for each in assess.exposure(nation) if isinstance(each, Exposure))


@pytest.fixture(scope="module")
def together(nation: Inputs, exposures: tuple[Exposure, ...]) -> dict[str, Exhibit]:
    shown = present.side_by_side(assess.panel(nation), exposures, assess.ranks(nation), assess.steps(nation), nation)
    return {each.id: each for each in shown}


def plain(exhibit: Exhibit) -> str:
    return unmarked(exhibit.markdown).replace("\u00a0", " ")


def test_the_table_of_exposures_has_p_by_every_method(
    exposures: tuple[Exposure, ...], together: dict[str, Exhibit]
) -> None:
    rows = [line for line in plain(together["exposure"]).splitlines() if line.startswith("| ")][2:]
    assert len(rows) == len(exposures) == 3
    for row, each in zip(rows, exposures, strict=True):
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        wanted = [Formats().p_value(p).replace("\u00a0", " ") for p in (each.crv1_p, each.ri_c_p)]
        assert cells[-2:] == wanted


def test_the_event_study_is_drawn_for_every_exposure(
    exposures: tuple[Exposure, ...], together: dict[str, Exhibit]
) -> None:
    said = plain(together["exposure-study"])
    for each in exposures:
        for point in each.event_study:
            assert f"{point.year} {Formats().number(point.estimate, 2, signed=True)}" in said
    assert said.count(" of 4 by ") == 3
