"""Names and words from data are escaped where a sentence is put together, wherever that is."""

import ast
from pathlib import Path

import pytest

PRESENT = Path(__file__).parents[2] / "src" / "policyreport" / "figures" / "present"
# Fields that hold text somebody else wrote.
WRITTEN = {
    "name", "title", "list_label", "publisher", "licence", "note", "detail", "message", "subject", "unit", "origin",
    "legal_reference", "deadline_reason", "basis_change", "short_title", "issuer", "definition",
}  # fmt: skip


def written_elsewhere(node: ast.expr) -> bool:
    """Whether an expression is a text of a record, a parameter or the areas, as it is."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr == "name"
    spoken = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "voice"
    return isinstance(node, ast.Attribute) and node.attr in WRITTEN and not spoken


@pytest.mark.parametrize("path", sorted(PRESENT.glob("*.py")), ids=lambda path: path.name)
def test_c2_a_text_from_data_is_escaped_in_every_sentence(path: Path) -> None:
    functions = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)]
    found = {
        f"{function.name}: {ast.unparse(node.value)}"
        for function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.FormattedValue) and written_elsewhere(node.value)
    }
    assert found == set(), "write escape(…), voice.area(…) or voice.name"
