"""An edition is published whole, beside the others, and anyone can check it."""

import json
import os
import shutil
import subprocess
import sys
import threading
import urllib.request
import zipfile
from datetime import date
from pathlib import Path

import pytest

from policyreport.errors import ParamsError, UsageError
from policyreport.params.edition import Edition
from policyreport.params.publication import read_publication
from policyreport.publishing.archive import crate, pack, write_archive
from policyreport.publishing.gate import changed_files, dead_links
from policyreport.publishing.kept import Kept
from policyreport.publishing.manifest import VERIFIER
from policyreport.publishing.publication import Publisher, publish
from policyreport.publishing.rebuild import differences
from policyreport.publishing.serving import open_server
from policyreport.publishing.verify import MANIFEST, find_places, find_problems, read_manifest

ROOT = Path(__file__).parents[2]
ADDRESS = "https://example.org/r57"
PAGE = (
    "<html><head><title>{0}</title></head><body>{1}<footer class='site-footer'>\n<dl>\n</dl>\n</footer></body></html>"
)


def an_edition(id: str = "2030Q1", day: date = date(2030, 5, 1), *, simulated: bool = False) -> Edition:
    data = {"data": "data/teaching", "simulated": True} if simulated else {}
    titles = {"vi": f"Kỳ {id}"}
    return Edition(
        id=id, title=f"Edition {id}", titles=titles, quarter="2030Q1", as_known_on=day, languages=("en", "vi"),
        quorum=0.9, **data,
    )  # fmt: skip


def figure(name: str, shapes: str) -> str:
    return f'<div aria-describedby="fig-{name}-caption"><svg class="picture broad">{shapes}</svg></div>'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    (folder / "vi").mkdir(parents=True)
    (folder / "downloads").mkdir()
    body = f'<a id="top" href="tasks.html">tasks</a>{figure("share", "<path/>")}{figure("pace", "<rect/>")}'
    (folder / "index.html").write_text(PAGE.format("Overview", body))
    (folder / "tasks.html").write_text(PAGE.format("Tasks", '<a href="./index.html#top">up</a>'))
    (folder / "vi" / "index.html").write_text(PAGE.format("Tổng quan", '<a href="../index.html">en</a>'))
    (folder / "downloads" / "panel.csv").write_text("area,value\nn01,1\n")
    return folder


@pytest.fixture
def documents(tmp_path: Path) -> dict[str, Path]:
    paths = {"en": tmp_path / "report.pdf", "vi": tmp_path / "report-vi.pdf"}
    for path in paths.values():
        path.write_bytes(b"%PDF-1.7")
    return paths


def published(site: Path, documents: dict[str, Path], to: Path, edition: Edition | None = None, url: str = "") -> Path:
    publisher = Publisher(ROOT, read_publication(ROOT, url))
    return publish(publisher, edition or an_edition(), site, documents, to, ["policyreport publish"])


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_publication_holds_what_its_manifest_lists(site: Path, documents: dict[str, Path], tmp_path: Path) -> None:
    target = published(site, documents, tmp_path / "public")
    assert find_places(tmp_path / "public") == [target]
    assert find_problems(target) == []
    facts = json.loads(read_manifest(target))
    assert set(facts["files"]) == set(contents(target)) - {MANIFEST}
    assert {"report.pdf", "report-vi.pdf", "cite.bib", "cite.json", VERIFIER} < set(facts["files"])
    assert facts["title"] == {"en": "Edition 2030Q1", "vi": "Kỳ 2030Q1"}
    assert list((tmp_path / "public").glob(".*")) == []


