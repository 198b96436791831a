"""A folder data/raw with one table, and what it means that something is refused."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml

from policyreport.errors import PolicyReportError

ROOT = Path(__file__).parents[3]
SECONDS = 5
SIDECAR = {
    "publisher": "Office", "title": "Growth", "address": "https://office.example/a", "published": "2026-01-06",
    "accessed": date(2026, 3, 1), "licence": "none stated",
}  # fmt: skip
ROWS = "area,indicator,measure,period,value,unit,status,note\nVN,gdp_growth,nso,2025,8.02,%,observed,\n"


class Raw:
    """A folder data/raw with one table."""

    def __init__(self, root: Path) -> None:
        self.root, self.folder = root, root / "data" / "raw"
        (self.folder / "office").mkdir(parents=True)

    def table(self, name: str = "office/growth", rows: str = ROWS, **changed: object) -> Path:
        """Write a table and its sidecar."""
        path = self.folder / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(rows, encoding="utf-8", errors="surrogatepass")
        facts = SIDECAR | changed | {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        body = yaml.safe_dump(facts, allow_unicode=False)
        path.with_name(f"{path.stem}.source.yaml").write_text(body, encoding="utf-8")
        return path


def refused(read: Callable[[], object], *words: str, kind: type[PolicyReportError] = PolicyReportError) -> None:
    """Hold that reading stops after little work, with place, expectation and what was found."""
    before = time.process_time()
    with pytest.raises(kind) as caught:
        read()
    assert time.process_time() - before < SECONDS
    for word in words:
        assert word in str(caught.value), str(caught.value)
