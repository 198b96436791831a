"""Parameter files: what is read, and how a slip is answered."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from policyreport.errors import ExitCode, ParamsError
from policyreport.params.edition import Edition, list_editions, read_edition
from policyreport.params.methods import MethodSettings, read_method_settings
from policyreport.params.reading import Strict, load_yaml, read_strict
from policyreport.records.periods import period_bounds

ROOT = Path(__file__).parents[2]


# --- editions


def test_every_edition_of_the_project_can_be_read() -> None:
    names = list_editions(ROOT)
    assert {"2025Q3", "2025Q4"} <= set(names)
    assert [read_edition(ROOT, name).id for name in names] == list(names)


def test_the_third_quarter_is_as_known_on_the_day_of_the_last_article() -> None:
    edition = read_edition(ROOT, "2025Q3")
    assert edition.as_known_on == date(2025, 11, 23)
    assert edition.previous is None
    assert edition.title_in("vi").startswith("Nghị quyết 57")
    assert edition.title_in("fr") == edition.title


def test_the_fourth_quarter_is_known_late_enough_for_the_tables_of_august() -> None:
    edition = read_edition(ROOT, "2025Q4")
    assert edition.as_known_on == date(2026, 9, 30)
    assert edition.previous == "2025Q3"


def test_a_misspelt_edition_is_answered_with_the_nearest_one(project: Path) -> None:
    with pytest.raises(ParamsError, match=r'did you mean .*"2025Q3"'):
        read_edition(project, "2025-Q3")


def test_a_project_without_editions_has_an_empty_list(tmp_path: Path) -> None:
    assert list_editions(tmp_path) == ()
    with pytest.raises(ParamsError, match="the name of an edition"):
        read_edition(tmp_path, "2025Q3")


def test_a_misspelt_key_is_answered_with_the_nearest_one(project: Path, rewrite: Callable[..., None]) -> None:
    rewrite("editions/2025Q3.yaml", "as_known_on:", "as_know_on:")
    with pytest.raises(ParamsError, match=r'"as_know_on".*did you mean "as_known_on"\?') as caught:
        read_edition(project, "2025Q3")
    assert caught.value.exit_code is ExitCode.PARAMS
    assert "2025Q3.yaml: as_know_on" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("quorum: 0.9", "quorum: 0.9\nquorum: 0.5", '"quorum" is written twice'),
        ("quorum: 0.9", "", 'Add "quorum"'),
        ("quorum: 0.9", "quorum: 90", "less than or equal to 1"),
        ("quorum: 0.9", "quorum: 0", "greater than 0"),
        ("quarter: 2025Q3", "quarter: 2025Q5", "quarter"),
        ("as_known_on: 2025-11-23", "as_known_on: 2025-02-01", "first day of 2025Q3"),
        ("areas: all", "areas: []", "at least one area key"),
        ("previous: null", "previous: 2025Q3", "another edition"),
        ("previous: null", "previous: 2025q4", 'did you mean "2025Q4"'),
        ("previous: null", "previous: 2025Q4", "Name an earlier edition"),
        ("languages: [en, vi]", "languages: []", "at least 1 item"),
        ("id: 2025Q3", "id: 2025Q2", "as in its path"),
    ],
)
def test_a_slip_in_an_edition_stops_with_its_reason(
    project: Path, rewrite: Callable[..., None], old: str, new: str, message: str
) -> None:
    rewrite("editions/2025Q3.yaml", old, new)
    with pytest.raises(ParamsError, match=message):
        read_edition(project, "2025Q3")


@pytest.mark.parametrize(
    ("quarter", "first", "last"),
    [
        ("2025Q1", date(2025, 1, 1), date(2025, 3, 31)),
        ("2024Q2", date(2024, 4, 1), date(2024, 6, 30)),
        ("2025Q3", date(2025, 7, 1), date(2025, 9, 30)),
        ("2025Q4", date(2025, 10, 1), date(2025, 12, 31)),
    ],
)
def test_a_quarter_has_its_calendar_days(quarter: str, first: date, last: date) -> None:
    assert period_bounds(f"{quarter[:4]}-{quarter[4:]}") == (first, last)
    day_before = {"id": "e", "title": "E", "quarter": quarter, "as_known_on": first - timedelta(days=1), "quorum": 1.0}
    assert Edition.model_validate(day_before | {"as_known_on": first}).as_known_on == first
    with pytest.raises(ValidationError, match=str(first)):
        Edition.model_validate(day_before)


# --- judgement values


def test_callers_get_plain_typed_values() -> None:
    settings = read_method_settings(ROOT)
    assert settings.outlook.design_effects == (1.0, 2.0, 4.0)
    assert settings.completion.minimum_tasks == 10
    assert settings.conventions.shock_years == (2020, 2021)
    assert settings.exposure.webb_points == pytest.approx(
        (-(1.5**0.5), -1, -(0.5**0.5), 0.5**0.5, 1, 1.5**0.5), abs=1e-15
    )


def test_every_value_has_a_reason_and_a_unit() -> None:
    settings = read_method_settings(ROOT)
    sections = set(MethodSettings.model_fields) - {"reasons"}
    assert set(settings.reasons) == sections
    for section in sections:
        for name in set(type(getattr(settings, section)).model_fields) - sections:
            entry = settings.reasons[section][name]
            assert entry.reason.endswith("."), (section, name)
            assert entry.unit, (section, name)


def test_a_section_that_several_methods_need_is_written_once_and_held_by_each() -> None:
    settings = read_method_settings(ROOT)
    held = [
        (section, name)
        for section in settings.reasons
        for name in type(getattr(settings, section)).model_fields
        if name in settings.reasons
    ]
    assert len(held) == 16
    for section, name in held:
        assert name not in settings.reasons[section]
        assert getattr(getattr(settings, section), name) is getattr(settings, name)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda body: body["flow"].update(min_days=body["flow"].pop("minimum_days")), '"minimum_days"'),
        (lambda body: body.update(fluw=body.pop("flow")), 'did you mean "flow"'),
        (lambda body: body["peers"]["k"].update(resaon="…"), 'did you mean "reason"'),
        (lambda body: body["peers"]["k"].pop("reason"), 'Add "reason"'),
        (lambda body: body["peers"]["k"].update(value="five"), "valid integer"),
        (lambda body: body["outlook"]["likely_probability"].update(value=80), "less than or equal to 1"),
        (lambda body: body["ranks"].pop("tau"), 'Add "tau"'),
        # Sections rest on others: a slip is reported where it is made, and only there.
        (lambda body: body["flow"]["minimum_days"].update(value=-1), r"methods.yaml: flow.minimum_days"),
        (lambda body: body["trend"]["minimum_points"].update(value=4), r"methods.yaml: trend.minimum_points"),
        (lambda body: body.pop("threshold"), r"methods.yaml: threshold: "),
        (lambda body: body["outlook"].update(flow=body["outlook"]["inner_level"]), "outlook.*no flow"),
    ],
)  # fmt: skip
def test_a_slip_in_the_judgement_values_stops_with_its_place(project: Path, change: object, message: str) -> None:
    path = project / "params/methods.yaml"
    body = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(body)  # type: ignore[operator]
    path.write_text(yaml.safe_dump(body), encoding="utf-8")
    with pytest.raises(ParamsError, match=message):
        read_method_settings(project)


# --- reading


class Inner(Strict):
    size: int


class Outer(Strict):
    many: tuple[Inner, ...]
    named: dict[str, Inner]


@pytest.mark.parametrize("text", ["many: [{sizze: 1}]\nnamed: {}", "many: []\nnamed: {a: {sizze: 1}}"])
def test_a_misspelt_key_inside_lists_and_mappings_is_found(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ParamsError, match='did you mean "size"'):
        read_strict(tmp_path / "x.yaml", Outer)


def test_a_file_not_there_is_answered_with_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("", encoding="utf-8")
    with pytest.raises(ParamsError, match='did you mean "policy"'):
        read_strict(tmp_path / "polcy.yaml", Outer)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "keys and values (many, named); got an empty file"),
        ("a: [1,\nb: }", "YAML in UTF-8"),
        ("many: []\nmany: []", 'key "many" is written twice'),
        ("many: []\nnamed:\n\ta: {size: 1}", "cannot start any token"),
        ("many: 2025-02-30\nnamed: {}", '"2025-02-30", which is none: day is out of range'),
        ("many: !!int x\nnamed: {}", '"x", which is none'),
        ("many: &a [*a]\nnamed: {}", "not complete before it"),
        ("many: *b\nnamed: {}", "not complete before it"),
        ("? [many]\n: 1", "a key that is no word"),
        ("many: []\n---\nnamed: {}", "a second document"),
        ("many: !!set {a}\nnamed: {}", "the type"),
        ("many: !!python/object/apply:os.getcwd []\nnamed: {}", "the type"),
        ("many: " + "[" * 5000, "at most 30 levels"),
        ("many: [\x00]", "YAML in UTF-8"),
        ("- many", "got ['many']"),
        ("many", "got 'many'"),
    ],
)
def test_what_no_file_here_needs_is_refused_without_a_traceback(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ParamsError, match=re.escape(says)):
        read_strict(tmp_path / "x.yaml", Outer)


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").mkdir()
    with pytest.raises(ParamsError, match="a parameter file"):
        read_strict(tmp_path / "x.yaml", Outer)


def test_every_file_is_read_as_plain_yaml_reads_it() -> None:
    files = [path for folder in ("params", "data") for path in (ROOT / folder).rglob("*.yaml")]
    assert len(files) > 90
    for path in files:
        assert load_yaml(path) == yaml.safe_load(path.read_text(encoding="utf-8")), path


def test_a_value_repeated_by_an_alias_is_the_same_value(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("a: &one {size: 1}\nb: *one\nc: !!str 3\n", encoding="utf-8")
    assert load_yaml(tmp_path / "x.yaml") == {"a": {"size": 1}, "b": {"size": 1}, "c": "3"}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"minimum_points": 3}, "TrendSettings: minimum_points: expected greater than or equal to 5; got 3"),
        ({"minimum_point": 6}, 'unknown key "minimum_point". did you mean "minimum_points"?'),
        ({"verdict_level": 5}, "TrendSettings: verdict_level: expected less than or equal to 1; got 5"),
    ],
)
def test_a_setting_changed_in_a_cell_is_checked_as_in_the_file(changes: dict[str, object], says: str) -> None:
    trend = read_method_settings(ROOT).trend
    with pytest.raises(ParamsError, match=re.escape(says)):
        trend.model_copy(update=changes)
    assert trend.model_copy(update={"minimum_points": 7}).minimum_points == 7
    assert trend.model_copy(update={"gls_rhos": ()}).gls_rhos == ()
