"""A forged journal, note, result or picture changes nothing outside what it may change, and is told by its name."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hostile_project import Raw, refused

from policyreport.data.journal import FILE, Entry, Journal, read_journal
from policyreport.data.sources import read_sources
from policyreport.errors import DataError, RenderError
from policyreport.intake.writing import roll_back
from policyreport.publishing.pictures import require_picture
from policyreport.running.cache.results import Cache, read_note


def forged(raw: Raw, path: str, number: tuple[int, int] | None = None) -> None:
    file = raw.folder / path
    body, facts = (file.read_bytes(), file.stat()) if file.is_file() else (b"", None)
    entry = Entry(
        path=path,
        sha256=hashlib.sha256(body).hexdigest(),
        number=number or ((facts.st_dev, facts.st_ino + 1) if facts else (1, 1)),
    )
    (raw.folder / FILE).write_text(Journal(process=999999999, files=(entry,)).model_dump_json())


@pytest.mark.parametrize(
    "path",
    ["office/growth.csv", "office/growth.source.yaml", "../../secret.csv", "/etc/passwd.csv", "office/growth",
     "office/other.csv.part", "office", ""],
)  # fmt: skip
def test_c7_a_forged_journal_hides_no_table_and_removes_no_file(
    raw: Raw, path: str, count: Callable[..., None]
) -> None:
    table = raw.table()
    (raw.root / "secret.csv").write_text("a")
    forged(raw, path)
    before = {each: each.read_bytes() for each in raw.root.rglob("*") if each.is_file()}
    refused(lambda: read_sources(raw.root), FILE, "Delete this file", kind=DataError)
    refused(lambda: roll_back(raw.folder), FILE, kind=DataError)
    assert {each: each.read_bytes() for each in raw.root.rglob("*") if each.is_file()} == before
    (raw.folder / FILE).unlink()
    assert "office/growth" in read_sources(raw.root)
    assert table.is_file()
    count(trials=1, refused=1)


def test_c7_a_journal_that_names_no_table_of_its_own_hides_none(raw: Raw, count: Callable[..., None]) -> None:
    """The original named is not there, so nothing contradicts the entry; the table is not the journal's."""
    raw.table()
    forged(raw, "office/growth.original.xlsx")
    assert "office/growth" in read_sources(raw.root)
    (raw.folder / FILE).write_text(Journal(process=999999999, files=()).model_dump_json())
    assert "office/growth" in read_sources(raw.root)
    count(trials=2, inert=2)


@pytest.mark.parametrize("body", ["", "office/growth\n1\n", "{}", "[" * 9999, '{"key": 1}', "\x00" * 10])
def test_c7_what_is_no_journal_hides_nothing(raw: Raw, body: str, count: Callable[..., None]) -> None:
    raw.table()
    (raw.folder / FILE).write_text(body)
    refused(lambda: read_sources(raw.root), FILE, kind=DataError)
    count(trials=1, refused=1)


def test_c7_a_journal_behind_a_link_is_none(raw: Raw, tmp_path: Path, count: Callable[..., None]) -> None:
    (tmp_path / "j").write_text("{}")
    (raw.folder / FILE).symlink_to(tmp_path / "j")
    refused(lambda: read_journal(raw.folder), "a link to", kind=DataError)
    count(trials=1, refused=1)


@pytest.mark.parametrize(
    "note",
    [{"areas": ["../../../x"], "units": {"../../../x": {}}, "nation": {}}, {"areas": 1}, {},
     {"areas": [], "units": [], "nation": {}},
     {"areas": ["n01"], "units": {"n01": {"../t": {"key": "a", "record": "b", "notebook": "c"}}}, "nation": {}},
     {"areas": ["n01"], "units": {"n01": {"trend": {"key": 1}}}, "nation": {}}],
)  # fmt: skip
def test_c7_a_forged_note_of_the_cache_is_none(tmp_path: Path, note: dict, count: Callable[..., None]) -> None:
    cache = Cache(tmp_path)
    cache.note("runs/x", note)
    assert read_note(cache, "runs/x") is None
    assert cache.find("../../../etc/passwd") is None
    count(trials=1, refused=1)


def test_c7_a_forged_result_without_its_length_is_made_again(tmp_path: Path, count: Callable[..., None]) -> None:
    cache, key = Cache(tmp_path), "a" * 64
    for body in (b"", b"x\nabc", b"-1\nabc", b"9" * 40 + b"\nabc"):
        cache._write(cache._path("results", key), body)
        assert cache.find(key) is None
    count(trials=4, refused=4)


PICTURES = {
    "script": "<svg><script>1</script></svg>", "handler": '<svg><g onclick="x"/></svg>', "set": "<svg><set/></svg>",
    "load": '<svg onload="x"></svg>', "address": '<svg><a href="javascript:x">a</a></svg>', "page": "<html></html>",
    "outside": '<svg><image href="https://evil.example/a.png"/></svg>', "entity": "<!DOCTYPE svg><svg></svg>",
    "file": '<svg><image xlink:href="../../secret.png"/></svg>', "foreign": "<svg><foreignObject/></svg>",
    "animation": "<svg><animate/></svg>", "use": '<svg><use href="http://a"/></svg>',
}  # fmt: skip


@pytest.mark.parametrize("svg", PICTURES.values(), ids=PICTURES)
def test_c1_a_picture_is_shapes_and_text(svg: str, count: Callable[..., None]) -> None:
    refused(lambda: require_picture("figures/a.svg", svg, 'exhibit "a" of VN'), 'exhibit "a" of VN', kind=RenderError)
    count(trials=1, refused=1)


@pytest.mark.parametrize(
    "name",
    ["../a.svg", "figures/../../a.svg", "theme/site.js", "/etc/a.svg", "figures/a.js", "figures/a b.svg", "index.qmd"],
)
def test_c7_a_picture_is_written_among_the_pictures(name: str, count: Callable[..., None]) -> None:
    refused(lambda: require_picture(name, "<svg></svg>", "exhibit"), "figures/", kind=RenderError)
    count(trials=1, refused=1)
