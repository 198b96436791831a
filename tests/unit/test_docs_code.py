"""The Python of the documentation runs as printed and prints what the page shows."""

import contextlib
import io
import re
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(
    r"^```(?:(?P<python>python)|\{code-block\} text\n:(?P<option>caption|class): (?P<value>\S+))\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
PAGES = sorted(path for path in (ROOT / "docs").glob("*/*.md") if "```python" in path.read_text("utf-8"))


def test_there_are_pages_with_code() -> None:
    assert "own-data.md" in {path.name for path in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_a_page_runs_as_printed(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "params", tmp_path / "params")
    (tmp_path / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    printed = ""
    for block in BLOCK.finditer(page.read_text(encoding="utf-8")):
        if block["option"] == "caption":
            (tmp_path / block["value"]).write_text(block["body"], encoding="utf-8")
        elif block["option"] == "class":
            assert printed.rstrip() == block["body"].rstrip()
        else:
            with contextlib.redirect_stdout(io.StringIO()) as output:
                exec(block["body"], names)  # the project's own page
            printed = output.getvalue()
