"""What two editions conclude differently: compared, explained with parts that add up, kept, and printed."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from policyreport.cli.main import app
from policyreport.errors import ExitCode, RunError, UsageError
from policyreport.params.wording import read_wording
from policyreport.publishing.attribution import attribute, compare_editions
from policyreport.publishing.conclusions import compare
from policyreport.publishing.movement_values import movement_values
from policyreport.publishing.page_values import page_filters
from policyreport.publishing.provenance import read_provenance
from policyreport.publishing.templates import Templates
from policyreport.records.conclusions import KEPT, Comparison, Conclusion, Part, adds_up
from policyreport.records.markdown import unmarked
from policyreport.records.notebooks import TargetsRecord
from policyreport.records.targets import TargetFigure, TargetReading, TargetScore
from policyreport.running.counterfactual import kind_of_decision, with_new_figures
from policyreport.running.made_from import FILE, keep, made_from, read_kept
from policyreport.running.plan import EditionData, load_edition

ROOT = Path(__file__).parents[2]
OLD, NEW = "2025Q3", "2025Q4"
# Known to the first edition, and only to the second: figures of the same and of other years.
TABLES = ("nso/digital-economy-2025-01-06", "nso/digital-economy-2026-01-05", "hue-ngay-nay/central-2025-12-27")


def concluded(value: float | None, verdict: str = "", kind: str = "threshold", **other: Any) -> Conclusion:
    fields = {"group": "country", "area": "VN", "subject": "s", "unit": "%"} | other
    return Conclusion.model_validate({"kind": kind, "value": value, "verdict": verdict, **fields})


def moved(*states: Conclusion | None, reasons: tuple[str, ...] = ()) -> Comparison:
    by_key = [{state.key: state} if state else {} for state in states]
    return compare((OLD, NEW), by_key, [(reason,) for reason in reasons])


def scored(edition: str, value: float, verdict: str = "", reason: str = "no newer figure") -> bytes:
    figure = TargetFigure(
        indicator="digital_economy_share", period="2025", published=date(2026, 1, 5), value=value, bound="=",
        unit="% of GDP", status="estimate",
    )  # fmt: skip
    score = TargetScore(
        id="R57-09", name="Share", short="Share", area="", horizon="2030", operator=">=", target=30.0,
        target_high=None, text="", unit="% of GDP", legal_reference="", verdict=verdict,
        readings=(TargetReading(measure="nso", nearest=False, latest=figure),), reason="" if verdict else reason,
    )  # fmt: skip
    head = {"area": "VN", "name": "Viet Nam", "edition": edition, "as_known_on": date(2026, 1, 1)}
    return TargetsRecord(**head, targets=(score,), related=(), of_provinces=()).to_json()


def put(store: Path, record: bytes) -> None:
    path = store / "records" / "VN" / "targets.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(record)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project's parameters and data, with two editions that concluded one thing each."""
    for part in ("params", "data/boundaries"):
        shutil.copytree(ROOT / part, tmp_path / part)
    for part in ("notebooks", "requirements.lock"):
        (tmp_path / part).symlink_to(ROOT / part)
    for table in TABLES:
        for ending in (".csv", ".source.yaml"):
            target = tmp_path / "data" / "raw" / f"{table}{ending}"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / "data" / "raw" / f"{table}{ending}", target)
    put(tmp_path / "build" / OLD, scored(OLD, 13.17, "on track"))
    put(tmp_path / "build" / NEW, scored(NEW, 14.02, "far too slow"))
    return tmp_path


def test_verdicts_that_flipped_lead_and_ranks_inside_the_noise_come_last() -> None:
    before = [
        concluded(1.0, "below"),
        concluded(1.0, subject="value"),
        concluded(3, kind="ranks", subject="near", places=(1, 20), unit="rank"),
        concluded(3, kind="ranks", subject="far", places=(1, 5), unit="rank"),
        concluded(None, "", subject="first"),
        concluded(7.0, subject="same"),
    ]
    after = [
        concluded(1.1, "above"),
        concluded(9.0, subject="value"),
        concluded(9, kind="ranks", subject="near", places=(5, 30), unit="rank"),
        concluded(9, kind="ranks", subject="far", places=(8, 12), unit="rank"),
        concluded(2.0, "below", subject="first"),
        concluded(7.0, subject="same"),
    ]
    found = compare((OLD, NEW), [{item.key: item for item in side} for side in (before, after)], ())
    told = [(item.kind, item.about.subject, item.in_noise) for item in found.movements]
    assert told == [
        ("flipped", "s", None), ("verdict", "first", None), ("value", "value", None), ("rank", "far", False),
        ("rank", "near", True),
    ]  # fmt: skip
    assert found.compared == 6


def test_parts_are_named_by_the_step_and_add_up_exactly_although_floats_do_not() -> None:
    values = [0.1, 0.1 + 0.2, 1e16, 0.7]
    steps = ("new figures", "definitions", "settings")
    (movement,) = moved(*(concluded(value) for value in values), reasons=steps).movements
    assert [part.reasons for part in movement.parts] == [(step,) for step in steps]
    assert adds_up(movement)
    broken = movement.model_copy(update={"parts": movement.parts[1:]})
    assert not adds_up(broken)