def test_two_publications_of_an_edition_are_the_same_bytes(
    site: Path, documents: dict[str, Path], tmp_path: Path
) -> None:
    for name in ("one", "two"):
        published(site, documents, tmp_path / name, url=ADDRESS)
        published(site, documents, tmp_path / name, url=ADDRESS)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_other_editions_stay_as_they_are_and_the_newest_leads(
    site: Path, documents: dict[str, Path], tmp_path: Path
) -> None:
    public = tmp_path / "public"
    newer = an_edition("2030Q2", date(2030, 8, 1))
    old, new = published(site, documents, public), None
    before = contents(old)
    (site / "tasks.html").write_text(PAGE.format("Tasks", "more"))
    new = published(site, documents, public, newer)
    published(site, documents, public, an_edition("demo", date(2031, 1, 1), simulated=True))
    assert contents(old) == before
    assert f"../{new.name}/index.html" in (public / "latest" / "index.html").read_text()
    listed = (public / "vi" / "index.html").read_text()
    assert listed.index("Kỳ 2030Q2") < listed.index("Kỳ 2030Q1") < listed.index("Kỳ demo")
    assert "Disallow: /demo/" in (public / "robots.txt").read_text()
    assert dead_links_of_lists(public) == []


def dead_links_of_lists(public: Path) -> list[str]:
    """Dead links but for the theme, which the small site lacks, and addresses."""
    return [line for line in dead_links(public) if "/theme/" not in line]


def test_feed_and_site_map_need_an_address(site: Path, documents: dict[str, Path], tmp_path: Path) -> None:
    published(site, documents, tmp_path / "without")
    published(site, documents, tmp_path / "with", url=f"{ADDRESS}/")
    assert not {"feed.xml", "sitemap.xml"} & {path.name for path in (tmp_path / "without").iterdir()}
    assert f"<id>{ADDRESS}/2030Q1/</id>" in (tmp_path / "with" / "feed.xml").read_text()
    assert f"<loc>{ADDRESS}/2030Q1/vi/index.html</loc>" in (tmp_path / "with" / "sitemap.xml").read_text()
    assert f"{ADDRESS}/2030Q1/tasks.html" in (tmp_path / "with" / "2030Q1" / "tasks.html").read_text()


def test_pages_describe_themselves_and_lead_to_pdf_and_editions(
    site: Path, documents: dict[str, Path], tmp_path: Path
) -> None:
    page = (published(site, documents, tmp_path / "public") / "vi" / "index.html").read_text()
    data = json.loads(page.partition('<script type="application/ld+json">')[2].partition("</script>")[0])
    assert [(part["@type"], part["name"]) for part in data["@graph"]] == [
        ("Report", "Kỳ 2030Q1"),
        ("Dataset", "Kỳ 2030Q1"),
    ]
    assert 'href="../report-vi.pdf"' in page
    assert 'href="../../vi/index.html"' in page


def test_a_title_cannot_end_the_description_of_a_page(site: Path, documents: dict[str, Path], tmp_path: Path) -> None:
    edition = an_edition().model_copy(update={"title": "</script><b>x"})
    target = published(site, documents, tmp_path / "public", edition)
    assert "</script><b>x" not in (target / "index.html").read_text()
    assert "<b>x" not in (tmp_path / "public" / "index.html").read_text()


def test_a_folder_that_is_no_edition_is_left_alone(site: Path, documents: dict[str, Path], tmp_path: Path) -> None:
    own = tmp_path / "public" / "2030Q1" / "mine.txt"
    own.parent.mkdir(parents=True)
    own.write_text("mine")
    with pytest.raises(UsageError, match="not a published edition"):
        published(site, documents, tmp_path / "public")
    assert own.read_text() == "mine"


@pytest.mark.parametrize("url", ["example.org", "ftp://example.org", "javascript:alert(1)"])
def test_an_address_is_one_of_the_web(url: str) -> None:
    with pytest.raises(UsageError, match="http"):
        read_publication(ROOT, url)


def test_a_misspelt_key_of_the_publication_is_refused(tmp_path: Path) -> None:
    (tmp_path / "params").mkdir()
    text = (ROOT / "params" / "publication.yaml").read_text()
    (tmp_path / "params" / "publication.yaml").write_text(text.replace("licence:", "license:"))
    with pytest.raises(ParamsError, match="licence"):
        read_publication(tmp_path)


