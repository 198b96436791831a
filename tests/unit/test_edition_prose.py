"""The texts of an edition's own: values by name, sentences with what was accepted, and what is refused."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from policyreport.errors import PolicyReportError, RenderError
from policyreport.params.edition import read_edition
from policyreport.params.numerals import read_numerals
from policyreport.publishing.accepted import Accepted, accepted_text, read_accepted
from policyreport.publishing.edition_prose import (
    Passage,
    choose,
    notes_on,
    read_prose_files,
    with_marks,
)
from policyreport.publishing.numerals import Numerals
from policyreport.publishing.prose_templates import ProseTemplates
from policyreport.records.formats import Formats
from policyreport.records.markdown import mark, unmarked

ROOT = Path(__file__).parents[2]
KEYS = ["n01", "n40"]
SIGNED = "---\nby: Office\ndate: 2026-04-15\n---\n"


@dataclass(frozen=True)
class Pace:
    latest_value: float
    base_value: float
    inputs: tuple[str, ...] = ("nso/share.csv#3",)


VALUES = {"pace": [Pace(14.02, 13.17), Pace(18.3, 16.5, ("mst/share.csv#7",))], "failed": None, "count": 3}
Write = Callable[..., Passage | None]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Fill a text of an edition, in a folder without records."""

    def passage(text: str, name: str = "foreword", language: str = "en", accepted: Sequence[Accepted] = ()) -> Passage:
        path = tmp_path / f"{name}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        numerals = Numerals(read_numerals(ROOT), language)
        templates = ProseTemplates(tmp_path, Formats(language), {}, "editions/en", numerals, tmp_path, "VN")
        return templates.passage(name, VALUES, accepted)

    return passage


def shown(passage: Passage) -> str:
    return with_marks(passage, lambda values: f"[was {', '.join(values)}]")


def test_a_value_by_name_carries_the_mark_of_its_rows(write: Write) -> None:
    text = shown(write("It was [[ pace[1].latest_value | percentage ]], [[ count ]] of them."))
    assert text == f"It was {mark('18.3%', ['mst/share.csv#7'])}, 3 of them."


def test_a_difference_carries_the_rows_of_both(write: Write) -> None:
    text = shown(write("[[ (pace[1].latest_value - pace[0].latest_value) | number(1) ]]"))
    assert text == mark("4.3", ["mst/share.csv#7", "nso/share.csv#3"])


@pytest.mark.parametrize(
    "text", ["", "[# note #]\n", "---\nby: Office\n---\n\n[# 2 #]\n", "[% if count > 5 %]Much.[% endif %]"]
)
def test_a_text_prints_nothing_until_something_is_written(write: Write, text: str) -> None:
    assert write(text) is None


@pytest.mark.parametrize(
    ("text", "line", "got"),
    [
        ("One.\n\nIt was 14.02% of GDP.", 3, '"14.02%"'),
        (f"{SIGNED}\nIt was 1,227.\nAnd 3 more.", 6, '"1,227", line 7 "3"'),
        ("It was [[ 14.02 | percentage ]].", 1, '"14.02"'),
        ('It was [[ "14%" ]].', 1, '"14%"'),
        ("[% set share = 14 %]It was [[ share ]].", 1, '"14"'),
        ("[[ count if count else 7 ]]", 1, '"7"'),
        ("| a | 12 |\n|---|---|", 1, '"12"'),
    ],
)
def test_a_number_typed_by_hand_is_refused_with_its_line(write: Write, text: str, line: int, got: str) -> None:
    with pytest.raises(RenderError) as refused:
        write(text)
    assert (refused.value.where, refused.value.got) == (f"editions/en/foreword.md, line {line}", got)


def test_the_name_of_a_typed_number_is_proposed(write: Write, tmp_path: Path) -> None:
    record = tmp_path / "records" / "VN" / "economy.json"
    record.parent.mkdir(parents=True)
    record.write_text('{"pace": [{"latest_value": 14.02, "inputs": ["nso/share.csv#3"]}]}')
    for language, number in (("en", "14.02%"), ("vi", "14,02%")):
        with pytest.raises(RenderError, match=r"\[\[ national\.economy\.pace\[0\]\.latest_value \| percentage \]\]"):
            write(f"Es war {number}.", language=language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Resolution 57-NQ/TW of 22 December 2024 asks for 5G by 2030, in 2025–2030 and Q4 2026.", "en"),
        ("1. One\n2. Two\n\n### 3. Three\n\n[a](x.html#s-2) `7`", "en"),
        ("Nghị quyết số 57-NQ/TW ngày 22/12/2024, tháng 12 năm 2024, tháng 9/2025, quý IV năm 2025.", "vi"),
        ('It was [[ "8%" | typed("Set by the congress.") ]].', "en"),
    ],
)
def test_dates_names_and_numbers_of_lists_may_be_typed(write: Write, text: str, language: str) -> None:
    assert write(text, language=language) is not None