def test_the_step_at_which_a_verdict_took_its_new_word_is_its_reason() -> None:
    states = [concluded(1.0, word) for word in ("below", "above", "above", "cannot tell apart")]
    (movement,) = moved(*states, reasons=("new figures", "revisions", "settings")).movements
    assert movement.reasons == ("settings",)
    assert [(part.verdict_before, part.verdict_after) for part in movement.parts] == [
        ("below", "above"),
        ("above", "cannot tell apart"),
    ]


def test_steps_between_which_a_value_is_lost_are_one_part() -> None:
    states = [concluded(5.0, "below"), None, concluded(6.5, "below")]
    (movement,) = moved(*states, reasons=("definitions", "settings")).movements
    assert movement.parts == (
        Part(reasons=("definitions", "settings"), before=5.0, after=6.5, verdict_before="below", verdict_after="below"),
    )
    assert moved(concluded(5.0), None, concluded(5.0), reasons=("definitions", "settings")).movements == ()


def test_new_figures_enter_without_the_revisions_of_figures_already_known() -> None:
    columns = ["area", "indicator", "measure", "list", "period", "reference_date", "value"]
    old = pd.DataFrame([["VN", "x", "", "", "2024", pd.NaT, 1.0]], ["a#2"], columns)
    revised, new = ["VN", "x", "", "", "2024", pd.NaT, 2.0], ["VN", "x", "", "", "2025", pd.NaT, 3.0]
    later = pd.DataFrame([new, old.loc["a#2"].tolist(), revised], ["a#1", "a#2", "b#2"], columns)
    assert list(with_new_figures(old, later)["value"]) == [3.0, 1.0]
    # The row of an old figure is a new one's in a file that was written anew.
    assert list(with_new_figures(old, later.rename({"a#1": "a#2", "a#2": "a#3"})).index) == ["a#2", "a#2+"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("params/editions/2025Q4.yaml", "date"), ("params/methods.yaml", "settings"),
        ("data/boundaries/crosswalk.csv", "boundaries"), ("params/policy.yaml", "definitions"),
        ("data/teaching/params/methods.yaml", "settings"), ("data/teaching/params/policy.yaml", "definitions"),
    ],
)  # fmt: skip
def test_every_decision_is_swapped_with_its_kind(name: str, kind: str) -> None:
    assert kind_of_decision(name) == kind