def test_verifying_names_each_file_that_is_not_as_published(
    site: Path, documents: dict[str, Path], tmp_path: Path
) -> None:
    target = published(site, documents, tmp_path / "public")
    (target / "tasks.html").write_text("changed")
    (target / "cite.bib").unlink()
    (target / "extra.txt").write_text("extra")
    (target / "link").symlink_to("/etc/hostname")
    found = find_problems(target)
    assert [line.partition(":")[0] for line in found] == ["link", "cite.bib", "extra.txt", "tasks.html"]
    assert "expected sha256" in found[3]
    assert "got sha256" in found[3] or "bytes), got" in found[3]


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"files": {"a": 1}}', '{"files": {"a": {"size": "x"}}}', "\udcff"])
def test_a_broken_manifest_is_a_problem_and_no_crash(body: str, tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_bytes(body.encode("utf-8", "surrogateescape"))
    assert [line.partition(":")[0] for line in find_problems(tmp_path)] == [MANIFEST]


def test_a_stranger_verifies_with_python_alone(site: Path, documents: dict[str, Path], tmp_path: Path) -> None:
    target = published(site, documents, tmp_path / "public")
    command = [sys.executable, "-I", "-S", target / VERIFIER]
    good = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    (target / "downloads" / "panel.csv").write_text("area,value\nn01,2\n")
    bad = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (good.returncode, bad.returncode) == (0, 1)
    assert "downloads/panel.csv: expected sha256" in bad.stdout


def test_swapped_figures_are_named_both(site: Path, tmp_path: Path) -> None:
    # The page of the notebooks shows the same pictures.
    (site / "vi" / "notebooks.html").write_text(figure("cell", "<path/>") + figure("cell2", "<rect/>"))
    kept = Kept(tmp_path)
    kept.note(site, "origin", pages={"index.qmd": "o", "tasks.qmd": "o"})
    made = Kept(tmp_path).made(site)
    assert made is not None
    assert list(changed_files(site, made)) == []
    page = site / "index.html"
    swapped = page.read_text().replace("<path/>", "<x/>").replace("<rect/>", "<path/>").replace("<x/>", "<rect/>")
    page.write_text(swapped)
    (site / "tasks.html").unlink()
    (site / "new.html").write_text("")
    assert [line.partition(": expected")[::2] for line in changed_files(site, made)] == [
        ("/index.html: figure fig-share 1", " the picture that its notebook drew; got that of fig-pace 1."),
        ("/index.html: figure fig-pace 1", " the picture that its notebook drew; got that of fig-share 1."),
        ("/new.html", " no such file; got one that rendering did not make."),
        ("/tasks.html", " the file as rendered; got no such file."),
    ]


def test_dead_links_are_named_with_the_pages_that_have_them(site: Path) -> None:
    assert dead_links(site) == []
    (site / "tasks.html").unlink()
    (site / "vi" / "index.html").write_text('<a href="../index.html#gone">x</a> <a href="../../up.html">y</a>')
    named = [line.removeprefix(f"{site}/").partition(":")[0] for line in dead_links(site)]
    assert named == ["../../up.html (outside of the site)", "index.html#gone", "tasks.html"]


def an_archive(site: Path, documents: dict[str, Path], tmp_path: Path, name: str) -> Path:
    root, store = tmp_path / "project", tmp_path / "store"
    made = (root / "data" / "a.csv", root / "notebooks" / "national" / "tasks.ipynb", store / "records/VN/tasks.json")
    for path in made:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    (root / "requirements.lock").write_text("x==1\n")
    target = published(site, documents, tmp_path / "public")
    facts = json.loads(read_manifest(target))
    del facts["files"]
    file = tmp_path / name
    write_archive(root, store, target, file, read_publication(ROOT), facts)
    return file


def test_an_archive_is_the_same_bytes_whenever_it_is_made(
    site: Path, documents: dict[str, Path], tmp_path: Path
) -> None:
    first = an_archive(site, documents, tmp_path, "1.zip")
    for path in tmp_path.rglob("*"):
        os.utime(path, (1, 1))
    second = an_archive(site, documents, tmp_path, "2.zip")
    assert first.read_bytes() == second.read_bytes()
    assert find_problems(first) == []
    with zipfile.ZipFile(first) as packed:
        outputs = packed.read("policyreport-2030Q1/OUTPUTS.md").decode()
    assert "| outputs/records/VN/tasks.json | record: typed results | notebooks/national/tasks.ipynb |" in outputs


def test_a_changed_archive_names_the_file(site: Path, documents: dict[str, Path], tmp_path: Path) -> None:
    file = an_archive(site, documents, tmp_path, "1.zip")
    with zipfile.ZipFile(file) as packed:
        packed.extractall(tmp_path / "unpacked")
    folder = next((tmp_path / "unpacked").iterdir())
    (folder / "data" / "a.csv").write_text("b")
    pack(folder, tmp_path / "2.zip")
    assert [line.partition(":")[0] for line in find_problems(tmp_path / "2.zip")] == ["data/a.csv"]
    body = bytearray(file.read_bytes())
    body[200] ^= 255
    (tmp_path / "3.zip").write_bytes(body)
    assert len(find_problems(tmp_path / "3.zip")) == 1
    (tmp_path / "4.zip").write_bytes(file.read_bytes()[:-400])
    assert len(find_problems(tmp_path / "4.zip")) == 1


def test_the_crate_describes_only_what_is_there(site: Path, documents: dict[str, Path], tmp_path: Path) -> None:
    file = an_archive(site, documents, tmp_path, "1.zip")
    with zipfile.ZipFile(file) as packed:
        packed.extractall(tmp_path / "unpacked")
    folder = next((tmp_path / "unpacked").iterdir())
    graph = {entity["@id"]: entity for entity in json.loads((folder / "ro-crate-metadata.json").read_bytes())["@graph"]}
    facts = json.loads(read_manifest(folder))
    again = crate(folder, read_publication(ROOT), facts)["@graph"]
    assert {entity["@id"] for entity in again} == set(graph)
    parts = [part["@id"] for part in graph["./"]["hasPart"]]
    assert all((folder / part).exists() and part in graph for part in parts)
    action = graph["#run"]
    assert all(part["@id"] in graph for part in [*action["object"], *action["result"], action["instrument"]])


def test_the_first_difference_is_named_down_to_the_value(tmp_path: Path) -> None:
    for place, store, slope in (("outputs", "outputs", 1.5), ("again", "build/2030Q1", 2.5)):
        (tmp_path / store / "records" / "n01").mkdir(parents=True)
        (tmp_path / store / "records" / "n01" / "trend.json").write_text(json.dumps({"growth": [{"slope": slope}]}))
        (tmp_path / place / "2030Q1").mkdir(parents=True, exist_ok=True)
        listed = {"files": {"index.html": {"sha256": str(slope), "size": 1}}}
        (tmp_path / place / "2030Q1" / MANIFEST).write_text(json.dumps(listed))
    first, page = differences(tmp_path, "2030Q1")
    assert first.startswith("records/n01/trend.json: growth[0].slope: ")
    assert "1.5" in first
    assert "2.5" in first
    assert page == "2030Q1/index.html: archived 1.5, made again 2.5"


def test_the_server_answers_this_machine_alone(site: Path) -> None:
    with open_server(site, 0) as server:
        host, port = server.server_address[:2]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/tasks.html") as answer:
                assert b"Tasks" in answer.read()
            with pytest.raises(UsageError, match="port"):
                open_server(site, int(port))
        finally:
            server.shutdown()
            thread.join()
    assert host == "127.0.0.1"


def test_what_serves_is_not_what_publishes(site: Path, documents: dict[str, Path], tmp_path: Path) -> None:
    """A site is copied: publishing changes nothing in build/."""
    before = contents(site)
    published(site, documents, tmp_path / "public")
    shutil.rmtree(tmp_path / "public")
    assert contents(site) == before
