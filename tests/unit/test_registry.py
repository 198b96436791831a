"""The registry of methods: complete, known to every result, and each of its settings taken by the code."""

import ast
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import pytest
from typer.testing import CliRunner

from policyreport.cli.main import app
from policyreport.errors import ParamsError
from policyreport.params.methods import MethodSettings
from policyreport.params.registry import Registry, read_references, read_registry
from policyreport.params.wording import read_wording
from policyreport.records import series, shares, targets, tasks
from policyreport.records.base import Result
from policyreport.records.notebooks import BY_NOTEBOOK
from policyreport.statistics.shares.pace_arithmetic import BANDS

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "policyreport"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return read_registry(ROOT)


def result_kinds() -> dict[str, type[Result]]:
    """Every kind of result that a record may hold."""
    members = [each for module in (series, shares, targets, tasks) for each in vars(module).values()]
    results = [each for each in members if isinstance(each, type) and issubclass(each, Result) and each is not Result]
    return {get_args(each.model_fields["kind"].annotation)[0]: each for each in results if "kind" in each.model_fields}


def test_every_method_of_the_specification_is_there_in_its_order(registry: Registry) -> None:
    sections = [method.section for method in registry.methods.values()]
    assert sections[:16] == list(range(1, 17))
    # Methods of the amendments.
    assert sections[16:] == [20] * len(sections[16:])


@pytest.mark.parametrize("kind", result_kinds())
def test_every_kind_of_result_belongs_to_a_method(kind: str, registry: Registry) -> None:
    assert registry.of_result(kind), f'add "{kind}" to the results of a method in params/registry.yaml'


def test_no_method_claims_a_kind_that_no_record_has_or_that_another_claims(registry: Registry) -> None:
    claimed = [kind for method in registry.methods.values() for kind in method.results]
    assert sorted(claimed) == sorted(set(claimed))
    assert set(claimed) == set(result_kinds())


def test_every_refusal_that_a_method_writes_stands_in_its_entry(registry: Registry) -> None:
    """The codes in a method's own module; shared modules refuse on behalf of several."""
    for id, method in registry.methods.items():
        for path in (SOURCE / "statistics").glob(f"*/{id}.py"):
            found = set(re.findall(r'code="([\w-]+)"', path.read_text(encoding="utf-8")))
            assert found <= set(method.refusals) | set(method.flags), id


@pytest.mark.parametrize(
    ("name", "methods"),
    [
        ("growth", ("trend",)), ("growth-compare", ("peers",)), ("pace-table", ("pace",)),
        ("league", ("trend", "peers", "ranks")),
        ("outlook-fan", ("outlook",)), ("vintages-anyone", ("revisions",)), ("growths", ()),
    ],
)  # fmt: skip
def test_an_exhibit_is_claimed_by_the_longest_name_that_begins_it(
    name: str, methods: tuple[str, ...], registry: Registry
) -> None:
    assert registry.of_exhibit(name) == methods


def test_every_paper_is_cited_and_the_other_way_round(registry: Registry) -> None:
    cited = {key for method in registry.methods.values() for key in method.references}
    cited |= {each.reference for section in registry.settings.values() for each in section.values()}
    # The validity page cites how simulation studies are done.
    assert cited - {""} | {"MWC19"} == set(registry.references)


def test_a_paper_is_written_as_in_a_list_of_references() -> None:
    papers = read_references(ROOT)
    assert papers["W27"].short == "Wilson 1927"
    assert papers["W27"].full == (
        "Wilson, E. B. (1927). Probable Inference, the Law of Succession, and Statistical Inference. "
        "Journal of the American Statistical Association 22:209–212."
    )
    assert papers["BH95"].short == "Benjamini and Hochberg 1995"
    assert papers["BCD01"].short == "Brown and others 2001"
    assert papers["Fi"].full.startswith("Public Health England. Fingertips")


def verdicts_of(model: type[Result]) -> set[str]:
    """Words that a result's verdict may be, where its type names them."""
    found: set[str] = set()
    for field in model.model_fields.values():
        for part in (field.annotation, *get_args(field.annotation)):
            found |= {word for word in get_args(part) if isinstance(word, str)}
    return found


