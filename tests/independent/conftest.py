"""The tiny edition's site, rendered once."""

import importlib.util
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

from policyreport.publishing import report
from policyreport.publishing.renderers import choose


@pytest.fixture(scope="session")
def site(tiny, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three provinces' pages, and the nation's."""
    store = tmp_path_factory.mktemp("store")
    shutil.copytree(tiny.store, store, dirs_exist_ok=True)
    folder = tmp_path_factory.mktemp("rendered") / "site"
    choose("pandoc").render_site(report.assemble(tiny.root, "tiny", store), folder, lambda line: None)
    return folder


@pytest.fixture(scope="session")
def reader() -> ModuleType:
    """The second reader."""
    spec = importlib.util.spec_from_file_location("recompute", Path(__file__).with_name("recompute.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules["recompute"] = module
    spec.loader.exec_module(module)
    return module
