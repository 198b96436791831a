"""The phrases for a probability given in words."""

import pytest

from policyreport.statistics.common.certainty import words

BANDS = (0.01, 0.05, 0.2, 0.8, 0.95, 0.99)


@pytest.mark.parametrize(
    ("probability", "phrase"),
    [
        (0.0, "< 1 %"),
        (0.0059, "< 1 %"),
        (0.03, "1–5 %"),
        (0.1, "5–20 %"),
        (0.5, "20–80 %"),
        (0.9, "80–95 %"),
        (0.97, "95–99 %"),
        (1.0, "> 99 %"),
    ],
)
def test_each_band_has_its_phrase(probability, phrase):
    assert words(probability, probability_bands=BANDS) == phrase


@pytest.mark.parametrize(("cut", "phrase"), [(0.01, "1–5 %"), (0.2, "20–80 %"), (0.8, "20–80 %"), (0.99, "95–99 %")])
def test_a_cut_point_belongs_to_the_band_nearer_to_one_half(cut, phrase):
    assert words(cut, probability_bands=BANDS) == phrase


def test_a_number_that_is_no_probability_is_refused():
    with pytest.raises(ValueError, match="probability"):
        words(1.2, probability_bands=BANDS)
