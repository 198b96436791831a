import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from policyreport.data.inputs import read_decisions
from policyreport.errors import ParamsError
from policyreport.params.methods import Setting, read_method_settings
from policyreport.params.registry import read_registry
from policyreport.params.wording import fill, read_wording

ROOT = Path(__file__).parents[2]
SETTINGS = {
    "a": {
        name: Setting(value=value, reason="for this test")
        for name, value in {
            "five": 5, "one": 1, "many": 40, "share": 0.95, "several": (0, 0.3, 0.6),
            "years": (2020, 2021), "year": (2020,), "word": "plain",
        }.items()
    }
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("From [[a.five|word]] on", "en", "From five on"),
        ("Từ [[a.five|word]]", "vi", "Từ năm"),
        ("[[a.many|word]]", "en", "40"),
        ("[[a.share]], [[a.share|%]] and [[a.share|rest %]]", "en", "0.95, 95% and 5%"),
        ("[[a.several]]; all [[a.several|count]]", "en", "0, 0.3 and 0.6; all three"),
        ("up to [[a.several|largest]]", "en", "up to 0.6"),
        ("[[a.several]]", "vi", "0; 0,3 và 0,6"),
        ("the slump of [[a.years|span]]", "en", "the slump of 2020–21"),
        ("the slump of [[a.year|span]]", "en", "the slump of 2020"),
        ("[[a.one|a year/# years]], [[a.five|a year/# years]]", "en", "a year, five years"),
        ("A text of $x_{ij}$ and [a link](x) alone", "en", "A text of $x_{ij}$ and [a link](x) alone"),
    ],
)  # fmt: skip
def test_a_text_shows_the_value_of_the_setting_it_names(text: str, language: str, said: str) -> None:
    assert fill(text, SETTINGS, language) == said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[b.five]]", 'did you mean "a"|a section'),
        ("[[a.fife]]", 'did you mean "five"'),
        ("[[a.five|words]]", 'did you mean "word"'),
        ("[[a.word|%]]", "another form"),
        ("[[a.five|count]]", "another form"),
    ],
)
def test_a_text_that_names_no_setting_stops_with_its_reason(text: str, message: str) -> None:
    with pytest.raises(ParamsError, match=message):
        fill(text, SETTINGS, "en")


def test_no_text_for_readers_is_left_with_the_name_of_a_setting() -> None:
    methods, codes = read_registry(ROOT).methods.values(), read_wording(ROOT).codes.values()
    texts = [text for each in methods for text in (each.symbols, each.wording, *each.assumptions)]
    texts += [text for each in codes for text in each.sentence.values()]
    assert not [text for text in texts if "[[" in text]


@pytest.mark.parametrize(
    ("old", "new", "method", "said"),
    [
        ("verdict_probability:\n    value: 0.95", "verdict_probability:\n    value: 0.9", "threshold", "at least 90%"),
        ("learnt from\n    value: 5", "learnt from\n    value: 7", "outlook", "From seven intervals on"),
        ("value: [0, 0.3, 0.6]", "value: [0, 0.4]", "trend", "dependence of 0 and 0.4 stand"),
    ],
)  # fmt: skip
def test_the_methods_texts_follow_a_changed_setting(
    old: str, new: str, method: str, said: str, project: Path, rewrite: Callable[..., None]
) -> None:
    rewrite("methods.yaml", old, new)
    assert said in " ".join(read_registry(project).methods[method].symbols.split())


def test_the_sentence_on_missing_years_agrees_with_the_number_allowed(
    project: Path, rewrite: Callable[..., None]
) -> None:
    assert read_method_settings(ROOT).trend.maximum_missing_years == 1
    rewrite("methods.yaml", "maximum_missing_years:\n    value: 1\n", "maximum_missing_years:\n    value: 2\n")
    wording = read_wording(project)
    assert wording.sentence("gap-in-series", "en") == "More than two years are missing inside the period."
    assert "hơn hai năm" in wording.sentence("gap-in-series", "vi")


def test_an_edition_with_settings_of_its_own_shows_those_on_its_methods_page(tmp_path: Path) -> None:
    for part in ("params", "data/boundaries", "data/teaching/params"):
        shutil.copytree(ROOT / part, tmp_path / part)
    own = {"peers": {"k": {"value": 3, "unit": "areas", "reason": "Fewer neighbours for a lesson."}}}
    (tmp_path / "data/teaching/params/methods.yaml").write_text(yaml.safe_dump(own), encoding="utf-8")
    decisions = read_decisions(tmp_path, "teaching")
    assert decisions["registry"].settings["peers"]["k"].value == decisions["settings"].peers.k == 3
    assert read_method_settings(tmp_path).peers.k != 3
