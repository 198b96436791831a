"""Numbers, dates and probabilities as readers see them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyreport.errors import UsageError
from policyreport.records.formats import MINUS, NBSP, Formats

EN, VI = Formats("en"), Formats("vi")


def _plain(text):
    return text.replace(NBSP, " ")


def test_a_count_carries_the_separator_of_its_language():
    assert EN.count(1227) == "1,227"
    assert VI.count(1227) == "1.227"


def test_a_share_stands_with_its_count_and_total():
    assert _plain(EN.share_of(1227, 1298)) == "1,227 of 1,298 (94.5%)"
    assert _plain(VI.share_of(1227, 1298)) == "1.227/1.298 (94,5%)"


def test_number_and_unit_stay_on_one_line():
    assert EN.percent(0.945) == "94.5%"
    assert " " not in EN.share_of(1, 3).split("(")[0].strip()
    assert " " not in EN.percent(0.1402) + EN.points(0.3) + EN.p_value(0.0001)


@pytest.mark.parametrize(
    ("share", "text"),
    [(1.0, "100%"), (0.0, "0%"), (0.9996, "> 99.9%"), (0.0004, "< 0.1%"), (0.9994, "99.9%"), (0.4284, "42.8%")],
)
def test_only_all_is_a_hundred_per_cent_and_only_none_is_zero(share, text):
    assert _plain(EN.percent(share)) == text


def test_halves_are_rounded_away_from_zero():
    assert EN.number(0.125, 2) == "0.13"
    assert EN.number(-0.125, 2) == f"{MINUS}0.13"


def test_a_difference_carries_its_sign_and_zero_none():
    assert _plain(EN.points(0.272)) == "+0.27 pp"
    assert _plain(EN.points(-0.6, 1)) == f"{MINUS}0.6 pp"
    assert EN.number(-0.001, 2, signed=True) == "0.00"


def test_a_p_value_is_never_printed_as_zero():
    assert EN.p_value(0.2722) == "0.272"
    assert _plain(EN.p_value(0.0009999)) == "< 0.001"


def test_an_interval_has_a_dash_unless_a_sign_would_meet_it():
    assert EN.interval(39.99, 45.75) == "40.0–45.8"
    assert _plain(EN.interval(-2.3, 1.3, signed=True)) == f"{MINUS}2.3 to +1.3"
    assert _plain(VI.interval(-2.3, 1.3)) == f"{MINUS}2,3 đến 1,3"
    assert EN.percent_interval(0.39990787, 0.45746659) == "40.0–45.7"


def test_dates_are_written_as_each_language_writes_them():
    day = date(2025, 10, 15)
    assert _plain(EN.date(day)) == "15 October 2025"
    assert _plain(EN.short_date(day)) == "15 Oct 2025"
    assert _plain(EN.month(day)) == "Oct 2025"
    assert _plain(VI.date(day)) == "15/10/2025"
    assert VI.short_date(day) == "15/10/2025"


@pytest.mark.parametrize(
    ("low", "high", "band"),
    [(0, 0.01, "< 1%"), (0.01, 0.05, "1–5%"), (0.2, 0.8, "20–80%"), (0.005, 0.07, "0.5–7%"), (0.99, 1, "> 99%")],
)
def test_a_band_of_probabilities_is_written_by_its_cut_points(low, high, band):
    assert _plain(EN.band(low, high)) == band


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_a_printed_number_lies_within_half_a_unit_of_its_last_place(value, digits):
    text = EN.number(value, digits).replace(",", "").replace(MINUS, "-")
    assert abs(float(text) - value) <= 0.5 * 10.0**-digits * (1 + 1e-6)


@pytest.mark.parametrize("call", [lambda: EN.number(float("nan"), 1), lambda: Formats("xx")])
def test_what_is_no_number_or_no_language_is_refused(call):
    with pytest.raises(UsageError, match="expected"):
        call()


@pytest.mark.parametrize(
    ("period", "english", "vietnamese"),
    [
        ("2025", "2025", "2025"),
        ("2025-H1", "the first half of 2025", "6 tháng đầu năm 2025"),
        ("2025-Q3", "the third quarter of 2025", "quý III năm 2025"),
        ("2025-10", "October 2025", "tháng 10 năm 2025"),
        ("2025-10-28", "28\u00a0October 2025", "28/10/2025"),
        (
            "2025-Q1/2025-Q3",
            "the first quarter of 2025 to the third quarter of 2025",
            "quý I năm 2025 đến quý III năm 2025",
        ),
        ("about 2025", "about 2025", "about 2025"),
        ("", "", ""),
    ],
)
def test_a_period_is_written_in_words(period, english, vietnamese):
    assert (Formats("en").period(period), Formats("vi").period(period)) == (english, vietnamese)


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (0.000332, 0.02998, ("0.03%", "3%")),
        (2.6e-6, 0.0119, ("under 0.01%", "2%")),
        (0.12, 0.345, ("12%", "35%")),
        (0.0959, 0.0961, ("9%", "10%")),
        (0.00012, 0.00095, ("0.01%", "0.1%")),
        (0.95012, 0.99996, ("95%", "over 99.99%")),
        (0.0, 1.0, ("under 0.01%", "over 99.99%")),
    ],
)
def test_a_range_of_probabilities_is_rounded_outwards(low, high, shown):
    assert tuple(end.replace("\u00a0", " ") for end in Formats("en").probability_range(low, high)) == shown


def test_a_range_of_probabilities_in_vietnamese():
    ends = Formats("vi").probability_range(2.6e-6, 0.0301)
    assert tuple(end.replace("\u00a0", " ") for end in ends) == ("dưới 0,01%", "4%")
