"""The second reader agrees with the pages, reads nothing of ours, and would notice a figure that is off."""

import ast
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).with_name("recompute.py")


def test_the_second_reader_imports_nothing_of_this_project() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names |= {each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names}
    outside = {name.split(".")[0] for name in names} - set(sys.stdlib_module_names)
    assert outside == {"numpy", "pandas", "scipy", "statsmodels"}


@pytest.fixture
def table(reader: ModuleType, capsys: pytest.CaptureFixture[str]) -> Callable[[Path], tuple[int, list[str]]]:
    """What the second reader prints of a site, figure by figure, and how it ends."""

    def printed(site: Path) -> tuple[int, list[str]]:
        code = reader.main([str(site)])
        return code, capsys.readouterr().out.splitlines()[1:-1]

    return printed


def test_at_least_ten_headlines_agree_to_every_printed_digit(site: Path, table) -> None:
    code, lines = table(site)
    assert len(lines) >= 10
    assert [line for line in lines if not line.endswith("yes")] == []
    assert code == 0


def test_a_download_that_is_off_by_one_task_is_noticed(site: Path, table, tmp_path: Path) -> None:
    shutil.copytree(site, tmp_path / "site")
    path = tmp_path / "site" / "downloads" / "ledger.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",485,exact,", ",486,exact,"), encoding="utf-8")
    code, lines = table(tmp_path / "site")
    assert any("15 October 2025" in line for line in lines if line.endswith("NO"))
    assert code == 1


def test_a_page_without_the_figure_is_noticed(site: Path, reader: ModuleType, tmp_path: Path) -> None:
    shutil.copytree(site, tmp_path / "site")
    page = tmp_path / "site" / "digital-economy.html"
    page.write_text("<html><body><p>Nothing.</p></body></html>", encoding="utf-8")
    lines = reader.compare(tmp_path / "site")
    assert {line.agrees for line in lines if "share" in line.name and "NSO" in line.name} == {False}
