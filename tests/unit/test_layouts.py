"""What an edition may change is read from its layout; what is everybody's is read from the project's folder."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_type_hints

import pytest

import policyreport
from policyreport.data.areas import read_areas
from policyreport.data.observations.corrections import read_corrections, read_withheld
from policyreport.data.observations.ledger import load_ledger
from policyreport.data.rules.evidence import read_context
from policyreport.data.sources import read_sources
from policyreport.params.connectors import read_connectors
from policyreport.params.edition import read_edition
from policyreport.params.indicators import read_indicators
from policyreport.params.intake import read_intake
from policyreport.params.languages import read_languages
from policyreport.params.methods import read_method_settings
from policyreport.params.policy import read_policy
from policyreport.params.reading import Root
from policyreport.params.registry import read_references, read_registry
from policyreport.params.report import read_roles
from policyreport.params.rules import read_rule_book
from policyreport.params.wording import read_wording

PACKAGE = Path(policyreport.__file__).parent
# Their files, or the settings that they name, may be an edition's own.
OF_AN_EDITION = (
    load_ledger, read_context, read_corrections, read_indicators, read_method_settings, read_policy, read_registry,
    read_roles, read_sources, read_wording, read_withheld,
)  # fmt: skip
EVERYBODYS = (
    read_areas, read_connectors, read_edition, read_intake, read_languages, read_references, read_rule_book,
)  # fmt: skip


@pytest.mark.parametrize("reader", EVERYBODYS, ids=lambda each: each.__name__)
def test_a11_what_is_everybodys_is_asked_of_the_projects_folder(reader: Callable[..., Any]) -> None:
    assert next(iter(get_type_hints(reader).values())) == Path


@pytest.mark.parametrize("reader", OF_AN_EDITION, ids=lambda each: each.__name__)
def test_a11_what_an_edition_may_change_is_asked_of_its_layout(reader: Callable[..., Any]) -> None:
    assert next(iter(get_type_hints(reader).values())) == Root


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call in a function that has an edition's layout at hand, with the function's name."""
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(function, ast.FunctionDef) and ".layout(root)" in ast.unparse(function):
            yield from ((function.name, node) for node in ast.walk(function) if isinstance(node, ast.Call))


def test_a11_where_an_editions_layout_is_at_hand_its_own_files_are_read() -> None:
    own = {each.__name__ for each in OF_AN_EDITION}
    wrong = [
        f"{path.relative_to(PACKAGE)}: {function}: {ast.unparse(call)}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for function, call in calls(path)
        if isinstance(call.func, ast.Name) and call.func.id in own
        if ast.unparse(call.args[0]) in ("root", "folder")
    ]
    assert wrong == []


def test_a11_the_pages_of_an_edition_are_found_under_the_names_of_its_own_parameters() -> None:
    source = (PACKAGE / "publishing" / "trace.py").read_text(encoding="utf-8")
    assert "read_roles(root)" not in source
