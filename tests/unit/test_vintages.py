"""Vintages for a terminal and for the data-quality page; later figures leave an earlier edition as it was."""

import dataclasses
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from policyreport.cli.triangles import read_triangles, triangle_lines, triangle_table
from policyreport.data.inputs import FACTS, Inputs, read_inputs
from policyreport.data.observations.ledger import load_ledger
from policyreport.data.quality import check_boundaries, count_bases
from policyreport.errors import DataError, UsageError
from policyreport.figures import plot
from policyreport.publishing.finding_values import finding_values
from policyreport.publishing.provenance import read_provenance
from policyreport.publishing.quality_values import boundary_values
from policyreport.records.base import Observation, Refusal
from policyreport.records.markdown import unmarked
from policyreport.records.shares import MeasureDifference, Revisions
from policyreport.running import plan
from policyreport.running.plan import EditionData
from policyreport.statistics.shares import revisions
from policyreport.statistics.shares.revisions import measure_differences, revisions_of_share

ROOT = Path(__file__).parents[2]
SHARE = "digital_economy_share"


def cells(table: object) -> list[list[str]]:
    columns = [[str(cell) for cell in column.cells] for column in table.columns]  # type: ignore[attr-defined]
    return [list(row) for row in zip(*columns, strict=True)]


# ---- the triangle --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def national() -> object:
    return read_triangles(ROOT, SHARE)


def test_the_triangle_of_the_national_share_is_the_published_one(national) -> None:
    nso = next(each for each in national.triangles if each.measure == "nso")
    table = triangle_table(nso)
    assert [column.header for column in table.columns] == [
        *("period", "2023-12-04", "2024-12-31", "2025-01-06", "2026-01-05 *", "first to last"),
    ]
    assert cells(table) == [
        ["2020", "–", "12.66", "12.66", "–", "0.00"],
        ["2021", "–", "12.88", "12.87", "12.87", "−0.01"],
        ["2022", "12.67", "12.63", "12.83", "–", "+0.16"],
        ["2023", "–", "12.33", "12.87", "–", "+0.54"],
        ["2024", "–", "–", "13.17", "–", "–"],
        ["2025", "–", "–", "–", "14.02", "–"],
    ]
    assert nso.rmse == pytest.approx(0.398246, abs=5e-7)


def test_each_measure_is_a_triangle_of_its_own_and_never_mixed(national) -> None:
    assert [each.measure for each in national.triangles] == ["nso", "mic-mst", "government-report"]
    assert [each.measure for each in national.differences] == ["mic-mst", "government-report"]
    lines = "\n".join(triangle_lines(national))
    assert "mic-mst: not revised but replaced or bounded: 18.6 for 2024 (projection, 2024-11-15)." in lines
    assert "mic-mst minus nso, no revisions (measure-mixed): 2021 −0.96" in lines


def test_an_edition_shows_only_the_vintages_of_its_day(national) -> None:
    then = read_triangles(ROOT, SHARE, edition="2025Q3")
    assert max(cell.published for each in then.triangles for cell in each.cells) <= date(2025, 11, 23)
    assert "government-report" not in {each.measure for each in then.triangles}
    assert len(national.triangles[0].cells) > len(then.triangles[0].cells)


def test_the_provincial_office_is_no_vintage_of_the_statistics_office() -> None:
    (office,) = [each for each in read_triangles(ROOT, "grdp_growth", "o40").differences if each.periods[0] == "2021"]
    assert (office.measure, office.reference) == ("provincial-office", "nso-px-web")
    assert office.periods == ("2021", "2022", "2023", "2024")
    # METHODS §15.
    assert [round(value, 2) for value in office.differences] == [-0.18, -0.58, 2.31, 0.65]
    assert office.rmse == pytest.approx((sum(d**2 for d in office.differences) / 4) ** 0.5, rel=1e-12)


