"""Templates: what a value prints as, and what a mistake in a template is told."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from policyreport.errors import RenderError
from policyreport.params.wording import read_wording
from policyreport.publishing.page_values import filter_sets
from policyreport.publishing.provenance import read_provenance
from policyreport.publishing.templates import Templates
from policyreport.publishing.values import Texts, Value
from policyreport.records.base import Flag
from policyreport.records.formats import NBSP, Formats
from policyreport.records.markdown import Markdown, mark

ROOT = Path(__file__).parents[2]
HEAD = "---\ntitle: Growth\n---\n\n"


@dataclass(frozen=True)
class Growth:
    latest: float
    year: int


VALUES = {
    "growth": Growth(0.0812, 2025),
    "flag": Flag(code="estimate"),
    "threshold": {"value": 20, "of": 1298},
    "names": ["Hà Nội", "Huế", "*Cần Thơ*"],
    "tasks": Value(1227, ["vn/tasks.csv#3"]),
    "table_rows": [["a|b", 1234, None]],
}
Fill = Callable[..., str]


@pytest.fixture
def fill(tmp_path: Path) -> Fill:
    """Fill the page of a text, with the sentences of another."""

    def filled(text: str, sentences: str = "", language: str = "en") -> str:
        folder = tmp_path / "reports"
        (folder / "sentences").mkdir(parents=True, exist_ok=True)
        (folder / "page.qmd").write_text(HEAD + text, encoding="utf-8")
        (folder / "sentences" / "growth.md").write_text(sentences, encoding="utf-8")
        return Templates(folder, Formats(language)).fill("page.qmd", VALUES).strip().replace(NBSP, " ")

    return filled


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("[[ growth.latest | percent ]] in [[ growth.year | decimals ]]", "8.1% in 2025"),
        ("[[ -0.6 | points(1) ]], [[ 2 | signed(1) ]], [[ 3 | word ]]", "−0.6 pp, +2.0, three"),
        ("[[ names | list ]]", r"Hà Nội, Huế and \*Cần Thơ\*"),
        ("[[ [0.93, 0.975] | range ]]", "0.930 to 0.975"),
        (
            "[% set a = namespace(n=[]) %][% for n in names %][% set a.n = a.n + [n] %][% endfor %][[ a.n | length ]]",
            "3",
        ),
        ("[[ threshold.of ]] and [[ 1227 | count_of(1298) ]]", "1,298 and 1,227 of 1,298"),
        ("[[ flag.code | code ]] [# never seen #]", "`estimate`"),
        ("{{< embed compare.ipynb#fig-lead >}}", "{{< embed compare.ipynb#fig-lead >}}"),
    ],
)
def test_values_print_themselves_and_shortcodes_stay(fill: Fill, text: str, printed: str) -> None:
    assert fill(text) == printed


def test_numbers_are_of_the_pages_language(fill: Fill) -> None:
    assert fill("[[ growth.latest | percent ]], [[ threshold.of ]], [[ names | list ]]", language="vi").startswith(
        "8,1%, 1.298"
    )


def test_a_value_carries_its_source_mark_through_every_filter(fill: Fill) -> None:
    assert fill("[[ tasks | count ]]") == mark("1,227", ["vn/tasks.csv#3"])
    assert fill("[[ tasks | count_of(1298) ]]") == mark("1,227 of 1,298", ["vn/tasks.csv#3"])


def test_markdown_and_macros_are_not_escaped_twice(fill: Fill) -> None:
    macro = "[% macro grew(name) %]\n*[[ name ]]* grew.\n[% endmacro %]\n"
    page = '[% from "sentences/growth.md" import grew %]\n- [[ grew("a_b") ]]\n'
    assert fill(page, macro) == r"- *a\_b* grew."
    assert Templates(Path(), Formats())._sandbox.from_string("[[ x ]]").render(x=Markdown("*x*")) == "*x*"


def test_a_table_takes_its_caption_from_the_call(fill: Fill) -> None:
    call = (
        '[% call table("t", ["A", "B", "C"], table_rows, empty="none") %]\nThe *finding*\nin one line.\n[% endcall %]'
    )
    table = fill(call)
    assert "&#124;" in table or r"a\|b" in table
    assert "1,234" in table
    assert "The *finding* in one line. – = none." in table


def test_a_date_is_printed_in_full(fill: Fill) -> None:
    assert (
        Templates(Path(), Formats("vi"))._sandbox.from_string("[[ x ]]").render(x=date(2025, 11, 15)).endswith("2025")
    )


@pytest.mark.parametrize(
    ("text", "line", "got", "todo"),
    [
        ("First.\n\n[[ grwth.latest ]]", 7, '"grwth"', 'did you mean "growth"?'),
        ("[[ growth.lastest | percent ]]", 5, '"lastest"', 'did you mean "latest"?'),
        ("[[ flag.cod ]]", 5, '"cod"', 'did you mean "code"?'),
        ("[[ threshold.valu ]]", 5, '"valu"', 'did you mean "value"?'),
        ("\n[% if growth.yer %]x[% endif %]", 6, '"yer"', 'did you mean "year"?'),
        ("[[ growth.year | percnt ]]", 5, '"percnt"', 'did you mean "percent" or "percentage"?'),
        ('[% import "sentences/growht.md" as g %]', 5, '"sentences/growht.md"', 'did you mean "sentences/growth.md"?'),
        (
            "a\n[% if growth %]\nb\n[% for x in names %]c[% endfor %]",
            6,
            "Unexpected end of template",
            "Close the block.",
        ),
        ("[[ names | percent ]]", 5, "list", "use another filter"),
        ("[[ growth ]]", 5, "Growth", "use another filter"),
        ("[[ names.append(1) ]]", 5, "unsafe", "A template reads values and calls macros."),
        ("[[ growth.__class__ ]]", 5, "unsafe", "A template reads values and calls macros."),
        ("[[ names[0] ~ names[1] ]]", 5, "~ joins texts before they are escaped", "Correct that line."),
        ("[[ growth latest ]]", 5, "expected token", "Correct that line."),
    ],
)
def test_a_mistake_names_file_line_value_and_remedy(fill: Fill, text: str, line: int, got: str, todo: str) -> None:
    with pytest.raises(RenderError) as raised:
        fill(text)
    assert raised.value.where == f"reports/page.qmd, line {line}"
    assert got in raised.value.got
    assert todo in raised.value.todo
    assert "\n" not in str(raised.value)


def test_a_mistake_in_a_macro_names_the_file_of_the_macro(fill: Fill) -> None:
    page = '[% import "sentences/growth.md" as texts %]\n[[ texts.grew(growth) ]]'
    with pytest.raises(
        RenderError, match=r"reports/sentences/growth\.md, line 2: .*\"lates\"; did|\"lates\"\. did you"
    ):
        fill(page, "[% macro grew(g) %]\n[[ g.lates ]]\n[% endmacro %]\n")
    with pytest.raises(RenderError, match=r'page\.qmd, line 6: .*"grow".*did you mean "grew"'):
        fill(
            '[% import "sentences/growth.md" as texts %]\n[[ texts.grow(growth) ]]',
            "[% macro grew(g) %]x[% endmacro %]",
        )


def test_a_template_reaches_nothing_of_python(fill: Fill) -> None:
    for text in (
        "[[ lipsum ]]",
        "[[ cycler ]]",
        "[[ flag.model_dump() ]]",
        "[[ flag.to_json() ]]",
        "[[ names[0].upper() ]]",
    ):
        with pytest.raises(RenderError):
            fill(text)


def test_no_filter_hides_another_of_its_name() -> None:
    sets = filter_sets(read_provenance(ROOT, "2025Q4"), read_wording(ROOT))
    names = [name for filters in (Texts(Formats()).filters, *sets) for name in filters]
    assert [name for name, times in Counter(names).items() if times > 1] == []
