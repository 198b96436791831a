"""The tiny edition's site, and the second reader of it."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def site(tiny_rendered) -> Path:
    """Three provinces' pages, and the nation's."""
    return tiny_rendered.site


@pytest.fixture(scope="session")
def reader() -> ModuleType:
    """The second reader."""
    spec = importlib.util.spec_from_file_location("recompute", Path(__file__).with_name("recompute.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules["recompute"] = module
    spec.loader.exec_module(module)
    return module