@pytest.mark.parametrize(
    ("indicator", "area", "says"),
    [
        ("grdp_grwth", "", 'did you mean "grdp_growth"'),
        ("grdp_growth", "Nghe Ann", "Nghệ An"),
        ("pci_score", "", "Published for o01"),
        ("tasks_total", "", "Counts on different lists and days are not vintages"),
    ],
)
def test_what_has_no_triangle_is_refused_with_the_next_step(indicator: str, area: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_triangles(ROOT, indicator, area)


# ---- two measures --------------------------------------------------------------------------------------


def figure(period: str, value: float, measure: str, **more: object) -> Observation:
    return Observation.model_validate(
        {
            "id": f"office/{measure}.csv#{period}",
            "area": "o40",
            "indicator": "grdp_growth",
            "measure": measure,
            "period": period,
            "published": date(2025, 1, 31),
            "value": value,
            "unit": "%",
            "status": "observed",
            "source": f"office/{measure}",
        }
        | more
    )


def test_differences_are_of_common_periods_and_newest_values() -> None:
    office = [figure("2021", 6.0, "office"), figure("2021", 6.2, "office", published=date(2025, 3, 1), id="b#1")]
    nation = [figure("2021", 6.0, "nation"), figure("2022", 9.0, "nation")]
    found = revisions.between_measures(office, nation)
    assert isinstance(found, MeasureDifference)
    assert (found.periods, found.inputs) == (("2021",), ("b#1", "office/nation.csv#2021"))
    assert found.differences == pytest.approx((0.2,))
    assert found.rmse == pytest.approx(0.2)


def test_measures_without_a_common_period_have_no_difference() -> None:
    planned = [figure("2021", 6.0, "office", status="projection")]
    found = revisions.between_measures(planned, [figure("2021", 6.0, "nation")])
    assert isinstance(found, Refusal)
    assert found.code == "not-published"


def test_a_side_of_two_measures_is_refused() -> None:
    mixed = [figure("2021", 6.0, "office"), figure("2022", 6.0, "press")]
    with pytest.raises(DataError, match="values of one measure"):
        revisions.between_measures(mixed, [figure("2021", 6.0, "nation")])


# ---- the data-quality page -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def quality(known_q4: EditionData, slice_of) -> Inputs:
    return slice_of(known_q4, "quality", "VN")


def test_the_page_marks_the_newest_figure_and_column(quality: Inputs, quality_printed, say) -> None:
    revisions = revisions_of_share(quality.shares, quality.settings.revisions)
    differences = measure_differences(quality.figures)
    shown = say("shares", "vintages", revisions, data=quality)
    apart = [(found.measure, cell) for found in revisions if isinstance(found, Revisions) for cell in found.apart]
    projections = [{"measure": measure, "cell": cell, "evidence": {"published": ""}} for measure, cell in apart]
    mixed = unmarked(quality_printed(differences=differences, projections=projections))
    assert "**5\u00a0January 2026** (newest)" in shown
    row = next(line for line in shown.splitlines() if line.startswith("| 2022"))
    assert row.count("**") == 2
    assert "**12.83" in unmarked(row)
    assert any(
        path.endswith("vintages-nso-picture.svg")
        for drawn in plot.share_revisions(revisions, quality)
        for path in drawn.files
    )
    assert "provincial office minus NSO" in mixed
    assert "2021: −0.18, 2022: −0.58, 2023: +2.31, 2024: +0.65" in mixed
    assert "18.6% for 2024, a\nprojection" in mixed


def test_the_boundary_check_lists_merged_provinces_largest_first(quality: Inputs, quality_printed, say) -> None:
    checks = check_boundaries(quality)
    growth = [each for each in checks if each.indicator == "grdp_growth"]
    assert len(growth) == 23
    assert [abs(each.largest) for each in growth] == sorted((abs(each.largest) for each in growth), reverse=True)
    # METHODS §14: Bắc Ninh 2023, 0.637 points.
    assert (growth[0].area, growth[0].largest_year) == ("n24", 2023)
    assert growth[0].largest == pytest.approx(-0.637, abs=5e-4)
    assert {each.area for each in checks if each.beyond} == {"n24", "n33", "n48", "n51", "n56", "n79"}
    bases = count_bases(quality)
    page = quality_printed(checks=boundary_values(checks, read_provenance(ROOT, "2025Q4")))
    assert "3 of 23 merged provinces differ by more than the tolerance" in page
    assert page.count("**beyond, ") == 6
    assert "Our recalculation" in say("boundaries", "bases", bases, data=quality)
    assert "Other weights move a recalculated value by" in say("boundaries", "ranges", bases, data=quality)


def test_the_page_counts_findings_by_rule_province_and_publisher_and_names_decisions(
    quality: Inputs, quality_printed
) -> None:
    provenance = read_provenance(ROOT, "2025Q4")
    written = dataclasses.replace(provenance.facts, sources={source.id: source for source in quality.sources})
    page = quality_printed(findings=finding_values(quality.findings, written, quality.rules, provenance))
    names = ("findings", "findings-areas", "findings-publishers", "corrections")
    rules, areas, publishers, decided = (page.split(f"{{#tbl-{name} ")[1].split("\n## ")[0] for name in names)
    assert f'title="All {len(quality.findings)} findings"' in rules
    assert rules.count("| warning") == len({f.rule for f in quality.findings if f.severity == "warning"})
    assert "| Quảng Ninh" in areas
    assert "Bình Định" not in areas.split("{#tbl-findings-publishers")[0]
    assert "| Nhân Dân" in publishers
    assert "2 figures are read otherwise than printed, 40 are kept out." in " ".join(decided.split())


# ---- an earlier edition, rebuilt -----------------------------------------------------------------------

LATER = """area,indicator,measure,period,published,value,unit,status
VN,digital_economy_share,nso,2023,2026-10-31,13.01,% of GDP,observed
n40,grdp_growth,nso-px-web,2025,2026-10-31,8.9,"% real (constant 2010 prices), year on year",observed
n96,dti_score,mic-mst,2025,2026-10-31,0.71,index 0-1,observed
o40,grdp_growth,provincial-office,2021,2026-10-31,6.31,"% real, year on year",observed
"""


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the project with a file that came out after every edition's day."""
    root = tmp_path_factory.mktemp("later")
    for part in ("params", "data", "notebooks"):
        shutil.copytree(ROOT / part, root / part)
    path = root / "data" / "raw" / "office" / "later.csv"
    path.parent.mkdir()
    path.write_text(LATER, encoding="utf-8")
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    path.with_name("later.source.yaml").write_text(
        "publisher: An office\ntitle: A later table\naddress: https://example.org\npublished: 2026-10-31\n"
        f"accessed: 2026-11-22\nlicence: none stated\nsha256: {sha256}\n",
        encoding="utf-8",
    )
    assert len(load_ledger(root)) == len(load_ledger(ROOT)) + 4
    yield root
    plan.load_edition.cache_clear()


@pytest.mark.parametrize(("notebook", "area"), [("clean", "n40"), ("clean", "n96"), ("trend", "n96")])
def test_an_earlier_edition_gives_the_same_bytes_after_later_figures_came_in(
    notebook: str, area: str, known_q3: EditionData, later: Path, tmp_path: Path, made_record
) -> None:
    made = []
    for root, known in ((ROOT, known_q3), (later, plan.load_edition(later, "2025Q3"))):
        files = plan.slice_files(root, known, notebook, area, None)
        folder = tmp_path / str(len(made))
        for name, body in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(body)
        made.append((files, made_record(read_inputs(folder)).to_json()))
    assert made[0] == made[1]


def test_the_nations_facts_of_an_earlier_edition_are_the_same_bytes_too(known_q3: EditionData, later: Path) -> None:
    slices = [
        plan.slice_files(root, known, "quality", "VN", None)
        for root, known in ((ROOT, known_q3), (later, plan.load_edition(later, "2025Q3")))
    ]
    assert slices[0] == slices[1]
    assert len(json.loads(slices[0][FACTS])["findings"]) > 50


def test_the_later_figures_would_be_seen_by_an_edition_of_their_day(later: Path) -> None:
    found = read_triangles(later, SHARE).triangles[0]
    assert isinstance(found, Revisions)
    assert [cell.value for cell in found.cells if cell.period == "2023"] == [12.33, 12.87, 13.01]


# ---- across the change of boundaries -------------------------------------------------------------------


def test_every_figure_of_a_merged_province_that_crosses_the_change_of_boundaries_says_so(
    known_q4: EditionData, slice_of, made_record, cell: Callable[..., Any], say_of_series, growth_compared, say
) -> None:
    inputs = slice_of(known_q4, "compare", "n96")
    growth, income = cell(inputs, "trend", "growth"), (cell(inputs, "trend", "income"),)
    shown = [
        say_of_series(inputs, "growth", growth=growth),
        say_of_series(inputs, "income", income=income),
        growth_compared(inputs),
        say("strip", "strip", made_record(inputs).strip, data=inputs),
    ]
    for text in shown:
        assert inputs.wording.sentence("back-cast", "en") in text
    drawn, trend = plot.growth(growth, inputs)
    for picture in (drawn, *plot.income(inputs)):
        assert any("merger, Jul\u00a02025" in svg for svg in picture.files.values()), picture.label
    assert "dotted line: merger, Jul\u00a02025" in next(
        svg for path, svg in trend.files.items() if "narrow" not in path
    )


def test_a_province_that_kept_its_boundaries_is_flagged_only_where_others_are_beside_it(
    known_q4: EditionData, slice_of, made_record, cell: Callable[..., Any], say_of_series, growth_compared, say
) -> None:
    inputs = slice_of(known_q4, "compare", "n01")
    strip = say("strip", "strip", made_record(inputs).strip, data=inputs)
    assert inputs.wording.sentence("back-cast", "en") not in strip
    said = say_of_series(inputs, "growth", growth=cell(inputs, "trend", "growth"))
    assert inputs.wording.sentence("back-cast", "en") not in said
    assert inputs.wording.sentence("back-cast", "en") in growth_compared(inputs)
