"""No number of more than six digits is printed other than as it was published: every row, page and download."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).parents[2]
NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?(?![\w])", re.IGNORECASE)
ATTRIBUTES = ("aria-label", "alt", "title", "content", "data-value")


def published() -> dict[str, str]:
    """Every value of the raw files by its id, as it stands there; statements have none."""
    values = {}
    for path in sorted((ROOT / "data" / "raw").rglob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            for number, row in enumerate(csv.DictReader(lines), start=2):
                if "value" in row:
                    values[f"{path.relative_to(ROOT / 'data' / 'raw').as_posix()}#{number}"] = row["value"]
    return values


def plain(text: str) -> str:
    """Digits without separators, exponents and trailing zeros."""
    number = f"{Decimal(text.replace(',', '')):f}"
    return number.rstrip("0").rstrip(".") if "." in number else number


def shortened(text: str) -> set[str]:
    """What rounding, cutting or another unit makes of a number, as long as five digits of it are left."""
    value = abs(Decimal(text))
    rounded = {plain(f"{float(value):g}")}
    for unit in (Decimal(1), Decimal(1000), Decimal(1_000_000)):
        for places in range(-3, 4):
            for rule in (ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_DOWN):
                number = plain(
                    str((value / unit / Decimal(10) ** -places).quantize(Decimal(1), rule) * Decimal(10) ** -places)
                )
                if len(number.replace(".", "").strip("0")) >= 5:
                    rounded.add(number)
    return rounded


VALUES = published()
EXACT = {plain(text.lstrip("-")) for text in VALUES.values()}
LONG = {id: text for id, text in VALUES.items() if len(re.sub(r"[.-]", "", text).lstrip("0")) > 6}
WRONG = {number: id for id, text in LONG.items() for number in shortened(text) - EXACT}
"""What no page may print, and the row that it would be taken from."""


def numbers(text: str) -> set[str]:
    return {plain(each) for each in NUMBER.findall(text.replace("\u00a0", " "))}


def leaves(found: Any) -> Iterator[str]:
    """Texts and numbers of a JSON value, one by one."""
    if isinstance(found, dict):
        found = [*found, *found.values()]
    if isinstance(found, list):
        for each in found:
            yield from leaves(each)
    else:
        yield str(found)


def words(name: str, body: str) -> str:
    """What a reader, a screen reader or a program finds in a file; cells and items apart from each other."""
    if name.endswith(".html"):
        page = BeautifulSoup(body, "html.parser")
        own = (str(tag[key]) for tag in page.find_all(True) for key in ATTRIBUTES if tag.has_attr(key))
        return " ".join([page.get_text(" "), *own])
    if name.endswith(".csv"):
        return " ".join(cell for row in csv.reader(io.StringIO(body)) for cell in row)
    if name.endswith((".json", "data.js", "index.js")):
        start = min(at for at in (body.find("{"), body.find("[")) if at >= 0)
        return " ".join(leaves(json.JSONDecoder(parse_float=str).raw_decode(body[start:])[0]))
    return ""


def texts(site: Path) -> Iterator[tuple[str, str]]:
    """The words of every file of a site, archives opened."""
    for path in sorted(each for each in site.rglob("*") if each.is_file()):
        name = path.relative_to(site).as_posix()
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                for each in archive.namelist():
                    yield f"{name}/{each}", words(each, archive.read(each).decode("utf-8"))
        elif path.suffix in (".html", ".csv", ".json", ".js"):
            yield name, words(name, path.read_text("utf-8"))


@pytest.fixture(scope="module")
def printed(site: Path) -> dict[str, set[str]]:
    """The numbers of every file of the site."""
    return {name: numbers(text) for name, text in texts(site)}


def test_b4_there_are_long_numbers_and_roundings_to_look_for() -> None:
    assert len(LONG) >= 80
    assert {"1425521.28", "1425521", "1425520", "1425.5"} <= shortened("1425521.277")
    assert WRONG.keys().isdisjoint(EXACT)


def test_b4_no_file_of_a_site_prints_a_long_number_otherwise_than_published(printed: dict[str, set[str]]) -> None:
    for name, found in printed.items():
        assert {number: WRONG[number] for number in found & WRONG.keys()} == {}, name
    # The ledger among the downloads holds them all.
    assert {plain(text) for text in LONG.values()} <= set().union(*printed.values())


def test_b4_pages_print_long_numbers_as_published(printed: dict[str, set[str]]) -> None:
    seen = set().union(*(found for name, found in printed.items() if name.endswith(".html")))
    assert seen & {plain(text) for text in LONG.values()}


@pytest.mark.parametrize("name", ["ledger.csv", "ledger.parquet"])
def test_b4_a_download_holds_every_row_of_the_ledger_as_published(site: Path, name: str) -> None:
    path = site / "downloads" / name
    if path.suffix == ".csv":
        table = pd.read_csv(path, dtype=str, index_col="id")["value"]
    else:
        table = pd.read_parquet(path).set_index("id")["value"].map(repr)
    corrected = {row for row, text in VALUES.items() if row in table.index and Decimal(table[row]) != Decimal(text)}
    assert corrected & LONG.keys() == set()
    assert LONG.keys() <= set(table.index)
