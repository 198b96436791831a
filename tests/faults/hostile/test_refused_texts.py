"""Signs, addresses, names and Markdown that are refused where they are read."""

import json
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml
from hostile_corpus import BAD_ADDRESSES, PAYLOADS, REFUSED_SIGNS
from hostile_project import ROOT, ROWS, SIDECAR, Raw, refused
from pydantic import TypeAdapter

from policyreport.data.areas import read_areas
from policyreport.data.observations.ledger import read_raw
from policyreport.data.sources import Provenance, read_source, read_sources
from policyreport.errors import ConnectError, DataError, ParamsError, RenderError
from policyreport.intake.connectors.fetched import Fetched, to_rows
from policyreport.params.edition import read_edition
from policyreport.params.policy import read_policy
from policyreport.params.reading import load_yaml
from policyreport.params.registry import read_registry
from policyreport.params.untrusted import MarkdownText
from policyreport.publishing.report import require_own_files

# --- signs, in every text that is read


@pytest.mark.parametrize("field", ["publisher", "title", "licence", "note", "address"])
def test_c7_a_sidecars_texts_hold_no_sign_that_hides_or_turns(raw: Raw, field: str, count: Callable[..., None]) -> None:
    for sign, code in REFUSED_SIGNS.values():
        path = raw.table(**{field: f"{SIDECAR.get(field, 'a')}{sign}x"})
        words = () if sign == "\ud800" or field == "address" else (code,)
        refused(lambda path=path: read_source(path), "growth.source.yaml", *words, kind=DataError)
    count(trials=len(REFUSED_SIGNS), refused=len(REFUSED_SIGNS))


@pytest.mark.parametrize("column", ["note", "unit", "period"])
def test_c7_a_tables_cells_hold_none(raw: Raw, column: str, count: Callable[..., None]) -> None:
    tried = [pair for name, pair in REFUSED_SIGNS.items() if name != "surrogate"]
    for sign, code in tried:
        at = {"note": "observed,", "unit": "8.02,%", "period": "nso,2025"}[column]
        rows = ROWS.replace(at, f"{at}a{sign}b")
        raw.table(rows=rows)
        refused(lambda: read_raw(raw.root, read_sources(raw.root)), "growth.csv, row 2", code, kind=DataError)
    count(trials=len(tried), refused=len(tried))


@pytest.mark.parametrize("column", ["name", "name_en", "note"])
def test_c7_the_areas_names_hold_none(tmp_path: Path, column: str, count: Callable[..., None]) -> None:
    folder = tmp_path / "data" / "boundaries"
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "data" / "boundaries" / "crosswalk.csv", folder)
    lines = (ROOT / "data" / "boundaries" / "areas.csv").read_text("utf-8").splitlines()
    heads = lines[0].split(",")
    tried = [pair for name, pair in REFUSED_SIGNS.items() if name not in ("surrogate", "nul")]
    for sign, code in tried:
        cells = lines[1].split(",")
        cells[heads.index(column)] = f"a{sign}b"
        (folder / "areas.csv").write_text("\n".join([lines[0], ",".join(cells)]) + "\n", encoding="utf-8", newline="")
        refused(lambda: read_areas(tmp_path), "areas.csv", code, kind=DataError)
    count(trials=len(tried), refused=len(tried))


def test_c7_no_parameter_holds_any(tmp_path: Path, count: Callable[..., None]) -> None:
    for sign, code in REFUSED_SIGNS.values():
        body = '"' + "".join(f"\\U{ord(each):08x}" for each in f"a{sign}") + '"'
        (tmp_path / "x.yaml").write_text(f"a:\n  b: {body}\n")
        words = () if sign == "\ud800" else (code, "line 2")
        refused(lambda: load_yaml(tmp_path / "x.yaml"), "x.yaml", *words, kind=ParamsError)
    count(trials=len(REFUSED_SIGNS), refused=len(REFUSED_SIGNS))


def test_c7_a_publishers_answer_holds_none(count: Callable[..., None]) -> None:
    rows = to_rows([{"area": "VN"}], "x")
    source = Provenance("O", "T", "https://o.example", "2026-01-06", date(2026, 3, 1), "none", "n")
    for sign, code in REFUSED_SIGNS.values():
        changed = Provenance(**{**source.__dict__, "note": f"The table's own title: a{sign}b"})
        refused(lambda source=changed: Fetched(rows, source, b"", "o/t", ".json"), "note", code, kind=ConnectError)
    count(trials=len(REFUSED_SIGNS), refused=len(REFUSED_SIGNS))


# --- addresses, wherever one is read


def test_c1_an_address_is_checked_when_it_is_read(raw: Raw, count: Callable[..., None]) -> None:
    for address in BAD_ADDRESSES:
        path = raw.table(address=address)
        refused(lambda path=path: read_source(path), "growth.source.yaml", kind=DataError)
    count(trials=len(BAD_ADDRESSES), refused=len(BAD_ADDRESSES))


