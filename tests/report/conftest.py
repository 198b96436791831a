"""What several tests of the report share."""

import shutil
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module")
def browser() -> Iterator:
    """Chromium without a window; tests that need it are skipped where there is none.

    It ends with its module: while it runs, nothing else in this process can run an event loop.
    """
    playwright = pytest.importorskip("playwright.sync_api")
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no chromium on the path")
    with playwright.sync_playwright() as run:
        started = run.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()
