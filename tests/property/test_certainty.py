"""The phrases for a probability given in words."""

from hypothesis import given
from hypothesis import strategies as st

from policyreport.statistics.common.certainty import words

BANDS = (0.01, 0.05, 0.2, 0.8, 0.95, 0.99)
PHRASES = ("< 1 %", "1–5 %", "5–20 %", "20–80 %", "80–95 %", "95–99 %", "> 99 %")


@given(st.floats(0, 1))
def test_a_probability_and_its_complement_have_mirrored_phrases(probability):
    here = PHRASES.index(words(probability, probability_bands=BANDS))
    there = PHRASES.index(words(1 - probability, probability_bands=BANDS))
    assert here + there == len(PHRASES) - 1
