"""Nothing said of a share claims more than holds: its chance, its bar, its year, what its total tells of the rest."""

import re
from collections.abc import Callable

import pytest

from policyreport import assess, present
from policyreport.inputs import Inputs
from policyreport.marks import unmarked
from policyreport.plan import Known
from policyreport.present.overview import _shares as share_findings
from policyreport.present.voice import Voice

LINE = 16.0


@pytest.fixture(scope="module")
def nation(known_q4: Known, slice_of: Callable[..., Inputs]) -> Inputs:
    return slice_of(known_q4, "evaluation", "VN")


def plain(text: str) -> str:
    """Text without marks and fixed spaces."""
    return unmarked(text).replace("\u00a0", " ")


def exhibits(inputs: Inputs) -> dict[str, str]:
    """The exhibits of the share's page, by id."""
    results = assess.share(inputs), assess.share_pace(inputs), assess.revisions(inputs), assess.other_quantity(inputs)
    return {each.id: plain(each.markdown) for each in present.national_share(*results, inputs)}


def overview(inputs: Inputs) -> str:
    """The findings on shares of the front page."""

    class Record:
        share, pace = assess.share(inputs), assess.share_pace(inputs)
        other_quantity = assess.other_quantity(inputs)

    return "\n\n".join(plain(text) for text, _ in share_findings(Voice(inputs), Record()))


def rows_of(table: str) -> list[list[str]]:
    """Cells of a Markdown table's body."""
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


# ---- the chance of a revision ------------------------------------------------------------------------------


def test_e3_a_chance_that_hangs_on_the_prior_is_a_range(nation: Inputs) -> None:
    pages = [*exhibits(nation).values(), overview(nation)]
    assert not [page for page in pages if "less than 1 %" in page]
    for page in (exhibits(nation)["share-table"], overview(nation)):
        assert "0.03 % to 3 %, depending on the prior" in page
        assert "0.03 % to 6 %" in page


def test_e3_the_bar_of_a_verdict_does_not_cross_the_line(nation: Inputs) -> None:
    judged = {tuple(row[:2]): row for row in rows_of(exhibits(nation)["share-table"])}
    assert len(judged) == 11
    for (measure, year), row in judged.items():
        low, high = (float(end) for end in row[5].split("–"))
        crosses = low < LINE < high
        verdict = re.match(r"\*(.*?)\*", row[6])[1]
        assert crosses == (verdict == "cannot tell apart"), (measure, year, row[5], verdict)
