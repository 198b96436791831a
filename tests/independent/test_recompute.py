"""The second reader agrees with the pages, reads nothing of ours, and would notice a figure that is off."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

SCRIPT = Path(__file__).with_name("recompute.py")


def test_the_second_reader_imports_nothing_of_this_project() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names |= {each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names}
    outside = {name.split(".")[0] for name in names} - set(sys.stdlib_module_names)
    assert outside == {"numpy", "pandas", "scipy", "statsmodels"}


def test_at_least_ten_headlines_agree_to_every_printed_digit(site: Path) -> None:
    told = subprocess.run([sys.executable, SCRIPT, site], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    lines = told.stdout.splitlines()[1:-1]
    assert len(lines) >= 10
    assert all(line.endswith("yes") for line in lines)


def test_a_download_that_is_off_by_one_task_is_noticed(site: Path, reader: ModuleType, tmp_path: Path) -> None:
    shutil.copytree(site, tmp_path / "site")
    path = tmp_path / "site" / "downloads" / "ledger.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",485,exact,", ",486,exact,"), encoding="utf-8")
    wrong = [line.name for line in reader.compare(tmp_path / "site") if not line.agrees]
    assert any("15 October 2025" in name for name in wrong)
    assert reader.main([str(tmp_path / "site")]) == 1


def test_a_page_without_the_figure_is_noticed(site: Path, reader: ModuleType, tmp_path: Path) -> None:
    shutil.copytree(site, tmp_path / "site")
    page = tmp_path / "site" / "digital-economy.html"
    page.write_text("<html><body><p>Nothing.</p></body></html>", encoding="utf-8")
    lines = reader.compare(tmp_path / "site")
    assert {line.agrees for line in lines if "share" in line.name and "NSO" in line.name} == {False}
