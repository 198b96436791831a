"""Publishing that is killed leaves the old edition or the new one, never a mixture."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from policyreport.publishing.exchange import put_in_place
from policyreport.publishing.verify import find_problems

ROOT = Path(__file__).parents[2]
MOMENTS = 20
FILES = 40
# Forks, each time it is asked, a process that publishes two versions of an edition in turn until it is killed.
PROGRAM = f"""
import os, sys, time
from datetime import date
from pathlib import Path
from policyreport.params.edition import Edition
from policyreport.params.publication import read_publication
from policyreport.publishing.publication import Publisher, publish

root, to = Path({str(ROOT)!r}), Path(sys.argv[1])
edition = Edition(id="2030Q1", title="x", quarter="2030Q1", as_known_on=date(2030, 5, 1), quorum=0.9)
publisher = Publisher(root, read_publication(root))
for _ in sys.stdin:
    child = os.fork()
    if child == 0:
        for turn in range(10**6):
            start = time.monotonic()
            publish(publisher, edition, to.parent / "ab"[turn % 2], {{}}, to, [])
            if turn == 1:
                print(os.getpid(), time.monotonic() - start, flush=True)
    os.waitpid(child, 0)
"""


def test_a_kill_at_any_moment_leaves_one_whole_edition(tmp_path: Path) -> None:
    public, versions = tmp_path / "public", set()
    for version in "ab":
        (tmp_path / version).mkdir()
        for number in range(FILES):
            page = f"<html><head></head><body>{version}</body></html>"
            (tmp_path / version / f"{number:03}.html").write_text(page)
    command = [sys.executable, "-c", PROGRAM, str(public)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        for moment in range(MOMENTS):
            program.stdin.write("go\n")
            child, seconds = program.stdout.readline().split()
            # The moments are spread over two turns.
            time.sleep(2 * float(seconds) * moment / MOMENTS)
            os.kill(int(child), signal.SIGKILL)
            time.sleep(0.02)
            assert find_problems(public / "2030Q1") == []
            texts = {path.read_text().partition("<body>")[2][0] for path in (public / "2030Q1").glob("*.html")}
            assert len(texts) == 1
            assert len(list((public / "2030Q1").glob("*.html"))) == FILES
            versions |= texts
        program.stdin.close()
    assert (public / "index.html").read_text().count("<h2>") == 1
    # What the killed ones were preparing is removed.
    deadline = time.monotonic() + 20
    while list(public.glob(".*")) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert list(public.glob(".*")) == []
    assert versions == {"a", "b"}


def test_where_folders_cannot_be_exchanged_the_new_one_is_moved(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("policyreport.publishing.exchange.sys.platform", "other")
    (tmp_path / "scratch" / "edition").mkdir(parents=True)
    (tmp_path / "scratch" / "edition" / "new").touch()
    (tmp_path / "target").mkdir()
    put_in_place(tmp_path / "scratch" / "edition", tmp_path / "target")
    assert [path.name for path in (tmp_path / "target").iterdir()] == ["new"]
