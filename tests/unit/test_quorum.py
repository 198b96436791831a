"""The quorum of an edition decides whether it is published."""

import pytest

from policyreport.errors import ExitCode, RenderError
from policyreport.records.notebooks import NATIONAL_NOTEBOOKS
from policyreport.running.executed import Turnout, count_turnout, require_quorum
from policyreport.running.store import failure_path, record_path, write_whole

AREAS = tuple(f"n{number:02}" for number in range(1, 11))


def fill(store, areas=AREAS, nation=True):
    for area in areas:
        for notebook in ("clean", "trend", "compare"):
            write_whole(record_path(store, area, notebook), b"{}")
    if nation:
        for notebook in NATIONAL_NOTEBOOKS:
            write_whole(record_path(store, "VN", notebook), b"{}")


@pytest.mark.parametrize(
    ("quorum", "areas", "needed"), [(0.9, 10, 9), (0.9, 34, 31), (0.9, 3, 3), (1, 34, 34), (0.7, 10, 7), (0.01, 34, 1)]
)
def test_the_number_needed_is_the_share_rounded_up(quorum, areas, needed):
    assert Turnout(tuple(map(str, range(areas))), (), True, quorum).needed == needed


def test_an_area_counts_when_each_of_its_notebooks_has_a_record(tmp_path):
    fill(tmp_path)
    record_path(tmp_path, "n03", "trend").unlink()
    write_whole(failure_path(tmp_path, "n05", "clean"), b"{}")
    assert count_turnout(tmp_path, AREAS, "VN", 0.9).missing == ("n03", "n05")


def test_an_edition_at_its_quorum_is_published(tmp_path):
    fill(tmp_path, AREAS[1:])
    require_quorum(count_turnout(tmp_path, AREAS, "VN", 0.9), "2025Q4")


def test_one_area_less_is_refused_with_what_is_missing_and_what_to_do(tmp_path):
    fill(tmp_path, AREAS[2:])
    with pytest.raises(RenderError) as caught:
        require_quorum(count_turnout(tmp_path, AREAS, "VN", 0.9), "2025Q4")
    message = str(caught.value)
    assert "results of 9 of 10 areas (quorum 0.9), and the national ones; got 8 areas (without n01, n02)" in message
    assert "policyreport render 2025Q4 --draft" in message
    assert caught.value.exit_code is ExitCode.RENDER


def test_without_the_nations_results_nothing_is_published(tmp_path):
    fill(tmp_path, nation=False)
    with pytest.raises(RenderError, match=r"got 10 areas, without the national ones"):
        require_quorum(count_turnout(tmp_path, AREAS, "VN", 0.9), "2025Q4")


def test_a_draft_says_what_it_lacks_in_each_language(tmp_path):
    fill(tmp_path, AREAS[5:], nation=False)
    turnout = count_turnout(tmp_path, AREAS, "VN", 0.9)
    assert turnout.sentence("en") == (
        "Draft, not for publication. 5 of 10 provinces have results; publication asks for 9. "
        "The country's results are missing."
    )
    assert turnout.sentence("vi").startswith("Bản thảo, không công bố. 5 trên 10 tỉnh")
    assert turnout.sentence("fr") == turnout.sentence("en")
