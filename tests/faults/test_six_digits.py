"""B4: no published number is rounded on its way, in any message, page or download."""

import ast
import dataclasses
import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from policyreport.data.observations.known import cell
from policyreport.data.observations.ledger import read_raw
from policyreport.data.rules.evidence import read_context
from policyreport.data.rules.screening import check_ledger
from policyreport.data.sources import read_sources
from policyreport.publishing.downloads import csv_bytes
from policyreport.publishing.provenance import Provenance
from policyreport.records.formats import MINUS, Formats

ROOT = Path(__file__).parents[2]
RAW = read_raw(ROOT, read_sources(ROOT))["value"]
LONG = RAW[RAW.map(lambda text: len(re.sub(r"[.-]", "", text).lstrip("0")) > 6)]


def test_b4_there_are_long_numbers_to_test_with():
    assert len(LONG) >= 80
    assert {"1425521.277", "347533.978"} <= set(LONG)


def test_b4_every_number_of_the_ledger_keeps_its_digits_in_messages():
    from policyreport.records.digits import as_published

    for text in RAW.unique():
        assert Decimal(as_published(float(text))) == Decimal(text)
        assert "e" not in as_published(float(text)).casefold()


def test_b4_every_long_number_keeps_its_digits_in_a_notebook():
    from policyreport.records.base import written

    for text in LONG.unique():
        assert written(float(text)) == f"{Decimal(text):,f}"


def test_b4_an_estimate_is_shown_with_six_digits():
    from policyreport.records.digits import as_estimated

    assert [as_estimated(value) for value in (2 / 3, -12.3456789, 1e-9 / 3, 0.0)] == [
        "0.666667",
        "-12.3457",
        "0.000000000333333",
        "0",
    ]


@pytest.mark.parametrize("language", ["en", "vi"])
def test_b4_every_long_number_keeps_its_digits_on_a_page(language):
    formats = Formats(language)
    swap = str.maketrans(",.", ",." if language == "en" else ".,")
    for text in LONG.unique():
        wanted = f"{Decimal(text):,f}".replace("-", MINUS).translate(swap)
        assert formats.published(float(text), 2) == formats.published(float(text)) == wanted


def test_b4_every_long_number_keeps_its_digits_beside_its_source():
    english = SimpleNamespace(formats=Formats("en"))
    for text in LONG.unique():
        assert Provenance._value(english, float(text), "=", "billion VND") == f"{Decimal(text):,f}"


def test_b4_every_number_of_the_ledger_keeps_its_digits_in_a_download(ledger):
    rows = [line.split(",") for line in csv_bytes(ledger[["value"]].reset_index()).decode().splitlines()[1:]]
    values = {id: Decimal(value) for id, value in rows}
    corrected = {id for id in LONG.index if Decimal(cell(ledger, id, "value")) != Decimal(LONG[id])}
    assert not corrected
    assert all(values[id] == Decimal(text) for id, text in LONG.items())


def test_b4_two_figures_three_apart_are_told_apart_in_findings(ledger):
    context = read_context(ROOT)
    row = ledger[ledger["indicator"] == "grdp_current"].iloc[[0]]
    days = pd.to_datetime(["2026-01-31", "2026-02-28"]).astype("datetime64[s]")
    pair = pd.concat([row, row]).assign(value=[1425521.0, 1425524.0], published=days, measure="secondary")
    pair.index = pd.Index(["office/two.csv#2", "office/two.csv#3"], name="id")
    sources = context.sources | {"office/two": context.sources[row["source"].iloc[0]]}
    found = check_ledger(pair.assign(source="office/two"), dataclasses.replace(context, sources=sources))
    told = [each.message for each in found if each.rule == "revised"]
    assert told
    assert all("1425521 (" in message and "1425524 (" in message for message in told)


def test_b4_findings_about_the_ledger_print_its_long_numbers_whole(ledger):
    shown, long_rows = 0, set(LONG.index)
    for each in check_ledger(ledger, read_context(ROOT)):
        numbers = {text.replace(",", "") for text in re.findall(r"\d[\d,]*(?:\.\d+)?", each.message)}
        for id in long_rows & set(each.rows):
            value = ledger["value"][id]
            whole = f"{value:.15g}"
            rounded = {f"{value:g}", f"{value:.0f}", f"{value:.1f}", f"{value:.2f}"} - {whole}
            assert not rounded & numbers, each.message
            shown += whole in numbers
    assert shown


@cache
def specs() -> list[tuple[str, str, str]]:
    """File, expression and format of every formatted number in the package."""
    found = []
    for path in sorted((ROOT / "src" / "policyreport").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
                spec = "".join(str(part.value) for part in node.format_spec.values if isinstance(part, ast.Constant))
                found.append((path.relative_to(ROOT / "src").as_posix(), ast.unparse(node.value), spec))
    return found


def test_b4_no_format_that_keeps_six_digits_is_left_where_data_are_printed():
    geometry = ("figures/tiles.py", "figures/style.py", "simulated.py")
    seconds = re.compile(r"timeout|SECONDS")
    left = [
        (path, text)
        for path, text, spec in specs()
        if spec.endswith("g")
        and not path.endswith(geometry)
        and not seconds.search(text)
        # Fifteen digits are what a spreadsheet holds; `as_computed` has its own number of them.
        and "15g" not in spec
        and not path.endswith("digits.py")
    ]
    assert not left


def test_b4_rules_round_only_what_they_computed():
    computed = {"mean", "computed", "product", "prices", "usual", "size", "difference", "percent", "registered"}
    computed |= {"average", "agreeing"}
    for path, text, spec in specs():
        if "/rules/" in path and re.fullmatch(r"\+?,?\.[0-9]f", spec):
            # Ends of intervals that an identity implies.
            implied = re.fullmatch(r"(case\.\w+|nearest)\.value", text)
            names = set() if implied else set(re.findall(r"\w+", text)) - {"row"}
            assert names <= computed, f"{path}: {text}:{spec}"


def test_b4_sums_lose_the_noise_of_binary_fractions_and_no_digit():
    from policyreport.records.digits import as_computed, as_published

    assert as_computed(0.1 + 0.2) == "0.3"
    assert as_computed(1425521.277 + 347533.978) == "1773055.255"
    assert as_published(1e16) == "10000000000000000"
    assert as_published(0.00001) == "0.00001"