def test_a_method_lists_the_verdicts_that_its_results_can_hold_and_no_others(registry: Registry) -> None:
    wording = read_wording(ROOT)
    every = set(wording.words_of(wording.verdicts))
    kinds = result_kinds()
    # These words are the code's: a pace's band is text in the record, a changed list and an unusual count are said.
    texts = {
        "pace": {*BANDS, "held", "lost", "cannot tell apart"},
        "scorecard": {*BANDS, "held", "lost", "missed", "beyond the range", "cannot tell apart"},
        "flow": {"list changed"},
        "funnel": {"above", "below", "cannot tell apart"},
    }
    # Parts of a record with verdicts of their own.
    parts = {"flow": (tasks.FlowChange, tasks.FlowTrend), "peers": (series.Difference,)}
    for id, method in registry.methods.items():
        models = [*(kinds[kind] for kind in method.results if kind in kinds), *parts.get(id, ())]
        able = {word for model in models for word in verdicts_of(model)} & every | texts.get(id, set())
        assert set(wording.words_of(method.verdicts)) == able, id


OPAQUE = {"k", "rho", "rhos", "hac", "gls", "webb", "tau", "bh", "cusum", "ln", "bartlett", "intraclass", "winsor"}


def test_every_setting_has_a_name_and_a_unit_that_readers_understand(registry: Registry) -> None:
    for section, names in registry.settings.items():
        for name, setting in names.items():
            assert setting.label or not OPAQUE & set(name.split("_")), f"{section}.{name} needs a label"
            assert "_" not in setting.label
            assert setting.unit != "names", f"{section}.{name}: say what kind of names"


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("registry.yaml", "  pooling:\n", "  poolin:\n", 'did you mean "poolin"'),
        ("registry.yaml", "refusals: [no-sampling-error,", "refusals: [no-sampling-eror,", "no-sampling-error"),
        ("registry.yaml", "references: [W27,", "references: [W72,", 'did you mean "W27"'),
        ("registry.yaml", "verdicts: [speed,", "verdicts: [speeed,", 'did you mean "speed"'),
        ("registry.yaml", "    part_of: [trend, peers]\n", "", "results, or part_of"),
        ("registry.yaml", "question: Is one series rising or falling?", "question: Rising", "pattern"),
        ("references.bib", "@article{W27, author", "@article{W27, autor", "author and title"),
        ("references.bib", "@article{We23", "@article{W27", "each key once"),
        ("methods.yaml", "reference: MNW23", "reference: MNW32", 'did you mean "MNW23"'),
    ],
)
def test_a_slip_in_the_registry_stops_with_its_place(
    project: Path, rewrite: Callable[..., None], file: str, old: str, new: str, message: str
) -> None:
    rewrite(file, old, new)
    with pytest.raises(ParamsError, match=message):
        read_registry(project)


# --- settings: what stands on the page moves something


# What a parameter stands for by its type: TrendSettings is the section trend, MethodSettings all of them.
TYPED = {field.annotation.__name__: name for name, field in MethodSettings.model_fields.items() if name != "reasons"}
TYPED["MethodSettings"] = ""


def sections_read(node: ast.AST, known: dict[str, str]) -> str | None:
    """The section an expression stands for: ``inputs.settings.trend``, or a name bound to it; "" is all of them."""
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Attribute):
        if node.attr == "settings":
            return ""
        # Of all settings, or held by another section.
        if sections_read(node.value, known) is not None and node.attr in MethodSettings.model_fields:
            return node.attr
    return None


def settings_of_properties(path: Path) -> Iterator[tuple[str, str]]:
    """Section and name of every setting that a settings' class itself makes a property of."""
    for model in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(model, ast.ClassDef) and model.name in TYPED:
            for node in ast.walk(model):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
                    yield TYPED[model.name], node.attr


def settings_read(path: Path) -> Iterator[tuple[str, str]]:
    """Section and name of every setting that a module reads; ``*`` where a section is passed on whole."""
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(function, ast.FunctionDef):
            typed = {arg.arg: sections_of(arg.annotation) for arg in function.args.args + function.args.kwonlyargs}
            # A parameter of one type or another stands for each in turn.
            for turn in range(max(1, *map(len, typed.values()), 1)):
                known = {name: sections[min(turn, len(sections) - 1)] for name, sections in typed.items() if sections}
                yield from read_in(function, known)


def sections_of(annotation: ast.expr | None) -> list[str]:
    """The sections that a parameter of this type may be: two for ``FunnelSettings | PoolingSettings``."""
    names = ast.walk(annotation) if isinstance(annotation, (ast.Name, ast.BinOp)) else ()
    return [TYPED[name.id] for name in names if isinstance(name, ast.Name) and name.id in TYPED]


