"""Each of the 84 facts of the five first articles is printed on a page, with the row or the milestone it rests on.

tests/data/seeds.csv cites the articles; tests/data/seed_pages.csv says for each fact which row of the ledger or which
milestone holds it, on which page it stands, and how it is printed there.
"""

from pathlib import Path

import pandas as pd
import pytest

from policyreport.publishing.trace import printed
from policyreport.records.markdown import read_marks

DATA = Path(__file__).parents[1] / "data"
SEEDS = pd.read_csv(DATA / "seeds.csv", dtype=str, keep_default_na=False)
PAGES = pd.read_csv(DATA / "seed_pages.csv", dtype=str, keep_default_na=False)
# Provinces whose pages the tiny edition does not have: their sections are filled from their slices.
OTHERS = {"provinces/thanh-hoa": "n38", "provinces/gia-lai": "n52"}


@pytest.fixture(scope="module")
def marks(tiny, known_q4, slice_of, made_record, say, page_of_area) -> dict[str, set[tuple[str, str]]]:
    """By page, every printed value that rests on one row or milestone, with that."""
    found: dict[str, set[tuple[str, str]]] = {}
    for place in printed(tiny.root, tiny.store):
        page = place.where.removeprefix("reports/en/").removesuffix(".qmd")
        if len(place.rows) == 1:
            found.setdefault(page, set()).add((place.rows[0], plain(place.value)))
    record = made_record(slice_of(known_q4, "digital-government", "VN"))
    for page, key in OTHERS.items():
        data = slice_of(known_q4, "clean", key)
        area = page_of_area(data, clean=made_record(data))
        text = say("implementation", "of_area", area, data=data, area=area)
        text += say("implementation", "obstacles_of", area, record, data=data, area=area)
        found[page] = {(mark.rows[0], plain(mark.text)) for mark in read_marks(text) if len(mark.rows) == 1}
    return found


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def named(facts: pd.DataFrame) -> pd.Series:
    return facts["article"] + "-" + facts["area_id"] + "-" + facts["indicator_id"]


def test_the_table_names_every_fact_once_or_for_each_of_its_two_numbers() -> None:
    assert len(SEEDS) == 84
    assert set(PAGES["fact"]) == set(named(SEEDS))
    assert PAGES["fact"][PAGES["fact"].duplicated()].tolist() == ["4-VN-government_levels_before_after"]
    assert not PAGES["key"].duplicated().any()


def test_the_table_prints_what_the_articles_say() -> None:
    values = dict(zip(named(SEEDS), SEEDS["value"], strict=True))
    for fact, text in zip(PAGES["fact"], PAGES["printed"], strict=True):
        if "-" in values[fact]:
            assert values[fact][:4] in text, fact
        else:
            number = "".join(sign for sign in text if sign.isdigit() or sign == ".")
            assert number in values[fact].split(" to "), fact


@pytest.mark.parametrize("at", range(len(PAGES)), ids=[*PAGES["key"]])
def test_a_fact_is_printed_on_its_page_with_what_it_rests_on(at: int, marks) -> None:
    fact = PAGES.iloc[at]
    assert (fact["key"], fact["printed"]) in marks[fact["page"]]