def test_what_an_edition_was_made_from_is_kept_and_a_damaged_file_is_named(tmp_path: Path) -> None:
    made = made_from(ROOT, load_edition(ROOT, NEW))
    keep(tmp_path, made)
    body = (tmp_path / FILE).read_bytes()
    found = read_kept(tmp_path)
    assert found is not None
    assert (found.edition, found.decisions, found.code) == (made.edition, made.decisions, made.code)
    pd.testing.assert_frame_equal(found.ledger, made.ledger)
    keep(tmp_path, found)
    assert (tmp_path / FILE).read_bytes() == body
    (tmp_path / FILE).write_bytes(body[: len(body) // 2])
    with pytest.raises(RunError, match=FILE):
        read_kept(tmp_path)


def counting(more: float = 0.0) -> Callable[[EditionData, Path], bool]:
    """Stands for the notebooks: what is concluded follows from how many figures are known and from the threshold."""

    def run(data: EditionData, store: Path) -> bool:
        value = len(data.ledger) + more
        verdict = "on track" if value < data.policy.threshold.value else "far too slow"
        put(store, scored(data.edition.id, value, verdict))
        return True

    return run


def test_the_difference_to_older_code_is_the_codes_and_the_parts_add_up(project: Path) -> None:
    run, stores = counting(), {name: project / "build" / name for name in (OLD, NEW)}
    for name, code in ((OLD, counting(more=0.1)), (NEW, run)):
        code(load_edition(project, name), stores[name])
    made = made_from(project, load_edition(project, OLD))
    keep(stores[OLD], made)
    with pytest.raises(RunError, match="2025Q3"):
        attribute(project, OLD, NEW, run, lambda text: None)
    keep(stores[OLD], type(made)(made.edition, made.decisions, made.ledger, made.statements, "older"))
    told: list[str] = []
    (movement,) = attribute(project, OLD, NEW, run, told.append).movements
    assert [part.reasons for part in movement.parts] == [("code",), ("new figures",), ("revisions",)]
    assert movement.parts[0].change == pytest.approx(-0.1)
    assert adds_up(movement)
    assert (movement.kind, movement.reasons) == ("flipped", ("new figures",))
    assert told[:2] == [f"{OLD} as it was", f"{OLD}, with the date of {NEW}"]
    # It is kept with the new edition, and nothing else stays.
    assert compare_editions(project, OLD, NEW).steps
    assert {path.name for path in stores[NEW].iterdir()} == {"records", KEPT}


def test_kept_reasons_of_other_results_are_not_believed(project: Path) -> None:
    comparison = compare_editions(project, OLD, NEW)
    kept = comparison.model_copy(update={"steps": ("date", "new figures")})
    (project / "build" / NEW / KEPT).write_bytes(kept.to_json())
    assert compare_editions(project, OLD, NEW) == kept
    put(project / "build" / NEW, scored(NEW, 14.03, "far too slow"))
    assert compare_editions(project, OLD, NEW).steps == ()
    (project / "build" / NEW / KEPT).write_text("{}")
    assert compare_editions(project, OLD, NEW).steps == ()


def call(project: Path, *words: str) -> Any:
    return CliRunner().invoke(app, ["--project", str(project), "diff", *words])


def test_the_command_prints_a_table_or_json(project: Path) -> None:
    text = call(project, OLD, NEW).output
    assert "Verdicts that flipped" in text
    assert "13.17 in 2025; on track" in text
    assert "1 finding compared, 1 differs, 1 verdict flipped." in text
    facts = json.loads(call(project, OLD, NEW, "--json").output)
    assert (facts["old"], facts["new"], facts["movements"][0]["kind"]) == (OLD, NEW, "flipped")
    assert facts["movements"][0]["change"] == pytest.approx(0.85)
    assert "0 differ" in call(project, OLD, NEW, "--area", "Nghệ An").output


@pytest.mark.parametrize(
    ("words", "code", "named"),
    [
        ((OLD, OLD), ExitCode.USAGE, "two editions"),
        ((OLD, "2025Q5"), ExitCode.USAGE, "2025Q5"),
        ((OLD, "teaching"), ExitCode.USAGE, "the same data"),
        ((OLD, NEW, "--area", "n4"), ExitCode.USAGE, "--area n4"),
    ],
)
def test_what_cannot_be_compared_is_refused(project: Path, words: tuple[str, ...], code: ExitCode, named: str) -> None:
    result = call(project, *words)
    assert result.exit_code == code
    assert named in result.output


def test_a_broken_record_is_named_with_what_to_do(project: Path) -> None:
    put(project / "build" / OLD, scored(OLD, 1.0)[:-20])
    result = call(project, OLD, NEW)
    assert result.exit_code == ExitCode.RUN_INCOMPLETE
    assert "VN/targets.json" in result.output
    assert f"policyreport run {OLD}" in result.output


def test_reasons_lead_from_the_earlier_edition_to_the_later_one(project: Path) -> None:
    assert "14.02 in 2025" in call(project, NEW, OLD).output
    with pytest.raises(UsageError, match="the earlier edition first"):
        attribute(project, NEW, OLD, counting(), lambda text: None)


def test_an_edition_that_was_not_run_is_named(project: Path) -> None:
    shutil.rmtree(project / "build" / OLD)
    result = call(project, OLD, NEW)
    assert result.exit_code == ExitCode.RUN_INCOMPLETE
    assert f"policyreport run {OLD}" in result.output
    with pytest.raises(UsageError, match="two editions"):
        compare_editions(project, NEW, NEW)


TOLD = {
    "en": (
        "*on track* (13.17%, 2025) before, *far too slow* (14.02%, 2025) now, because of other settings of methods "
        "(revised figures +0.83 pp, other settings of methods +0.02 pp)."
    ),
    "vi": (
        "trước đây *đúng tiến độ* (13,17%, 2025), nay *quá chậm so với yêu cầu* (14,02%, 2025), "
        "do thông số phương pháp khác "
        "(số liệu được điều chỉnh +0,83 điểm phần trăm, thông số phương pháp khác +0,02 điểm phần trăm)."
    ),
}


@pytest.mark.parametrize("language", TOLD)
def test_the_page_leads_with_verdicts_that_flipped_and_why(project: Path, language: str) -> None:
    provenance = read_provenance(ROOT, NEW)
    assert movement_values(project / "build" / NEW, provenance, read_wording(ROOT)) is None
    states = [concluded(13.17, "on track"), concluded(14.0, "on track"), concluded(14.02, "far too slow")]
    (movement,) = moved(*states, reasons=("revisions", "settings")).movements
    compared = compare_editions(project, OLD, NEW)
    parts = {"parts": movement.parts}
    kept = {"movements": (compared.movements[0].model_copy(update=parts),), "steps": ("revisions", "settings")}
    (project / "build" / NEW / KEPT).write_bytes(compared.model_copy(update=kept).to_json())
    own = provenance.in_language(language)
    values = {
        "moved": movement_values(project / "build" / NEW, own, read_wording(ROOT)),
        "policy": own.policy,
    }
    folder = project / "pages"
    shutil.copytree(ROOT / "reports" / language, folder)
    call_page = '[% import "sentences/movements.md" as texts with context %]\n[[ texts.findings() ]]\n'
    (folder / "moved.qmd").write_text(call_page, encoding="utf-8")
    text = unmarked(Templates(folder, own.formats, page_filters(own, read_wording(ROOT))).fill("moved.qmd", values))
    assert TOLD[language] in " ".join(text.split())
