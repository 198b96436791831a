"""What a publisher does wrong ends in one message, a code of its own, and a project unchanged to the byte."""

import builtins
import shutil
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from policyreport.cli import fetching
from policyreport.cli.main import app
from policyreport.errors import ConnectError, ExitCode
from policyreport.intake.connectors.web import Web
from policyreport.params.connectors import Http, read_connectors

ROOT = Path(__file__).parents[2]
ANSWERS = ROOT / "tests" / "data" / "connectors"
SETTINGS = Http(
    timeout_seconds=30, attempts=4, first_wait_seconds=1, longest_wait_seconds=30, largest_answer_bytes=100_000
)
JSON = {"content-type": "application/json"}
WORLDBANK = ("fetch", "worldbank", "--indicators", "SP.POP.TOTL", "--yes")
PXWEB = ("fetch", "pxweb", "PL.V03.02", "--yes")
SDMX = ("fetch", "sdmx", "GDPVNM", "--yes")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project with one publisher's figures only: it loads at once."""
    for name in ("params", "data/boundaries", "data/raw/nso"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


class Publisher:
    """Stands in for the network: replies in turn, the last one for ever; counts questions and waits."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *replies: httpx.Response | Exception) -> None:
        self.replies, self.asked, self.waits = list(replies), 0, []
        monkeypatch.setattr(fetching, "open_web", lambda settings: Web(settings, self.transport, self.waits.append))

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.reply)

    def reply(self, request: httpx.Request) -> httpx.Response:
        reply = self.replies[min(self.asked, len(self.replies) - 1)]
        self.asked += 1
        if isinstance(reply, Exception):
            raise reply
        return httpx.Response(reply.status_code, content=reply.content, headers=reply.headers)


def body(name: str, media_type: str = "application/json") -> httpx.Response:
    return httpx.Response(200, content=(ANSWERS / name).read_bytes(), headers={"content-type": media_type})


def page() -> httpx.Response:
    return body("table-page.html", "text/html; charset=utf-8")


def files(project: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(project.rglob("*")) if path.is_file()}


def refused(project: Path, *words: str) -> str:
    """The message of a command that must change nothing."""
    before = files(project)
    result = CliRunner().invoke(app, ["--project", str(project), *words])
    assert files(project) == before
    assert result.exit_code == ExitCode.CONNECT, result.output
    assert "Traceback" not in result.output
    assert [line[:11].strip() for line in result.stderr.splitlines()][1:] == ["expected:", "got:", "to do:"]
    return result.stderr


ALL = pytest.mark.parametrize("words", [WORLDBANK, PXWEB, SDMX], ids=["worldbank", "pxweb", "sdmx"])


# --- the connection


@ALL
def test_offline(project, monkeypatch, words) -> None:
    publisher = Publisher(monkeypatch, httpx.ConnectError("[Errno -2] Name or service not known"))
    message = refused(project, *words)
    assert "no connection ([Errno -2] Name or service not known) in 4 attempts" in message
    assert "Check the network" in message
    assert publisher.asked == 4


@ALL
def test_no_answer_in_time(project, monkeypatch, words) -> None:
    publisher = Publisher(monkeypatch, httpx.ReadTimeout(""))
    assert "no answer within 30 seconds in 4 attempts" in refused(project, *words)
    assert publisher.asked == 4
    assert publisher.waits == [1, 2, 4]


@ALL
def test_a_page_that_moved_is_not_asked_for_again(project, monkeypatch, words) -> None:
    publisher = Publisher(monkeypatch, httpx.Response(404))
    assert "got:      status 404 (Not Found)" in refused(project, *words)
    assert publisher.asked == 1


@ALL
def test_a_server_in_trouble_is_asked_again_and_then_given_up(project, monkeypatch, words) -> None:
    publisher = Publisher(monkeypatch, httpx.Response(503))
    assert "status 503 (Service Unavailable) in 4 attempts" in refused(project, *words)
    assert publisher.asked == 4


def test_a_server_that_comes_back_costs_only_the_waits(project, monkeypatch) -> None:
    publisher = Publisher(monkeypatch, httpx.Response(502), httpx.ConnectTimeout(""), body("SP.POP.TOTL.json"))
    result = CliRunner().invoke(app, ["--project", str(project), *WORLDBANK])
    assert result.exit_code == 0, result.output
    assert publisher.asked == 3
    assert publisher.waits == [1, 2]


def test_what_the_server_asks_to_wait_is_waited_up_to_the_longest_wait() -> None:
    replies = iter([{"retry-after": "7"}, {"retry-after": "3600"}, {"retry-after": "Fri, 31 Dec 2027 23:59:59 GMT"}])
    waits: list[float] = []
    transport = httpx.MockTransport(lambda _: httpx.Response(429, headers=next(replies, {})))
    with Web(SETTINGS, transport, waits.append) as web, pytest.raises(ConnectError, match="status 429"):
        web.get("https://example.org/", ("text/html",))
    assert waits == [7, 30, 4]


def test_an_answer_larger_than_allowed_is_not_read_to_its_end() -> None:
    read = 0

    class Flood(httpx.SyncByteStream):
        def __iter__(self):
            nonlocal read
            for _ in range(1000):
                read += 10_000
                yield b" " * 10_000

    transport = httpx.MockTransport(lambda _: httpx.Response(200, headers=JSON, stream=Flood()))
    with Web(SETTINGS, transport) as web, pytest.raises(ConnectError, match="at most 100000 bytes; got a larger"):
        web.get("https://example.org/", ("application/json",))
    assert read < 200_000


def test_a_connection_lost_in_the_middle_is_tried_again() -> None:
    class Cut(httpx.SyncByteStream):
        def __iter__(self):
            yield b"[1,"
            raise httpx.RemoteProtocolError("peer closed connection")

    asked: list[int] = []

    def reply(_: httpx.Request) -> httpx.Response:
        asked.append(1)
        return httpx.Response(200, headers=JSON, stream=Cut()) if len(asked) == 1 else httpx.Response(200, json=[1])

    with Web(SETTINGS, httpx.MockTransport(reply), lambda _: None) as web:
        assert web.get("https://example.org/", ("application/json",)).body == b"[1]"
    assert len(asked) == 2


def test_a_ring_of_redirects_is_one_message() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(302, headers={"location": "https://example.org/"}))
    with Web(SETTINGS, transport) as web, pytest.raises(ConnectError, match="more than 10 redirects"):
        web.get("https://example.org/", ("text/html",))


# --- the document


@pytest.mark.parametrize(
    ("words", "replies"),
    [(WORLDBANK, [page()]), (PXWEB, [page(), page()]), (SDMX, [page()])],
    ids=["worldbank", "pxweb", "sdmx"],
)
def test_a_web_page_instead_of_data(project, monkeypatch, words, replies) -> None:
    publisher = Publisher(monkeypatch, *replies)
    assert 'got:      "text/html"' in refused(project, *words)
    assert publisher.asked == len(replies)


@pytest.mark.parametrize(
    ("words", "name", "media_type"),
    [
        (WORLDBANK, "SP.POP.TOTL.json", "application/json"),
        (PXWEB, "PL.V03.02.json", "application/json"),
        (SDMX, "GDPVNM.xml", "text/xml"),
    ],
    ids=["worldbank", "pxweb", "sdmx"],
)
@pytest.mark.parametrize("kept", [0.05, 0.5, 0.98])
def test_a_document_that_breaks_off(project, monkeypatch, words, name, media_type, kept) -> None:
    whole = (ANSWERS / name).read_bytes()
    cut = httpx.Response(200, content=whole[: int(len(whole) * kept)], headers={"content-type": media_type})
    Publisher(monkeypatch, *([page()] if words is PXWEB else []), cut)
    assert "bytes that break off or are not" in refused(project, *words)


@ALL
def test_an_empty_document(project, monkeypatch, words) -> None:
    empty = {"worldbank": JSON, "pxweb": JSON, "sdmx": {"content-type": "text/xml"}}[words[1]]
    replies = [page()] if words is PXWEB else []
    Publisher(monkeypatch, *replies, httpx.Response(200, content=b"", headers=empty))
    assert "got:      an empty answer" in refused(project, *words)


@pytest.mark.parametrize(
    ("content", "got"),
    [
        (b"[]", "another structure"),
        (b'{"error": 1}', "another structure"),
        (b'[{"page": 1, "pages": 3, "lastupdated": "2026-07-13"}, [{"value": 1}]]', "3 pages"),
        (b'[{"page": 1, "pages": 1, "lastupdated": "soon"}, []]', '"soon"'),
        ((ANSWERS / "refusal.json").read_bytes(), "The provided parameter value is not valid"),
        ((ANSWERS / "no-figures.json").read_bytes(), "none"),
    ],
)
def test_an_answer_of_the_world_bank_without_figures(project, monkeypatch, content, got) -> None:
    Publisher(monkeypatch, httpx.Response(200, content=content, headers=JSON))
    assert got in refused(project, *WORLDBANK)


@pytest.mark.parametrize(
    ("old", "new", "got"),
    [
        (b'"value": [102', b'"value": [1, 102', "7"),
        (b'"size": [\n', b'"sizes": [\n', "another structure (KeyError: 'size')"),
        (b"2026-08-18T02:00:00Z", b"yesterday", '"yesterday"'),
    ],
)
def test_a_table_whose_figures_cannot_be_placed(project, monkeypatch, old, new, got) -> None:
    import json

    whole = (ANSWERS / "PL.V03.02.json").read_bytes().rstrip(b"\0")
    compact = json.dumps(json.loads(whole), ensure_ascii=False, indent=None).encode()
    changed = compact.replace(old.replace(b"\n", b""), new.replace(b"\n", b""))
    assert changed != compact
    Publisher(monkeypatch, page(), httpx.Response(200, content=changed, headers=JSON))
    assert f"got:      {got}" in refused(project, *PXWEB)


@pytest.mark.parametrize(
    ("old", "new", "got"),
    [
        ("ButtonViewTable", "ButtonNext", "none"),
        ("OutputFormat", "Layout", "none"),
        ("ValuesListBox", "Values", "none"),
        (
            'type="submit" name="ctl00$Main$VariableSelector1$ButtonV',
            'type="text" name="ctl00$Main$VariableSelector1$ButtonV',
            "none",
        ),
        ('action="./?rxid=0000"', 'action="https://elsewhere.example/"', "https://elsewhere.example/"),
        ("<form", "<div", "none"),
    ],
)
def test_a_form_that_changed(project, monkeypatch, old, new, got) -> None:
    changed = page().content.decode().replace(old, new)
    publisher = Publisher(monkeypatch, httpx.Response(200, text=changed, headers={"content-type": "text/html"}))
    assert got in refused(project, *PXWEB)
    assert publisher.asked == 1


def test_an_unknown_area_names_the_nearest_and_where_to_write_it(project, monkeypatch) -> None:
    table = (ANSWERS / "PL.V03.02.json").read_bytes().replace("Hà Nội".encode(), b"Ha Noi")
    Publisher(monkeypatch, page(), httpx.Response(200, content=table, headers=JSON))
    before = files(project)
    result = CliRunner().invoke(app, ["--project", str(project), *PXWEB])
    assert result.exit_code == ExitCode.DATA
    assert 'got:      "Ha Noi"' in result.stderr
    assert 'did you mean "Hà Nội"' in result.stderr
    assert "params/connectors.yaml" in result.stderr
    assert files(project) == before


# --- the command


def test_without_yes_nothing_is_written(project, monkeypatch) -> None:
    Publisher(monkeypatch, body("SP.POP.TOTL.json"))
    before = files(project)
    result = CliRunner().invoke(app, ["--project", str(project), *WORLDBANK[:-1]])
    assert result.exit_code == 0
    assert "3 new, 0 revised, 0 unchanged, 0 refused" in result.output
    assert "VN population_average 2024  100987.686 (observed) thousand persons" in result.output
    assert "changes edition 2025Q4, known on 2026-09-30: 3 figures published by then" in result.output
    assert "Give --yes to write it" in result.output
    assert files(project) == before


def test_fetched_twice_changes_nothing(project, monkeypatch) -> None:
    Publisher(monkeypatch, body("SP.POP.TOTL.json"))
    first = CliRunner().invoke(app, ["--project", str(project), *WORLDBANK])
    assert "wrote data/raw/world-bank/SP.POP.TOTL-2026-07-13.csv" in first.output
    after = files(project)
    second = CliRunner().invoke(app, ["--project", str(project), *WORLDBANK])
    assert "0 new, 0 revised, 3 unchanged, 0 refused" in second.output
    assert "the ledger has every figure" in second.output
    assert second.exit_code == 0
    assert files(project) == after


def test_a_figure_changed_under_its_date_is_refused_until_a_day_is_stated(project, monkeypatch) -> None:
    Publisher(monkeypatch, body("SP.POP.TOTL.json"))
    CliRunner().invoke(app, ["--project", str(project), *WORLDBANK])
    changed = (ANSWERS / "SP.POP.TOTL.json").read_bytes().replace(b"100352192", b"100352999")
    Publisher(monkeypatch, httpx.Response(200, content=changed, headers=JSON))
    before = files(project)
    result = CliRunner().invoke(app, ["--project", str(project), *WORLDBANK])
    assert result.exit_code == ExitCode.DATA
    assert "refused  VN population_average 2023  100352.192 (observed) → 100352.999 (observed)" in result.output
    assert files(project) == before
    stated = CliRunner().invoke(app, ["--project", str(project), *WORLDBANK, "--published", "2026-07-20"])
    assert stated.exit_code == 0, stated.output
    assert "0 new, 1 revised, 2 unchanged, 0 refused" in stated.output
    assert (project / "data/raw/world-bank/SP.POP.TOTL-2026-07-20.csv").exists()


def test_if_one_indicator_fails_none_is_written(project, monkeypatch) -> None:
    publisher = Publisher(monkeypatch, body("SP.POP.TOTL.json"), httpx.Response(404))
    refused(project, "fetch", "worldbank", "--indicators", "SP.POP.TOTL,NY.GDP.MKTP.KD.ZG", "--yes")
    assert publisher.asked == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("worldbank", "--indicators", "SP.POP.TOTL,SP.POP.TOT"), 'did you mean "SP.POP.TOTL"?'),
        (("worldbank", "--indicators", " ,"), "World Bank codes"),
        (("pxweb", "V03.11"), 'did you mean "V03.12" or "V03.10"'),
        (("sdmx", "GDPVN"), 'did you mean "GDPVNM"?'),
        (("sdmx", "GDPVNM", "--series", "NGDP_XDC"), 'did you mean "NGDP_PA_XDC"?'),
    ],
)
def test_an_unmapped_code_is_answered_before_anything_is_sent(project, monkeypatch, words, message) -> None:
    publisher = Publisher(monkeypatch, httpx.Response(500))
    result = CliRunner().invoke(app, ["--project", str(project), "fetch", *words])
    assert result.exit_code == ExitCode.USAGE
    assert message in result.stderr
    assert publisher.asked == 0


@pytest.mark.parametrize("day", ["22/11/2026", "2999-01-01"])
def test_a_stated_day_that_cannot_be_is_refused(project, monkeypatch, day) -> None:
    Publisher(monkeypatch, body("SP.POP.TOTL.json"))
    result = CliRunner().invoke(app, ["--project", str(project), *WORLDBANK, "--published", day])
    assert result.exit_code == ExitCode.USAGE
    assert f"--published {day}" in result.stderr


def test_a_missing_package_is_one_line_that_says_what_to_install(project, monkeypatch) -> None:
    real = builtins.__import__

    def without(name, *rest, **more):
        if name == "policyreport.intake.connectors" and "sdmx" in (rest[2] or ()):
            raise ModuleNotFoundError("No module named 'pysdmx'", name="pysdmx")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    message = refused(project, *SDMX)
    assert "expected: the package pysdmx" in message
    assert 'pip install "policyreport[connect]"' in message


def test_the_list_names_every_mapped_code(project) -> None:
    output = CliRunner().invoke(app, ["--project", str(project), "fetch", "--list"]).output
    params = read_connectors(ROOT)
    for code in (*params.worldbank.indicators, *params.pxweb.tables, *params.sdmx.flows):
        assert code in output
    assert len(output.splitlines()) == 12


def test_without_a_word_the_help_is_shown() -> None:
    result = CliRunner().invoke(app, ["fetch"])
    assert "fetch worldbank --indicators NY.GDP.MKTP.KD.ZG --since 2018" in result.output
