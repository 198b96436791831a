"""The package's public names: listed once for people and once for readers of types, and loaded when used."""

import ast
from pathlib import Path

import pytest

import policyreport

SOURCE = Path(policyreport.__file__).read_text(encoding="utf-8")


def test_both_lists_hold_the_same_names() -> None:
    typed = {
        alias.asname: node.module
        for node in ast.walk(ast.parse(SOURCE))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname
    }
    assert typed == policyreport._PUBLIC


@pytest.mark.parametrize("name", sorted(policyreport._PUBLIC))
def test_a_public_name_can_be_imported_and_says_what_it_is(name: str) -> None:
    assert getattr(policyreport, name).__doc__
    assert name in dir(policyreport)


def test_a_wrong_name_is_answered_with_the_right_ones() -> None:
    with pytest.raises(AttributeError, match="open_edition"):
        policyreport.open_editions  # noqa: B018 (the attribute is what is asked for)
