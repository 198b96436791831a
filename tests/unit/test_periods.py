"""Periods: what kind they are however they are written, and which of several figures is the latest year's."""

from datetime import date

import pytest

from policyreport.records.base import Observation
from policyreport.records.periods import kind_of, year_of_period
from policyreport.records.shares import NotYearly, Threshold
from policyreport.statistics.shares.frame import newest_of_each_year, of_one_kind, yearly
from policyreport.statistics.shares.latest import later_parts, newest_of_each_measure


@pytest.mark.parametrize(
    ("period", "kind"),
    [
        ("2025", "year"),
        ("2025-01/2025-12", "year"),
        ("2025-Q1/2025-Q4", "year"),
        ("2025-01-01/2025-12-31", "year"),
        ("2025-H1", "half-year"),
        ("2025-01/2025-06", "half-year"),
        ("2025-Q3", "quarter"),
        ("2025-07/2025-09", "quarter"),
        ("2025-02/2025-04", "3 months"),
        ("2025-01/2025-09", "9 months"),
        ("2024-07/2025-06", "12 months"),
        ("2025-10", "month"),
        ("2025-10-28", "days"),
        ("2025-07-01/2025-11-12", "days"),
        ("2020/2022", "years"),
        ("soon", ""),
        ("2025/2024", ""),
    ],
)
def test_a_period_is_of_one_kind_however_it_is_written(period, kind):
    assert kind_of(period) == kind
    assert year_of_period(period) == (2025 if kind == "year" else None)


def observed(period, value=14.0, published=date(2026, 9, 1), measure="office"):
    return Observation(
        id=f"share.csv#{measure}-{period}-{published}",
        area="VN",
        indicator="share",
        measure=measure,
        period=period,
        published=published,
        value=value,
        unit="%",
        status="estimate",
        source="office",
    )


def judged(period, measure="office"):
    row = observed(period, measure=measure)
    return Threshold(
        area="VN",
        indicator="share",
        measure=measure,
        period=period,
        threshold=16.0,
        observation=row,
        verdict="below",
        distance=2.0,
    )


def part(period, measure="office"):
    row = observed(period, measure=measure)
    return NotYearly(area="VN", indicator="share", measure=measure, period=period, observation=row)


def test_the_newest_year_of_each_measure_is_a_whole_year():
    results = [judged("2024"), judged("2025"), judged("2026-Q3"), part("2026-H1"), judged("2023", "ministry")]
    assert {measure: each.period for measure, each in newest_of_each_measure(results).items()} == {
        "office": "2025",
        "ministry": "2023",
    }


def test_of_parts_that_came_out_since_the_year_the_last_one_is_told():
    results = [part("2025-Q3"), judged("2025"), part("2026-Q1"), part("2026-H1"), part("2024-Q1", "ministry")]
    assert [(each.measure, each.period) for each in later_parts(results)] == [
        ("office", "2026-H1"),
        ("ministry", "2024-Q1"),
    ]


def test_a_year_by_its_months_and_by_its_number_are_one_year():
    rows = [observed("2025", 14.0, date(2026, 2, 1)), observed("2025-01/2025-12", 14.1, date(2026, 1, 1))]
    assert newest_of_each_year([*rows, observed("2026-Q1")]) == {2025: rows[0]}
    assert yearly([observed("2026-Q1"), *rows]) == rows


def test_half_years_are_summarised_only_where_there_are_no_years():
    halves = [observed("2025-H1"), observed("2025-H2"), observed("2025-Q1")]
    assert of_one_kind(halves) == halves[:2]
    assert of_one_kind([*halves, observed("2025")]) == [observed("2025")]
    assert of_one_kind([]) == []