def test_c1_the_policys_address_too(tmp_path: Path, count: Callable[..., None]) -> None:
    (tmp_path / "params").mkdir()
    policy = (ROOT / "params" / "policy.yaml").read_text("utf-8")
    tried = [address for address in BAD_ADDRESSES if address.isprintable()]
    for address in tried:
        written = re.sub(
            r"^address: .*$", lambda _, address=address: f"address: {json.dumps(address)}", policy, flags=re.MULTILINE
        )
        (tmp_path / "params" / "policy.yaml").write_text(written, encoding="utf-8")
        refused(lambda: read_policy(tmp_path), "policy.yaml: address", "http", kind=ParamsError)
    count(trials=len(tried), refused=len(tried))


# --- names of files and links


@pytest.mark.parametrize(
    "name",
    ["a b", "a\nb", "<b>", "a`b", "[x](y)", "a;b", "a,b", "a#b", "a'b", 'a"b', "a|b", "a\u202eb", "${x}", "a{b}", "-a",
     "a\\b", "=a", "@a", "a\x1b[31m"],
)  # fmt: skip
def test_c2_a_table_has_a_plain_name(raw: Raw, name: str, count: Callable[..., None]) -> None:
    raw.table(f"office/{name}")
    refused(lambda: read_sources(raw.root), "letters, digits", kind=DataError)
    shutil.rmtree(raw.folder / "office")
    raw.table(f"{name}/growth")
    refused(lambda: read_sources(raw.root), "letters, digits", kind=DataError)
    count(trials=2, refused=2)


def test_c10_nothing_below_raw_leads_out_of_it(raw: Raw, tmp_path: Path, count: Callable[..., None]) -> None:
    outside = Raw(tmp_path / "elsewhere")
    table = outside.table()
    for link in ("growth.csv", "growth.source.yaml"):
        own = raw.table()
        target = table.with_name(link)
        (own.parent / link).unlink()
        (own.parent / link).symlink_to(target)
        refused(lambda: read_sources(raw.root), "a link to", kind=DataError)
        refused(lambda own=own: read_source(own), "a link to", kind=DataError)
        (own.parent / link).unlink()
    shutil.rmtree(raw.folder / "office")
    (raw.folder / "office").symlink_to(table.parent)
    refused(lambda: read_sources(raw.root), "a link to", kind=DataError)
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "page.qmd").symlink_to("/etc/passwd")
    refused(lambda: require_own_files(tmp_path / "reports"), "a link to /etc/passwd", kind=RenderError)
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "a.yaml").symlink_to("/etc/passwd")
    refused(lambda: load_yaml(tmp_path / "params" / "a.yaml"), "a link to /etc/passwd", kind=ParamsError)
    count(trials=5, refused=5)


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1066-10-14", "2201-01-01"])
def test_c10_a_day_nobody_can_mean_is_refused(raw: Raw, day: str, count: Callable[..., None]) -> None:
    refused(lambda: read_source(raw.table(accessed=date.fromisoformat(day))), "accessed", day, kind=DataError)
    count(trials=1, refused=1)


# --- the few parameters that are Markdown


def test_c2_the_texts_that_are_markdown_hold_a_safe_part_of_it(count: Callable[..., None]) -> None:
    # Formatting, and what begins nothing in the middle of a line.
    harmless = {
        "emphasis", "code", "letters", "bang", "math-brackets", "quotes", "emoji-code", "hard-space", "escape-end",
        "list", "number-list", "letter-list", "yaml", "table", "table-escaped", "autolink", "console", "setting",
    }  # fmt: skip
    live = []
    for name, payload in PAYLOADS.items():
        try:
            TypeAdapter(MarkdownText).validate_python(payload)
        except ValueError:
            continue
        live += [] if name in harmless else [name]
    count(trials=len(PAYLOADS), refused=len(PAYLOADS) - len(harmless), inert=len(harmless), live=len(live))
    assert live == []


def test_c2_every_text_of_the_project_that_is_markdown_is_safe() -> None:
    assert read_registry(ROOT).methods


def test_c2_an_editions_title_is_one_line_of_signs(tmp_path: Path, count: Callable[..., None]) -> None:
    folder = tmp_path / "params" / "editions"
    folder.mkdir(parents=True)
    body = yaml.safe_load((ROOT / "params" / "editions" / "2025Q3.yaml").read_text("utf-8"))
    (folder / "2025Q3.yaml").write_text(yaml.safe_dump(body | {"title": "a\u202eb", "previous": None}))
    refused(lambda: read_edition(tmp_path, "2025Q3"), "U+202E", kind=ParamsError)
    count(trials=1, refused=1)
