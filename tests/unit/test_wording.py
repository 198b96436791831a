"""The words of the report: complete, closed, and free of words that claim too much."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest

from policyreport.errors import ParamsError
from policyreport.params.methods import read_method_settings
from policyreport.params.wording import Wording, read_wording
from policyreport.records import series, shares, tasks
from policyreport.statistics.common.certainty import words

Finder = Callable[..., tuple[str, ...]]

ROOT = Path(__file__).parents[2]

# A copy of the table of refusals and flags of the methods' specification, §0.
TABLE = """
not-published refusal
list-changed refusal
list-too-short refusal
date-approximate refusal
interval-too-short refusal
too-few-points refusal
too-few-areas refusal
lists-differ refusal
no-deadline refusal
measure-mixed refusal
break-in-series refusal
gap-in-series refusal
part-missing refusal
top-n-list refusal
not-a-measurement refusal
no-sampling-error refusal
projection-only refusal
bound-only refusal
too-few-revisions refusal
no-convergence refusal
basis-suspect flag
sum-short flag
no-vintage-history flag
vintage-mixed flag
weak flag
unrevised-tail flag
starts-in-shock flag
ends-before-policy flag
back-cast flag
renormalised flag
boundary-fit flag
no-close-peer flag
one-post-period flag
few-treated flag
coincides-with-merger flag
form-flip flag
measure-flip flag
vintage-flip flag
part-year flag
wanders flag
questions-revised flag
prior-flip flag
"""


@pytest.fixture(scope="module")
def wording() -> Wording:
    return read_wording(ROOT)


def test_codes_are_those_of_the_specification_no_more_no_less(wording: Wording) -> None:
    wanted = dict(line.split() for line in TABLE.split("\n") if line)
    assert {code: entry.kind for code, entry in wording.codes.items()} == wanted


def test_every_sentence_is_a_sentence_in_each_language(wording: Wording) -> None:
    for code, entry in wording.codes.items():
        for language, sentence in entry.sentence.items():
            assert sentence.endswith("."), (code, language)
            assert sentence[0].isupper(), (code, language)
        assert entry.sentence["en"] != entry.sentence["vi"]


def test_no_fixed_word_is_forbidden(wording: Wording, forbidden_words: Finder) -> None:
    for place, text in wording._texts():
        for language, phrase in text.items():
            assert forbidden_words(wording, phrase, language) == (), (place, phrase)


def literal_words(model: type, field: str) -> set[str]:
    annotation = model.model_fields[field].annotation  # type: ignore[attr-defined]
    if type(None) in get_args(annotation):
        annotation = get_args(annotation)[0]
    assert get_origin(annotation) is Literal
    return set(get_args(annotation))


@pytest.mark.parametrize(
    "model",
    [
        series.Trend,
        series.Difference,
        series.Exposure,
        shares.Threshold,
        tasks.FlowChange,
        tasks.FlowTrend,
        tasks.Outlook,
    ],
)
def test_every_verdict_a_record_can_hold_has_its_words(model: type, wording: Wording) -> None:
    for word in literal_words(model, "verdict"):
        assert wording.verdict(word, "en") == word
        assert wording.verdict(word, "vi") not in ("", word)


def test_no_verdict_stands_in_two_families(wording: Wording) -> None:
    every = [word for words in wording.verdicts.values() for word in words]
    assert len(every) == len(set(every))


def test_a_verdict_between_two_words_is_said_in_each_language(wording: Wording) -> None:
    open_pace = "between far too slow and too slow"
    assert wording.verdict(open_pace, "en") == open_pace
    assert wording.verdict(open_pace, "vi") == "từ mức quá chậm so với yêu cầu đến mức chậm so với yêu cầu"
    with pytest.raises(ParamsError, match=r'did you mean .*"too slow"'):
        wording.verdict("between to slow and on track", "en")


def test_a_verdict_off_the_list_is_refused(wording: Wording) -> None:
    with pytest.raises(ParamsError, match='did you mean "rising"'):
        wording.verdict("raising", "en")


def test_an_unknown_code_is_answered_with_the_nearest(wording: Wording) -> None:
    with pytest.raises(ParamsError, match=r'did you mean .*"list-changed"'):
        wording.sentence("list-change", "en")
    with pytest.raises(ParamsError, match="a language of the report"):
        wording.sentence("list-changed", "fr")


def test_every_band_of_probability_can_be_said(wording: Wording) -> None:
    cuts = read_method_settings(ROOT).conventions.probability_bands
    middles = [(low + high) / 2 for low, high in pairwise((0.0, *cuts, 1.0))]
    bands = [words(value, probability_bands=cuts) for value in middles]
    assert bands == ["< 1 %", "1–5 %", "5–20 %", "20–80 %", "80–95 %", "95–99 %", "> 99 %"]
    assert wording.certainty("99", "", "vi") == "trên 99%"
    assert wording.certainty("", "1", "en") == "less than 1%"
    assert wording.certainty("5", "20", "en") == "between 5 and 20%"


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("A significant rise", "en", ("significant",)),
        ("The EFFECT was large", "en", ("effect",)),
        ("done thanks\nto the list", "en", ("thanks to",)),
        ("at design effect 2, in insignificant effectiveness", "en", ()),
        ("a year effect and its effect", "en", ("effect",)),
        ("Nghị quyết có tác động lớn", "vi", ("tác động",)),
        ("chưa thấy liên hệ rõ", "vi", ()),
    ],
)
def test_words_that_claim_too_much_are_found_as_whole_words(
    text: str, language: str, found: tuple[str, ...], wording: Wording, forbidden_words: Finder
) -> None:
    assert forbidden_words(wording, text, language) == found


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    vi: Chưa có số liệu nào được công bố cho nội dung này.\n", "", "not-published in exactly"),
        ("severity: note", "severity: nota", 'did you mean "note"'),
        ("flags:\n", "flags:\n  not-published: {severity: note, en: A., vi: B.}\n", "a refusal or a flag"),
        ("  basis-suspect:", "  basis-suspect: {severity: note}\n  basis-suspect:", "written twice"),
        ("{low} and", "{lo} and", "between.en to hold"),
        ("refusals:\n", "languages: [en]\nrefusals:\n", "a second list"),
        ("certainties:", "certaintys:", 'did you mean "certainties"'),
        ("less than {high}%", "less than {low}%", "certainties.below.en to hold {high}"),
    ],
)
def test_a_slip_in_the_wording_stops_with_its_reason(
    old: str, new: str, message: str, project: Path, rewrite: Callable[..., None]
) -> None:
    rewrite("wording.yaml", old, new)
    with pytest.raises(ParamsError, match=message):
        read_wording(project)


@pytest.mark.parametrize("entry", ["just words", "[a, b]", ".nan", "2025-02-30"])
def test_a_refusal_without_languages_is_refused_without_a_traceback(
    entry: str, project: Path, rewrite: Callable[..., None]
) -> None:
    rewrite("wording.yaml", "refusals:\n", f"refusals:\n  a-code: {entry}\n")
    with pytest.raises(ParamsError, match=r"a-code to hold a sentence|2025-02-30"):
        read_wording(project)
