"""A page whose results were made otherwise than the edition requires says so, and no other page does."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from policyreport.publishing.report import collect, filled_pages
from policyreport.records.notebooks import BY_NOTEBOOK, Deviation
from policyreport.running.store import UNSEALED, notebook_path, sealed

OTHER = Deviation(field="growth", estimator="fit_trend", argument="values", official="6 rows", used="5 rows")
SENTENCE = "Differs from the official method"


def pages_with(tiny, folder: Path, area: str, notebook: str, differs: tuple[Deviation, ...] | None) -> dict[str, str]:
    """The filled pages by name, where one record differs."""
    store = folder / "tiny"
    shutil.copytree(tiny.store, store)
    path = store / "records" / area / f"{notebook}.json"
    record = BY_NOTEBOOK[notebook].from_json(path.read_bytes())
    body = record.model_copy(update={"differs": differs}).to_json()
    path.write_bytes(body)
    executed = notebook_path(store, area, notebook)
    unsealed = re.sub(rb'"seal": "[0-9a-f]{64}"', f'"seal": "{UNSEALED["seal"]}"'.encode(), executed.read_bytes())
    executed.write_bytes(sealed(unsealed, body))
    return dict(filled_pages(tiny.root, store, collect(store)))


def test_an_edition_made_officially_says_nothing(tiny) -> None:
    assert not [name for name, text in filled_pages(tiny.root, tiny.store, collect(tiny.store)) if SENTENCE in text]


def test_a_changed_window_is_named_on_the_page_of_the_province_and_the_first(tiny, tmp_path: Path) -> None:
    pages = pages_with(tiny, tmp_path, "n40", "trend", (OTHER,))
    assert {name for name, text in pages.items() if SENTENCE in text} == {"n40", "index.qmd"}
    line = "`growth` in `trend` was made by `fit_trend` with 5 rows instead of 6 rows (`values`)."
    assert line in pages["n40"]
    assert line in pages["index.qmd"]


def test_a_record_that_nobody_compared_is_named(tiny, tmp_path: Path) -> None:
    pages = pages_with(tiny, tmp_path, "VN", "series", None)
    assert {name for name, text in pages.items() if SENTENCE in text} == {"series.qmd", "index.qmd"}
    assert "the notebook `series` was not compared with it." in pages["series.qmd"]
