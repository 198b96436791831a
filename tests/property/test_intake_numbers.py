"""A number written with separators is read back, in both conventions; none is read in the wrong one unnoticed."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyreport.errors import DataError
from policyreport.intake.numbers import Decimals, Fit, decide_decimals, parse_number, readings, take_apart
from policyreport.intake.sheets import Sheet, text_cell
from policyreport.params.intake import read_intake

WORDS = read_intake(Path(__file__).parents[2])
conventions = st.sampled_from(Decimals)
numbers = st.decimals(
    min_value=-(10**12), max_value=10**12, allow_nan=False, allow_infinity=False, places=2
) | st.integers(-(10**12), 10**12).map(Decimal)
counts = st.integers(0, 10**9).map(Decimal)


def format_number(number: Decimal, decimals: Decimals) -> str:
    """A number with separators: 1.227,5."""
    whole, _, part = f"{number:,f}".partition(".")
    decimal, thousands = (".", ",") if decimals is Decimals.point else (",", ".")
    return whole.replace(",", thousands) + (decimal + part if part else "")


def column(texts: list[str]) -> Sheet:
    return Sheet("sheet.csv", tuple((text_cell(text),) for text in texts))


def cells(sheet: Sheet, fit: Fit) -> list[tuple[int, int, Fit]]:
    return [(row, 1, fit) for row in range(1, len(sheet.rows) + 1)]


@given(numbers, conventions)
def test_a_formatted_number_is_read_back(number, decimals):
    assert parse_number(format_number(number, decimals), decimals) == number


@given(numbers, conventions)
def test_decimals_survive_as_printed(number, decimals):
    # Nought has no sign.
    assert f"{parse_number(format_number(number, decimals), decimals):f}" == f"{number or abs(number):f}"


@pytest.mark.parametrize("text", ["-0", "−0,0", "-0.00"])
def test_nought_has_no_sign(text):
    written = take_apart(text, WORDS).digits
    assert not parse_number(written, Decimals.comma if "," in text else Decimals.point).is_signed()


def test_one_percent_sign_comes_off_and_a_second_is_no_number():
    assert take_apart("50%", WORDS).digits == "50"
    with pytest.raises(ValueError, match="50%"):
        parse_number(take_apart("50%%", WORDS).digits, Decimals.point)


@given(counts, conventions)
def test_spaces_between_thousands_mean_the_same(number, decimals):
    text = format_number(number, decimals).replace(",", "\u202f").replace(".", "\u202f")
    assert parse_number(take_apart(text, WORDS).digits, decimals) == number


@given(
    numbers, conventions, st.sampled_from(["%", " %", "\u00a0%"]), st.sampled_from(["", "~", "> ", "khoảng ", "HƠN "])
)
def test_bound_and_percent_sign_come_off(number, decimals, sign, bound):
    written = take_apart(bound + format_number(number, decimals) + sign, WORDS)
    assert written.percent
    assert parse_number(written.digits, decimals) == number
    assert written.bound == {"": "", "~": "~", "> ": ">", "khoảng ": "~", "HƠN ": ">"}[bound]


@given(st.lists(counts, min_size=1), conventions)
def test_counts_are_read_right_or_refused_never_wrong(values, decimals):
    """A count such as 1.000 can be one; everything else of a column of counts decides."""
    sheet = column([format_number(value, decimals) for value in values])
    try:
        found = decide_decimals(sheet, cells(sheet, Fit(integer=True, low=0)), WORDS)
    except DataError as error:
        if "--decimal" not in error.todo:
            raise
        return
    read = [parse_number(row[0].text, found) for row in sheet.rows]
    assert read == values


@given(st.decimals(min_value=0, max_value=100, places=3), conventions)
def test_a_share_with_three_decimals_is_no_thousand(share, decimals):
    text = format_number(share, decimals)
    assert set(readings(text, Fit(low=0, high=100)).values()) <= {share, Decimal(f"{share:f}".replace(".", ""))}
    if share >= 1 and share < 100 and share * 1000 > 100:
        assert readings(text, Fit(low=0, high=100)) == {decimals: share}


@given(numbers.filter(lambda number: number != number.to_integral_value() and abs(number) >= 1000))
def test_two_conventions_in_one_file_are_refused(number):
    sheet = column([format_number(number, Decimals.point), format_number(number, Decimals.comma)])
    with pytest.raises(DataError, match="row 2, column A"):
        decide_decimals(sheet, cells(sheet, Fit()), WORDS)


@given(st.text(alphabet="0123456789.,' -+%()", max_size=12), conventions)
def test_what_is_read_is_what_is_written(text, decimals):
    """No digit is lost and none is made up."""
    try:
        number = parse_number(text, decimals)
    except ValueError:
        return
    assert "".join(sign for sign in f"{number:f}" if sign.isdigit()) == "".join(sign for sign in text if sign.isdigit())
