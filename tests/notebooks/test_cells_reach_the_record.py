"""What somebody changes in a notebook's cells reaches its record: every field comes from an object of the cells."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from policyreport.data.inputs import Inputs, read_inputs
from policyreport.records.base import Frozen, Refusal
from policyreport.records.notebooks import BY_NOTEBOOK

ROOT = Path(__file__).parents[2]
# What names the record, and what the slice says of itself; nothing is computed of either.
HEAD = {"version", "kind", "area", "name", "edition", "as_known_on", "differs"}
OF_THE_SLICE = {
    "clean": {"superseded", "findings"},
    "compare": {"region"},
    "quality": {"sources"},
}


@pytest.fixture(scope="module")
def slice_of_the_tiny_edition(tiny_units, tmp_path_factory) -> Callable[[str], Inputs]:
    """The slice of a notebook of the tiny edition, those of the last ones with the records of all others."""

    def lay_out(notebook: str) -> Inputs:
        folder = tmp_path_factory.mktemp(notebook)
        unit = next(each for each in tiny_units if each.notebook == notebook and each.area in ("n96", "VN"))
        for name, body in unit.slice.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(body)
        return read_inputs(folder)

    return lay_out


def code_of(notebook: str) -> list[ast.stmt]:
    """The statements of a notebook's cells, without its parameters."""
    (path,) = ROOT.glob(f"notebooks/*/{notebook}.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    body = [ast.parse("".join(cell["source"])).body for cell in cells if cell["cell_type"] == "code"]
    return [each for cell in body[1:] for each in cell]


def statements(notebook: str) -> list[ast.Assign]:
    """The assignments of a notebook's cells, without its parameters and the slice."""
    found = [each for each in code_of(notebook) if isinstance(each, ast.Assign)]
    return [each for each in found if "open_edition(" not in ast.unparse(each)]


def imports(notebook: str) -> list[ast.stmt]:
    """What a notebook's cells import."""
    return [each for each in code_of(notebook) if isinstance(each, (ast.Import, ast.ImportFrom))]


def targets(statement: ast.Assign) -> set[str]:
    return {node.id for node in ast.walk(statement.targets[0]) if isinstance(node, ast.Name)}


def used(statement: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}


def making_of_the_record(body: list[ast.Assign]) -> int:
    """Where the record begins to be made: its own statement, or the first that only gathers for it."""
    last = [at for at, each in enumerate(body) if "record" in targets(each)]
    gathered = {name for at in last for name in used(body[at].value)}
    own = [at for at, each in enumerate(body) if targets(each) <= gathered and isinstance(each.value, ast.Dict)]
    return min(last + own)


def run(body: Sequence[ast.stmt], names: dict[str, Any]) -> dict[str, Any]:
    for each in body:
        exec(ast.unparse(each), names)
    return names


def edits(value: Any) -> Iterator[Any]:
    """The object as it could be after somebody edited its cell."""
    if isinstance(value, pd.DataFrame):
        yield value.iloc[:-1]
        if "bound_low" in value:
            yield value.assign(value=float("nan"), bound_low=float("nan"), bound_high=float("nan"))
            yield value.assign(value=float("nan"), bound_low=0.0, bound_high=1.0)
    elif isinstance(value, Frozen):
        parts = type(value).model_fields.keys() & {"flags", "inputs", "differences", "by_measure"}
        yield from (value.model_copy(update={name: getattr(value, name)[:-1]}) for name in sorted(parts))
        yield Refusal(code="edited", method="edited")
    elif isinstance(value, tuple):
        yield from (value[:-1], (Refusal(code="edited", method="edited"),), ("edited",))
    elif isinstance(value, int):
        yield value + 1


def followed(notebook: str, inputs: Inputs) -> dict[str, set[str]]:
    """Of each object that the cells make before the record, the fields of the record that follow it."""
    body = statements(notebook)
    start = making_of_the_record(body)
    names = run([*imports(notebook), *body[:start]], {"data": inputs})
    before = run(body[start:], dict(names))["record"]
    found: dict[str, set[str]] = {}
    for name in sorted({name for each in body[:start] for name in targets(each)}):
        for new in edits(names[name]):
            try:
                after = run(body[start:], names | {name: new})["record"]
            except (
                ValueError,
                KeyError,
                AttributeError,
            ):  # an edit that the record cannot take
                continue
            every = type(before).model_fields
            fields = {field for field in every if getattr(before, field) != getattr(after, field)}
            found[name] = found.get(name, set()) | fields
    return found


@pytest.mark.parametrize("notebook", sorted(BY_NOTEBOOK))
def test_a9_every_field_of_a_record_follows_an_object_of_the_cells(
    notebook: str, slice_of_the_tiny_edition: Callable[[str], Inputs]
) -> None:
    found = followed(notebook, slice_of_the_tiny_edition(notebook))
    reached = {field for fields in found.values() for field in fields}
    left = set(BY_NOTEBOOK[notebook].model_fields) - HEAD - OF_THE_SLICE.get(notebook, set()) - reached
    assert left == set(), found
    if notebook == "economy":
        assert found["other"] == {"other_quantity", "differs"}
        assert found["aggregate"] == {"share_aggregate", "differs"}