def read_in(function: ast.FunctionDef, known: dict[str, str]) -> Iterator[tuple[str, str]]:
    """What a function reads, of which some names stand for sections."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
            pairs = (
                zip(target.elts, value.elts, strict=True)
                if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
                else [(target, value)]
            )
            for name, bound in pairs:
                if isinstance(name, ast.Name) and (section := sections_read(bound, known)) is not None:
                    known[name.id] = section
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and (section := sections_read(node.value, known)):
            yield section, "*" if node.attr.startswith("model_") else node.attr


def test_every_setting_of_a_method_in_use_is_taken_by_the_code() -> None:
    read = {pair for path in SOURCE.rglob("*.py") if "params" not in path.parts for pair in settings_read(path)}
    read |= set(settings_of_properties(SOURCE / "params" / "methods.py"))
    templates = [path.read_text(encoding="utf-8") for path in (ROOT / "reports").rglob("*.*md")]
    read |= {pair for text in templates for pair in re.findall(r"\bsettings\.(\w+)\.(\w+)", text)}
    used = {section for section, _ in read}
    settings = [
        (section, name)
        for section in MethodSettings.model_fields
        if section in used and section != "reasons"
        for name in MethodSettings.model_fields[section].annotation.model_fields
        if name not in MethodSettings.model_fields
    ]
    assert len(settings) > 50
    assert [(section, name) for section, name in settings if not read & {(section, name), (section, "*")}] == []


def test_reading_a_setting_is_recognised_however_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "some.py"
    path.write_text(
        "def one(inputs):\n"
        "    settings, common = inputs.settings.trend, inputs.settings.conventions\n"
        "    every = inputs.settings\n"
        "    return settings.gls_rhos, common.draws, every.pace.fan_levels, inputs.settings.flow.minimum_days\n"
        "def two(inputs, other):\n"
        "    return other.k, inputs.settings.ranks.model_dump()\n"
        "def three(settings: PeersSettings):\n"
        "    return settings.k\n"
        "def four(settings: OutlookSettings):\n"
        "    return settings.flow.suspect_ratio\n"
    )
    assert set(settings_read(path)) == {
        ("trend", "gls_rhos"), ("conventions", "draws"), ("pace", "fan_levels"), ("flow", "minimum_days"),
        ("ranks", "*"), ("peers", "k"), ("outlook", "flow"), ("flow", "suspect_ratio"),
    }  # fmt: skip


# --- schemas and the command


@pytest.mark.parametrize("notebook", BY_NOTEBOOK)
def test_a_schema_names_the_method_of_every_result(notebook: str, registry: Registry) -> None:
    schema = registry.annotate(BY_NOTEBOOK[notebook].model_json_schema())
    kinds = result_kinds()
    named = [
        body for body in schema["$defs"].values() if body.get("properties", {}).get("kind", {}).get("const") in kinds
    ]
    # The table of the provinces is put together from the results of others; figures as reported are no results.
    assert named or notebook in ("provinces", "digital-government")
    for body in named:
        id = registry.of_result(body["properties"]["kind"]["const"])
        assert body["description"].endswith(f"Method `{id}`: {registry[id].question}")
        assert body["x-method"]["assumptions"] == list(registry[id].assumptions)


def call(*words: str):
    return CliRunner().invoke(app, ["--project", str(ROOT), *words])


def test_the_command_lists_every_method(registry: Registry) -> None:
    shown = call("methods").output
    assert all(id in shown and method.question in shown for id, method in registry.methods.items())
    assert "\x1b" not in shown


def test_the_command_shows_one_method_whole() -> None:
    shown = call("methods", "flow").output
    for words in ("h_{30}", "list-changed", "minimum_days: 14 days", "Prentice, R. L. and Gloeckler, L. A. (1978)"):
        assert words in shown


def test_the_command_gives_json(registry: Registry) -> None:
    assert set(json.loads(call("methods", "--json").output)) == set(registry.methods)
    one = json.loads(call("methods", "trend", "--json").output)
    assert one["settings"]["minimum_points"]["value"] == 5
    assert one["id"] == "trend"


def test_a_misspelt_method_is_answered_with_the_nearest_one() -> None:
    result = call("methods", "trned")
    assert result.exit_code != 0
    assert 'did you mean "trend"?' in result.stderr
