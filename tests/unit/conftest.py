"""A copy of params/ to edit, for the tests of what a slip there is answered with."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with nothing but the parameters."""
    shutil.copytree(ROOT / "params", tmp_path / "params")
    return tmp_path


@pytest.fixture
def rewrite(project: Path) -> Callable[[str, str, str], None]:
    """Replace a text in one of the copied parameter files, which must hold it."""

    def replace(name: str, old: str, new: str) -> None:
        path = project / "params" / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace
