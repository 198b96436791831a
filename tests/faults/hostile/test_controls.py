"""That the judge sees what is alive, and that each of the three walls stands without the other two."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hostile_corpus import PAYLOADS
from hostile_judge import Verdict, judge_site

from policyreport.publishing.page_files import join_page
from policyreport.publishing.renderers.pandoc import PandocRenderer

ROOT = Path(__file__).parents[3]
# One of each kind; what is harmless where somebody may format, bold and the like, is left out.
KINDS = (
    "script", "script-src", "image", "html-image", "svg", "iframe", "raw-html", "raw-one", "link", "link-data",
    "link-attributes", "span", "division", "math",
)  # fmt: skip


@pytest.fixture
def unescaped(tmp_path: Path, browser: object) -> Callable[..., Verdict]:
    """Render pages of texts that nobody escaped, and judge them."""

    def render(*, filtered: bool, policy: bool) -> Verdict:
        folder = tmp_path / f"{filtered}-{policy}" / "report"
        shutil.copytree(ROOT / "reports" / "theme", folder / "theme")
        (folder / "_quarto.yml").write_text("project: {resources: [theme/site.css, theme/*.js, trace-data.js]}\n")
        (folder / "trace-data.js").write_text(
            "window.traceData = {words: {}, sets: [], rows: [], texts: [], sources: []};\n"
        )
        if not filtered:
            (folder / "theme" / "safe.lua").write_text("return {}\n")
        if not policy:
            template = folder / "theme" / "page.html"
            template.write_text(
                re.sub(r"<meta http-equiv=.Content-Sec[^>]*>", "", template.read_text("utf-8")), "utf-8"
            )
        parts = [f"## {name}\n\n{PAYLOADS[name]}\n\nIn a line {PAYLOADS[name]} on." for name in KINDS]
        page = join_page({"title": "a", "root": ".", "page": "index"}, "\n\n".join(parts))
        (folder / "index.qmd").write_text(page, encoding="utf-8")
        PandocRenderer().render_site(folder, folder.parent / "site", lambda page: None)
        return judge_site(browser, folder.parent / "site", bypass=not policy)

    return render


def test_the_judge_sees_scripts_handlers_requests_and_addresses(unescaped: Callable[..., Verdict]) -> None:
    live = "\n".join(unescaped(filtered=False, policy=False).live)
    signs = ("a script ran", "handler: <b", "handler: <img", "handler: <svg", "handler: <a", "attribute: <a",
             "request https://evil.example/x.js", "request https://evil.example/a.png", "address: <a",
             "element: <iframe", "script: <script")  # fmt: skip
    assert [sign for sign in signs if sign not in live] == []


def test_the_filter_alone_leaves_nothing_alive(unescaped: Callable[..., Verdict]) -> None:
    live = unescaped(filtered=True, policy=False).live
    # An address that somebody may follow is no danger by itself; a mark of no set is an error of the page's script.
    harmless = re.compile(r'index\.html: (address: <a [^>]*href="https?:|error )')
    assert [each for each in live if not harmless.match(each)] == []


def test_the_policy_alone_lets_no_script_run_and_no_request_leave(unescaped: Callable[..., Verdict]) -> None:
    live = unescaped(filtered=False, policy=True).live
    assert any("stopped by the policy" in each for each in live)
    assert not [each for each in live if "a script ran" in each or "dialog" in each]
