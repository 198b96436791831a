"""What a province's page and the overview say so that it cannot be read the other way round."""

import dataclasses
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from policyreport.data.inputs import Inputs
from policyreport.data.observations.known import newest_publication
from policyreport.data.quality import list_changes
from policyreport.data.selection import mean_of, series
from policyreport.params.wording import read_wording
from policyreport.publishing.names import name_filters
from policyreport.publishing.provenance import read_provenance
from policyreport.records.base import Finding, Gap, Refusal
from policyreport.records.markdown import as_read, unmarked
from policyreport.records.periods import period_bounds
from policyreport.records.series import Peers, Trend
from policyreport.running.plan import EditionData
from policyreport.statistics.shares.pace import pace_of_share

ROOT = Path(__file__).parents[2]
SliceOf = Callable[..., Inputs]


def read(markdown: str) -> str:
    """Markdown as read: without marks, emphasis and hard spaces."""
    return as_read(unmarked(markdown)).replace("\u00a0", " ").replace("*", "")


@pytest.mark.parametrize("area", ["n96", "n44"])
def test_a_governance_trend_is_told_with_the_scores_own_way_the_means_and_the_difference(
    known_q4: EditionData,
    slice_of: SliceOf,
    with_one_questionnaire: Callable[[Inputs], Inputs],
    area: str,
    cell: Callable[..., Any],
    say_of_series: Callable[..., str],
) -> None:
    inputs = with_one_questionnaire(slice_of(known_q4, "trend", area))
    results = cell(inputs, "trend", "governance")
    moved = [each for each in results if isinstance(each, Trend) and each.verdict != "no clear trend"]
    assert moved
    text = read(say_of_series(inputs, "governance", governance=results))
    measure, areas = inputs.roles.governance.measure, inputs.areas.current(inputs.edition.as_known_on)
    for each in moved:
        own = {point.year: point.value for point in series(inputs, area, each.indicator, measure)}
        group = [series(inputs, other, each.indicator, measure) for other in areas]
        mean = {point.year: point.value for point in mean_of(group, len(areas) // 2)}
        first, last = each.first_year, each.last_year
        how = "rose" if own[last] > own[first] else "fell"
        assert f"{how} from {own[first]:.2f} to {own[last]:.2f}, " in text
        assert f"the provinces' mean ({mean[first]:.2f} to {mean[last]:.2f})" in text
        assert f"its difference to the mean is {each.verdict}, " in text
    assert "No score is from after the resolution." in text
    assert not re.search(r"\(PAPI\) (rising|falling)", text)


def test_recalculated_scores_stand_with_the_range_of_parts_and_of_weights(
    known_q4: EditionData, slice_of: SliceOf, cell: Callable[..., Any], say_of_series: Callable[..., str]
) -> None:
    inputs = slice_of(known_q4, "trend", "n96")
    text = read(say_of_series(inputs, "governance", governance=cell(inputs, "trend", "governance")))
    panel = inputs.panel
    rows = panel[(panel["area"] == "n96") & (panel["basis"] == "recalculated") & (panel["year"] == 2023)]
    rows = rows[rows["indicator"].isin(inputs.roles.governance.indicators)].set_index("indicator")
    parts = rows.loc[(rows["high"] - rows["low"]).idxmax()]
    moved = rows.loc[(rows["weight_high"] - rows["weight_low"]).idxmax()]
    assert f"({parts['low']:.2f}–{parts['high']:.2f})" in text.replace(" to ", "–")
    assert f"({moved['weight_low']:.2f}–{moved['weight_high']:.2f}; printed {moved['value']:.2f})" in text.replace(
        " to ", "–"
    )
    assert "population, output or equal weights" in text
    alone = slice_of(known_q4, "trend", "n01")
    assert "Recalculated scores" not in say_of_series(
        alone, "governance", governance=cell(alone, "trend", "governance")
    )


def test_a_value_without_a_small_part_is_flagged_on_the_page(
    known_q4: EditionData, slice_of: SliceOf, made_record, cell: Callable[..., Any], say_of_series: Callable[..., str]
) -> None:
    inputs = slice_of(known_q4, "trend", "n96")
    assert inputs.wording.sentence("renormalised", "en") not in say_of_series(
        inputs, "governance", governance=cell(inputs, "trend", "governance")
    )
    mine = (inputs.panel["area"] == "n96") & (inputs.panel["indicator"] == "papi_participation")
    note = inputs.panel["note"].mask(mine & (inputs.panel["year"] == 2020), "renormalised")
    short = dataclasses.replace(inputs, panel=inputs.panel.assign(note=note))
    results = cell(short, "trend", "governance")
    assert [each.indicator for each in results if isinstance(each, Trend) and each.has_flag("renormalised")] == [
        "papi_participation"
    ]
    assert inputs.wording.sentence("renormalised", "en") in say_of_series(short, "governance", governance=results)
    value = next(each for each in made_record(short, "clean").panel if each.note)
    assert (value.indicator, value.year, value.note) == ("papi_participation", 2020, "renormalised")


@pytest.mark.parametrize(
    ("own", "mean", "told"),
    [
        (0.4, 1.1, "rose from here, less than"),
        (-0.8, -0.3, "fell from here, more than"),
        (0.2, -0.3, "rose from here, unlike"),
        (0.201, 0.199, "rose from here, as did"),
    ],
)
def test_a_score_is_compared_with_the_mean_by_where_both_went(
    own: float, mean: float, told: str, say: Callable[..., str]
) -> None:
    assert say("area-series", "directions", own, mean, "here") == told


def test_as_many_similar_provinces_are_spoken_of_as_the_settings_ask_for(
    known_q4: EditionData, slice_of: SliceOf, cell: Callable[..., Any], growth_compared: Callable[[Inputs], str]
) -> None:
    inputs = slice_of(known_q4, "compare", "n22")
    peers = inputs.settings.peers.model_copy(update={"k": 3})
    few = dataclasses.replace(inputs, settings=inputs.settings.model_copy(update={"peers": peers}))
    result = cell(few, "compare", "peers")
    assert isinstance(result, Peers)
    assert len(result.peers) == 3
    said = read(growth_compared(few))
    assert said.count("three most similar") >= 2
    assert "five most similar" not in said


def test_an_interval_without_zero_beside_cannot_tell_apart_is_explained(
    known_q4: EditionData, slice_of: SliceOf, made_record, growth_compared: Callable[[Inputs], str], summed_up
) -> None:
    inputs = slice_of(known_q4, "compare", "n22")
    record = made_record(inputs, "compare")
    beside = "one may leave out zero although the difference is not clear once all provinces are looked at"
    assert beside in read(growth_compared(inputs))
    nation = record.growth_differences[0]
    assert not isinstance(nation, Refusal)
    assert nation.verdict == "cannot tell apart"
    said = summed_up(inputs, record)
    assert "on average +3.75 pp (+1.08 to +6.41) a year: " in said
    assert "not a statistically clear difference once all 34 provinces are looked at." in said


def test_a_share_of_a_former_province_is_too_few_years_and_not_an_unpublished_pace(
    known_q4: EditionData, slice_of: SliceOf
) -> None:
    by = {}
    for area in ("n20", "n44"):
        inputs = slice_of(known_q4, "trend", area)
        for each in pace_of_share(inputs.shares, inputs.targets, inputs.settings.pace):
            assert isinstance(each, Refusal)
            by[area, each.subject.split()[1]] = each
    assert by["n20", "(mic-mst)"].code == "too-few-points"
    assert by["n20", "(mic-mst)"].inputs
    assert "2022" in by["n20", "(mic-mst)"].detail
    assert by["n44", "(mic-mst)"].code == "not-published"
    assert {by[area, "(nso)"].code for area in ("n20", "n44")} == {"not-published"}


def test_only_the_headline_measures_share_is_said_not_to_be_published(
    known_q4: EditionData, slice_of: SliceOf, made_record, say: Callable[..., str], summed_up
) -> None:
    inputs = slice_of(known_q4, "compare", "n20")
    record = made_record(inputs, "compare")
    said = summed_up(inputs, record)
    assert re.search(r"Not published by .*: .*a digital-economy share by NSO\.", said)
    assert "not published by NSO" in read(say("strip", "strip", record.strip, data=inputs))


def led_by(inputs: Inputs, known: EditionData) -> Callable[..., str]:
    """The filter that cites the leading rows' publisher first, for what a slice knows."""
    provenance = dataclasses.replace(
        read_provenance(ROOT, known.edition.id), sources={source.id: source for source in inputs.sources}
    )
    return name_filters(provenance, inputs.wording)["sources_led_by"]


def test_the_source_of_the_headlines_own_number_is_named_first(known_q4: EditionData, slice_of: SliceOf) -> None:
    inputs = slice_of(known_q4, "quality", known_q4.roles.nation)
    files = inputs.observations.groupby("source").head(1)
    by_publisher = {source.publisher: source for source in inputs.sources if source.id in set(files["source"])}
    last = by_publisher[max(by_publisher)]
    lead = str(files.index[files["source"] == last.id][0])
    cite = led_by(inputs, known_q4)
    named, _, rest = read(cite(list(files.index[:9]), [lead])).removeprefix("Sources: ").partition("; and ")
    assert named.startswith(last.publisher.split(" (")[0].split(", now ")[0])
    assert re.search(r"20\d\d$", named)
    assert re.fullmatch(r"\d+ others? \(see Sources\)\.", rest)
    assert "others" not in cite([lead], [lead])


def test_nothing_is_led_by_a_source_that_is_not_cited(known_q4: EditionData, slice_of: SliceOf) -> None:
    inputs = dataclasses.replace(slice_of(known_q4, "clean", "n01"), sources=())
    assert led_by(inputs, known_q4)(["a.csv#1"], ["a.csv#1"]) == ""


def rows_dated(*days: tuple[str, str]) -> pd.DataFrame:
    """Rows of a ledger with their days of publication and how exactly these are known."""
    return pd.DataFrame(
        {"published": pd.to_datetime([day for day, _ in days]), "published_precision": [exact for _, exact in days]}
    )


def test_a_year_alone_does_not_outrank_a_day_within_it_as_the_newest_publication() -> None:
    assert newest_publication(rows_dated(("2025-12-31", "year"), ("2025-12-27", "day"))) == date(2025, 12, 27)
    assert newest_publication(rows_dated(("2025-12-31", "year"), ("2024-12-27", "day"))) == date(2025, 12, 31)
    assert newest_publication(rows_dated(("2025-11-30", "month"), ("2025-11-05", "day"))) == date(2025, 11, 5)
    assert newest_publication(rows_dated(("2025-11-30", "month"), ("2025-10-31", "day"))) == date(2025, 11, 30)


def test_an_exact_day_is_printed_although_a_year_alone_falls_on_it(known_q4: EditionData, slice_of: SliceOf) -> None:
    rows = slice_of(known_q4, "clean", "n01").observations.head(2)
    rows = rows.assign(published=pd.Timestamp("2025-12-31"), published_precision=["year", "day"])
    provenance = dataclasses.replace(read_provenance(ROOT, "2025Q4"), ledger=rows)
    newest_on = name_filters(provenance, read_wording(ROOT))["newest_on"]
    assert read(newest_on(rows.index, date(2025, 12, 31))) == "31 December 2025"
    assert newest_on(rows.index[:1], date(2025, 12, 31)) == "2025"


def test_figures_dated_by_a_period_that_began_before_the_last_edition_are_said_to_be_older_perhaps(
    known_q4: EditionData, slice_of: SliceOf, changes_printed
) -> None:
    inputs = slice_of(known_q4, "quality", known_q4.roles.nation)
    found = list_changes(inputs)
    ledger = inputs.observations
    new = ledger[ledger["newest"] & (ledger["published"] > pd.Timestamp(found.since))]
    whole_months = (new["published_precision"] == "month") & (new["published"] == pd.Timestamp("2025-11-30"))
    doubtful = int((new["published_precision"] == "year").sum() + whole_months.sum())
    assert doubtful > 0
    for text in changes_printed(ROOT, "2025Q4", found):
        assert f"\n{doubtful} may be older: their day is not known." in read(text)
    counted = next(each for each in found.by_measure if each.indicator == "tasks_completed")
    assert counted.published == "2025-12-27"


@pytest.fixture(scope="module")
def notes_of(
    known_q4: EditionData, slice_of: SliceOf, made_record, say: Callable[..., str], page_of_area: Callable[..., Any]
) -> Callable[..., str]:
    """The notes on the figures of a province, or on other findings of it."""

    def told(area: str, **changed: object) -> str:
        inputs = slice_of(known_q4, "clean", area)
        record = made_record(inputs, "clean").model_copy(update=changed)
        return read(say("published", "notes", page_of_area(inputs, clean=record)))

    return told


@pytest.mark.parametrize("area", ["n01", "n22", "n40", "n48", "n52", "n91", "n96"])
def test_the_notes_of_a_province_are_about_its_own_figures_and_hold_no_key(
    known_q4: EditionData, notes_of: Callable[..., str], area: str
) -> None:
    text = notes_of(area)
    assert "do not agree" not in text
    assert not re.search(r"[a-z]_[a-z]|\b[a-z]+-[a-z0-9-]*\d{4}-|tinhthanhvn/|\be\+0", text)
    areas = known_q4.areas
    own = {areas.name(area), *(areas.name(part) for part in areas.parts(area))}
    others = {areas.name(key) for key in areas.table.index} - own
    for line in text.splitlines():
        if "no figure of" in line:
            assert not any(f"{name} in 20" in line for name in others), line
        # Titles of sources name other places.
        said = re.sub(r"“[^”]*”", "", line)
        assert any(name in said for name in own) or not any(f"{name}, " in said for name in others), line


def test_figures_in_notes_have_units_and_approximate_years_are_not_missing(
    notes_of: Callable[..., str],
) -> None:
    text = notes_of("n40")
    assert text.startswith("Notes on these figures:")
    assert "only about 176,000 billion VND." in text
    assert "2022 missing" not in text
    assert "the province's office gives 6.13, NSO 6.31%" in text
    assert "translations of vietnam.vn" in text
    assert "only about 1,430,000 billion VND." in notes_of("n01")


def test_a_figure_kept_out_is_told_on_the_page_of_its_province(
    notes_of: Callable[..., str],
) -> None:
    assert "kept out for Cà Mau" in notes_of("n96")
    assert "Cà Mau" not in notes_of("n91")
    assert "(PAPI): no figure of Quảng Ninh in 2021 and 2023." in notes_of("n22")


def test_a_gap_is_told_on_the_page_of_each_province_it_concerns_whatever_the_sentence_names(
    notes_of: Callable[..., str],
) -> None:
    gaps = tuple(Gap(area=area, years=(2019, 2020, 2023)) for area in ("n01", "n04", "n08", "n22"))
    finding = Finding(
        rule="missing-area", severity="note", message="A table lacks 2019 someone and 3 more.", subject="A table",
        areas=tuple(gap.area for gap in gaps), gaps=gaps,
    )  # fmt: skip
    text = notes_of("n22", findings=(finding,))
    assert "- A table: no figure of Quảng Ninh in 2019, 2020 and 2023." in text


def test_notes_that_say_one_thing_of_several_figures_stand_in_one_line(
    notes_of: Callable[..., str],
) -> None:
    lines = [line for line in notes_of("n48").splitlines() if "only the first places in 2022 (5)" in line]
    assert len(lines) == 1
    assert lines[0].count(";") > 3


def test_the_periods_of_published_figures_run_forwards(known_q4: EditionData, slice_of: SliceOf, made_record) -> None:
    for area in ("n01", "n40", "n91"):
        for topic in made_record(slice_of(known_q4, "clean", area), "clean").topics:
            first, last = period_bounds(topic.first_period), period_bounds(topic.last_period)
            assert first[0] <= last[0] or first[1] <= last[1], topic
            assert first[1] <= last[1], topic