def test_a_typed_number_needs_its_reason_and_shows_it(write: Write) -> None:
    assert shown(write('[[ "8%" | typed("Set by Congress") ]]')) == '[8%]{.typed title="Set by Congress"}'
    with pytest.raises(RenderError, match="a reason"):
        write('[[ "8%" | typed(" ") ]]')


def test_a_province_may_type_numbers_in_its_own_words_and_they_are_listed(write: Write) -> None:
    passage = write(f"{SIGNED}We put 35 services online.", "provinces/n40")
    assert passage.typed == ((5, "35"),)
    (note,) = notes_on("2026Q1", {"en": {passage.name: passage}})
    assert note["text"] == 'editions/en/provinces/n40.md, line 5: "35" is typed by hand, in the province\'s own words'


def test_a_provinces_comment_needs_its_day(write: Write) -> None:
    with pytest.raises(RenderError, match="the day of the province's comment"):
        write("We disagree.", "provinces/n40")


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("\n[[ pac[0].latest_value ]]", 2, 'did you mean "pace"?'),
        ("[[ pace[0].latest_valu ]]", 1, 'did you mean "latest_value"'),
        ("[[ pace.latest_value ]]", 1, "choose one by its place, from [0] on"),
        ("\n\n[% if count %]x", 3, "Close the block."),
        ("[[ count | percnt ]]", 1, 'did you mean "percent"'),
        ("x\n<b>y</b>", 2, "Write it without."),
        ("x\n{{< include /etc/passwd >}}", 2, "Write it without."),
        ("::: {.front}\nx", 1, "Write it without."),
        ("```{python}\nx\n```", 1, "Write it without."),
        ("x\n\n## Own chapter", 3, "headings from ### on"),
        ("[% if count %]# Own chapter[% endif %]", 1, "headings from ### on"),
        ("a\u202eb", 0, "RIGHT-TO-LEFT"),
    ],
)
def test_a_mistake_names_file_line_and_remedy(write: Write, text: str, line: int, says: str) -> None:
    with pytest.raises(RenderError) as refused:
        write(text)
    assert refused.value.where == f"editions/en/foreword.md{f', line {line}' if line else ''}"
    assert says in str(refused.value)


def test_an_unknown_key_of_the_front_matter_is_named_with_the_nearest(write: Write) -> None:
    with pytest.raises(PolicyReportError, match=r'unknown key "bye".*did you mean "by"'):
        write("---\nbye: Office\n---\nText.")


def test_a_value_of_a_notebook_that_failed_leaves_the_text_out_and_says_so(write: Write) -> None:
    passage = write("It was [[ failed.pace[0].latest_value ]].")
    assert not passage.computed
    assert [note["kind"] for note in notes_on("2026Q1", {"en": {"foreword": passage}})] == ["missing"]


TEXT = """\
The share was [[ pace[0].latest_value | percentage ]], up from [[ pace[0].base_value | percentage ]] (e.g. by
[[ pace[0].inputs | length ]]). It is not enough.

- There are [[ count ]] "of them." And so on.
- *There are [[ count ]].*

| a | [[ count ]] each | b |
|---|---|---|
"""


def test_sentences_are_kept_as_they_are_written_with_what_they_print(write: Write) -> None:
    sentences = write(TEXT).sentences
    assert [(sentence.text, sentence.values, sentence.line) for sentence in sentences] == [
        (
            "The share was [[ pace[0].latest_value | percentage ]], up from [[ pace[0].base_value | percentage ]] "
            "(e.g. by [[ pace[0].inputs | length ]]).",
            ("14.02%", "13.17%", "1"),
            1,
        ),
        ('There are [[ count ]] "of them."', ("3",), 4),
        ("*There are [[ count ]].*", ("3",), 5),
        ("| a | [[ count ]] each | b |", ("3",), 7),
    ]


def test_each_sentence_about_an_earlier_figure_is_marked_at_its_end_and_listed(write: Write) -> None:
    kept = [Accepted(sentence=item.text, values=("2",) * len(item.values)) for item in write(TEXT).sentences]
    kept[0] = kept[0].model_copy(update={"values": ("13.17%", "13.17%", "1")})
    passage = write(TEXT, accepted=kept)
    text = unmarked(shown(passage))
    assert "by\n1). [was 13.17%] It is not" in text
    assert '"of them." [was 2] And' in text
    assert "*There are 3.* [was 2]" in text
    assert "| a | 3 [was 2] each | b |" in text
    notes = notes_on("2026Q1", {"en": {"foreword": passage}})
    assert [note["kind"] for note in notes] == ["earlier"] * 4
    assert "foreword.md, line 1: written about an earlier figure (13.17%, now 14.02%): The share" in notes[0]["text"]


