"""Sizes, depths, numbers, periods and redirects that are refused at once, in little memory, with their place."""

import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from hostile_project import SECONDS, Raw, refused

from policyreport.errors import ConnectError, DataError, ParamsError
from policyreport.intake.connectors.fetched import checked_figure, checked_period
from policyreport.intake.connectors.web import Web
from policyreport.params.connectors import Http
from policyreport.params.reading import load_yaml
from policyreport.params.untrusted import read_json

BYTES = 300_000_000
HTTP = Http(timeout_seconds=5, attempts=1, first_wait_seconds=0, longest_wait_seconds=0, largest_answer_bytes=100_000)
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + at)}: &{chr(98 + at)} [{', '.join(['*' + chr(97 + at)] * 9)}]\n" for at in range(8)
)
PAIRS = "b0: &b0 {x: 1}\n" + "".join(f"b{n}: &b{n} {{x: *b{n - 1}, y: *b{n - 1}}}\n" for n in range(1, 40))
TOO_MUCH = {
    "alias bomb": BOMB,
    "aliases in mappings": PAIRS,
    "itself": "a: &a [*a]",
    "400 digits": f"a: {'9' * 400}",
    "5,000 digits": f"a: {'9' * 5000}",
    "long fraction": f"a: 0.{'1' * 400}",
    "100 kB": f"a: {'x' * 100_000}",
    "100 kB key": f"? {'x' * 100_000}\n: a",
    "deep": "a: " + "[" * 2_000 + "]" * 2_000,
    "deep in blocks": "\n".join(f"{' ' * at}a:" for at in range(500)),
    "many": "a:\n" + "- b\n" * 300_000,
    "types": "a: !!python/object/apply:os.system [ls]",
    "twice": "a: 1\na: 2",
}  # fmt: skip


@pytest.mark.parametrize("body", TOO_MUCH.values(), ids=TOO_MUCH)
def test_c5_too_much_yaml_is_refused_at_once(tmp_path: Path, body: str, count: Callable[..., None]) -> None:
    (tmp_path / "x.yaml").write_text(body, encoding="utf-8")
    refused(lambda: load_yaml(tmp_path / "x.yaml"), "x.yaml", kind=ParamsError)
    count(trials=1, refused=1)


@pytest.mark.parametrize("changed", ["bomb", "title", "number"])
def test_c5_a_hostile_sidecar_costs_no_time_and_no_memory(raw: Raw, changed: str, count: Callable[..., None]) -> None:
    """By a process of its own, whose memory Linux measures from its start."""
    if not Path("/proc/self/status").exists():
        pytest.skip("no /proc")
    path = raw.table()
    sidecar = path.with_name("growth.source.yaml")
    added = {"bomb": BOMB, "title": f"title: {'x' * 100_000}\n", "number": f"note: {'9' * 400}\n"}[changed]
    kept = [line for line in sidecar.read_text().splitlines() if not line.startswith(("title", "note"))]
    sidecar.write_text("\n".join([*kept, added]))
    code = (
        "import re, sys, time\n"
        "from pathlib import Path\n"
        "from policyreport.errors import DataError\n"
        "from policyreport.data.sources import read_source\n"
        "started = time.process_time()\n"
        "try:\n    read_source(Path(sys.argv[1]))\nexcept DataError as error:\n    print(error)\n"
        "took = time.process_time() - started\n"
        "print(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1], took)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, timeout=60)
    told, measured = done.stdout.strip().rsplit("\n", 1)
    kilobytes, seconds = map(float, measured.split())
    assert "growth.source.yaml" in told
    assert seconds < SECONDS
    assert kilobytes * 1000 < BYTES
    count(trials=1, refused=1)


@pytest.mark.parametrize(
    "body",
    ["[" * 5000, "[" * 60 + "]" * 60, '{"a":' * 60 + "1" + "}" * 60, f"[{'9' * 5000}]", f"[{'9' * 400}]", "[NaN]",
     "[Infinity]", "[-Infinity]",
     f"[1.{'0' * 100}]", "{", "\xff", ""],
)  # fmt: skip
def test_c9_json_from_outside_is_bounded(body: str, count: Callable[..., None]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_json(body.encode("latin-1"))
    count(trials=1, refused=1)


@pytest.mark.parametrize("figure", ["1e308", "1e400", "-1e16", "NaN", "Infinity", "1" * 31, f"0.{'1' * 40}"])
def test_c9_no_figure_is_larger_than_the_world(figure: str, count: Callable[..., None]) -> None:
    refused(lambda: checked_figure(Decimal(figure), "World Bank X, VN, 2024"), "World Bank X, VN, 2024", kind=DataError)
    count(trials=1, refused=1)


@pytest.mark.parametrize(
    "period", ["", " ", "<b>2024</b>", "2024-13", "２０２４", "2024/2023", "9999", "0000", "20244", "*2024*", "2024-Q5"]
)
def test_c9_a_period_is_one(period: str, count: Callable[..., None]) -> None:
    refused(lambda: checked_period(period, "SDMX GDPVNM, X"), "SDMX GDPVNM, X", kind=DataError)
    count(trials=1, refused=1)


@pytest.mark.parametrize(
    ("start", "target"),
    [("https://a.example/x", "https://evil.example/x"), ("https://a.example/x", "http://a.example/x"),
     ("http://a.example/x", "http://evil.example/"),
     ("https://a.example/x", "https://a.example.evil.example/x"), ("https://a.example/x", "https://u:p@a.example/x"),
     ("https://a.example/x", "//evil.example/x"), ("https://a.example/x", "ftp://a.example/x")],
)  # fmt: skip
def test_c9_a_redirect_stays_with_its_host_and_its_encryption(
    start: str, target: str, count: Callable[..., None]
) -> None:
    asked: list[str] = []

    def reply(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        if len(asked) > 1:
            return httpx.Response(200, content=b"{}", headers={"content-type": "application/json"})
        return httpx.Response(302, headers={"location": target})

    with Web(HTTP, httpx.MockTransport(reply)) as web:
        refused(lambda: web.get(start, ["application/json"]), kind=ConnectError)
    assert asked == [start]
    count(trials=1, refused=1)


def test_c9_a_redirect_on_the_same_host_is_followed() -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/b":
            return httpx.Response(200, content=b"{}", headers={"content-type": "application/json"})
        return httpx.Response(302, headers={"location": "/b"})

    with Web(HTTP, httpx.MockTransport(reply)) as web:
        assert web.get("https://a.example/a", ["application/json"]).address == "https://a.example/b"
