"""What the published figures allow to say (METHODS §18) stands on the rendered pages, in the words allowed."""

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def text(site: Path, reader: ModuleType) -> Callable[[str], str]:
    return lambda page: reader.page_text(site / f"{page}.html")


@pytest.mark.parametrize(
    ("page", "pattern"),
    [
        (
            "digital-economy",
            r"\| NSO \| 2025 \| 14\.02% \| estimate \| [^|]+ \| 13\.1–15\.0 \| below \| 0\.03% to 6%",
        ),
        ("digital-economy", r"\| MIC/MST \| 2024 \| 18\.3% \| estimate \| [^|]+ \| [^|]+ \| above, as published \|"),
        (
            "digital-economy",
            r"\| MIC/MST \| 2024 \|[^%]+%(?: \| [^|]+){5} \| [^|]*(?:measure-flip|depends on the measure)",
        ),
        (
            "digital-economy",
            r"By NSO’s measure, from 12\.66% in 2020 to 14\.02% in 2025: far too slow for 30% in 2030",
        ),
        ("index", r"share would be about 15% in 2030; the target is 30%"),
        ("index", r"For 2024 the answer depends on who measures"),
        ("series", r"growth cannot be told apart \(equal slopes: F 0\.96, p 0\.538\); none is singled out"),
        ("series", r"None of 3 exposures goes with a clear change of growth in 2025: no clear association"),
        ("provinces/ha-noi", r"The difference to the country, 2020–2025: no clear trend"),
        ("provinces/nghe-an", r"The difference to the country, 2020–2025: no clear trend"),
        ("provinces/ca-mau", r"The difference to the country, 2020–2025: no clear trend"),
    ],
)
def test_a_page_says_the_finding(text, page: str, pattern: str) -> None:
    assert re.search(pattern, text(page))


def test_every_step_of_the_central_list_is_a_changed_list_with_its_condition(text) -> None:
    table = text("tasks").partition("| 29 May 2025 |")[2].partition("Source")[0]
    rows = re.findall(
        r"(?:\| (\d+ \w+) 2025 )?\| [\d,]+ \| ([\d,]+) \| [\d.]+% \| [\d.–]+ \|", f"| 29 May 2025 |{table}"
    )
    assert [done for _, done in rows] == ["103", "485", "601", "1,227"]
    assert table.count("list changed") == 3
    conditions = re.findall(r"If the list only grew and nothing was removed, ([\d,]+) of ([\d,]+) tasks", text("tasks"))
    assert conditions == [("382", "1,029"), ("116", "802"), ("626", "697")]
    assert "178 recurring tasks" in text("tasks")
    assert "a change in what is counted is likely" in text("tasks")