def test_a_sentence_that_was_changed_or_is_new_is_to_be_accepted(write: Write) -> None:
    kept = [Accepted(sentence="There were [[ count ]].", values=("2",))]
    passage = write("There are [[ count ]].\n\nAgain [[ count ]].", accepted=kept)
    assert "was" not in shown(passage)
    (note,) = notes_on("2026Q1", {"en": {"foreword": passage}})
    assert "lines 1, 3: sentences not accepted yet" in note["text"]


def test_one_sentence_printed_several_times_is_accepted_value_by_value(write: Write) -> None:
    text = "[% for item in pace %]It was [[ item.latest_value | percentage ]]. [% endfor %]"
    kept = [Accepted(sentence="It was [[ item.latest_value | percentage ]].", values=(v,)) for v in ("14.02%", "17%")]
    assert [bool(sentence.moved) for sentence in write(text, accepted=kept).sentences] == [False, True]


def test_what_was_accepted_is_read_as_it_was_written(tmp_path: Path) -> None:
    sentences = {"foreword": (Accepted(sentence='"A: [[ x ]]" # b', values=("1,227", "−0.4")),)}
    path = tmp_path / "en" / "accepted.yaml"
    path.parent.mkdir()
    path.write_text(accepted_text("2026Q1", sentences), "utf-8")
    assert read_accepted(path) == sentences
    path.write_text(accepted_text("2026Q1", {}), "utf-8")
    assert read_accepted(path) == {}
    path.write_text("foreword:\n- sentnce: a\n  values: []\n", "utf-8")
    with pytest.raises(PolicyReportError, match='did you mean "sentence"'):
        read_accepted(path)


def test_a_text_that_a_language_lacks_is_taken_from_another_and_said(write: Write) -> None:
    every = {"en": {"foreword": write("Hello.")}, "vi": {}}
    assert choose(every, "vi")["foreword"].language == "en"
    assert choose({"en": {"foreword": "a"}, "vi": {"foreword": "b"}}, "vi") == {"foreword": "b"}
    (note,) = notes_on("2026Q1", every)
    assert note["text"].startswith("params/editions/2026Q1/vi/foreword.md: not written")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with an edition that has a folder."""
    body = yaml.safe_load((ROOT / "params" / "editions" / "2025Q4.yaml").read_text("utf-8"))
    folder = tmp_path / "params" / "editions" / "own"
    (folder / "en" / "provinces").mkdir(parents=True)
    (folder / "edition.yaml").write_text(yaml.safe_dump(body | {"id": "own", "previous": None}), "utf-8")
    (tmp_path / "params" / "languages.yaml").write_bytes((ROOT / "params" / "languages.yaml").read_bytes())
    for name in ("foreword", "provinces/n40"):
        (folder / "en" / f"{name}.md").write_text("", "utf-8")
    return tmp_path


def test_an_edition_in_a_folder_is_read_with_its_texts(project: Path) -> None:
    edition = read_edition(project, "own")
    files = read_prose_files(project, edition, KEYS)
    assert {language: set(texts) for language, texts in files.texts.items()} == {"en": {"foreword", "provinces/n40"}}


def test_an_edition_has_one_file(project: Path) -> None:
    (project / "params" / "editions" / "own.yaml").write_text("id: own\n", "utf-8")
    with pytest.raises(PolicyReportError, match=r"edition\.yaml: expected one file of an edition; got also"):
        read_edition(project, "own")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("en/forewrd.md", 'did you mean "foreword.md"'),
        ("en/provinces/n4.md", 'did you mean "n40.md"'),
        ("en/provinces/nghe-an.md", "the key of a province"),
        ("fr/foreword.md", "one of the edition's languages"),
        ("foreword.md", "one of the edition's languages"),
        ("en/accepted.yml", 'did you mean "accepted.yaml"'),
    ],
)
def test_a_file_that_is_no_text_of_an_edition_is_refused(project: Path, name: str, says: str) -> None:
    path = project / "params" / "editions" / "own" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("x", "utf-8")
    with pytest.raises(RenderError, match=says) as refused:
        read_prose_files(project, read_edition(project, "own"), KEYS)
    assert refused.value.where == f"params/editions/own/{name}"


def test_a_link_out_of_the_folder_is_refused(project: Path) -> None:
    (project / "params" / "editions" / "own" / "en" / "conclusions.md").symlink_to(ROOT / "README.md")
    with pytest.raises(RenderError, match="a file inside"):
        read_prose_files(project, read_edition(project, "own"), KEYS)
