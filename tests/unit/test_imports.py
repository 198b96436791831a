"""The modules import each other as docs/design.md's table allows, and in no other way."""

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "policyreport"
SCIENCE = {"sources", "areas", "observations", "rules", "harmonise", "methods", "inputs", "assess", "present"}
RUNNING = {"kernels", "execute", "store", "cache", "pool", "runs", "progress"}


def table() -> dict[str, set[str]]:
    """What each module may import, by docs/design.md; the command line may import all."""
    text = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[^|]+) \| [^|]+ \| ([^|]+) \|$", text, flags=re.MULTILINE)
    allowed = {name: set(names(cell)) for modules, cell in rows for name in names(modules)}
    return allowed | {name: set(allowed) for modules, cell in rows if cell == "all" for name in names(modules)}


def names(cell: str) -> list[str]:
    return re.findall(r"`(\w+)`", cell)


def imported(tree: ast.AST) -> Iterator[str]:
    """Dotted names of this package's modules that some code imports, or whose content it imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names if each.name.startswith("policyreport."))
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            if (node.module or "").split(".")[0] == "policyreport":
                yield from (f"{node.module}.{each.name}" for each in node.names)


def at_import_time(tree: ast.Module) -> ast.Module:
    """The code that runs when a module is imported: without bodies of functions, without imports for types."""
    body = [node for node in tree.body if not isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    body = [node for node in body if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test))]
    return ast.Module(body, [])


FILES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
ALLOWED = table()


def module_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_every_module_has_its_row_in_the_design() -> None:
    assert {module_of(path) for path in FILES} - {"__init__"} == set(ALLOWED)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_the_design_allows(path: Path) -> None:
    own = module_of(path)
    used = {name.split(".")[1] for name in imported(FILES[path])} - {own}
    assert used <= ALLOWED.get(own, set()), "an arrow that is meant belongs into the table of docs/design.md"


def test_the_design_allows_no_cycle() -> None:
    order = list(TopologicalSorter({own: used - {own} for own, used in ALLOWED.items()}).static_order())
    assert set(order) == set(ALLOWED)


def test_the_table_is_in_the_order_of_the_arrows() -> None:
    order = list(ALLOWED)
    later = {own: {used for used in ALLOWED[own] if order.index(used) > order.index(own)} for own in order}
    assert {own: used for own, used in later.items() if used} == {}


def test_no_file_needs_itself_to_be_imported() -> None:
    known = {dotted(path): path for path in FILES}
    arrows = {}
    for name, path in known.items():
        used = {each if each in known else each.rpartition(".")[0] for each in imported(at_import_time(FILES[path]))}
        arrows[name] = used - {name}
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def dotted(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_science_and_running_meet_only_where_notebooks_are_planned() -> None:
    meeting = {name for name in ALLOWED if reach(name) & SCIENCE and reach(name) & RUNNING}
    assert meeting == {"plan", "workspace", "lesson", "commands", "cli"}


def reach(module: str) -> set[str]:
    """A module and everything it may cause to be imported."""
    found, todo = set(), [module]
    while todo:
        each = todo.pop()
        if each not in found:
            found.add(each)
            todo += ALLOWED[each]
    return found
