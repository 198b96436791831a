"""The rooms import each other as docs/design.md's table allows, and in no other way."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "policyreport"
KERNELS = ROOT / "src" / "warm_kernels" / "warm_kernels"
MOST_ROOMS = 12
MOST_ARROWS = 60


def table() -> dict[str, set[str]]:
    """What each room may import, by docs/design.md; the command line may import all."""
    text = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| .+ \| ([^|]+) \|$", text, flags=re.MULTILINE)
    allowed = {room: set(re.findall(r"`(\w+)`", cell)) for room, cell in rows}
    return allowed | {room: set(allowed) - {room} for room, cell in rows if cell == "all"}


def imported(tree: ast.AST, package: str = PACKAGE.name) -> Iterator[str]:
    """Dotted names of a package's modules that some code imports, or whose content it imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.startswith(f"{package}."))
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            if (node.module or "").split(".")[0] == package:
                yield from (f"{node.module}.{name.name}" for name in node.names)


def at_import_time(tree: ast.Module) -> ast.Module:
    """The code that runs when a module is imported: without bodies of functions, without imports for types."""
    body = [node for node in tree.body if not isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    body = [node for node in body if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test))]
    return ast.Module(body, [])


ALLOWED = table()


@cache
def files() -> dict[Path, ast.Module]:
    """The package's files, parsed."""
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def arrows() -> dict[str, set[str]]:
    """What the files of each room import from other rooms."""
    drawn: dict[str, set[str]] = {room: set() for room in ALLOWED}
    for path, tree in files().items():
        if room_of(path) != "__init__":
            drawn[room_of(path)] |= {name.split(".")[1] for name in imported(tree)} - {room_of(path)}
    return drawn


def test_every_room_has_its_row_in_the_design() -> None:
    assert {room_of(path) for path in files()} - {"__init__"} == set(ALLOWED)


def test_the_landing_has_few_entries() -> None:
    entries = [path for path in PACKAGE.iterdir() if path.name != "__pycache__"]
    assert len(entries) <= MOST_ROOMS


def test_rooms_import_what_the_design_allows_and_no_more() -> None:
    drawn = arrows()
    assert drawn == {room: used for room, used in ALLOWED.items() if room != "cli"} | {"cli": drawn["cli"]}
    assert sum(map(len, drawn.values())) <= MOST_ARROWS


def test_the_kernels_are_a_distribution_of_their_own() -> None:
    own = [ast.parse(path.read_text(encoding="utf-8")) for path in KERNELS.rglob("*.py")]
    assert own
    assert [name for tree in own for name in imported(tree)] == []
    users = {room_of(path) for path, tree in files().items() if list(imported(tree, KERNELS.name))}
    assert users == {"running", "cli"}


def test_no_arrow_goes_up() -> None:
    """Rows stand in the order of the arrows, so there is no circle either."""
    order = list(ALLOWED)
    up = {room: {name for name in used if order.index(name) > order.index(room)} for room, used in ALLOWED.items()}
    assert {room: used for room, used in up.items() if used} == {}


def test_no_file_needs_itself_to_be_imported() -> None:
    modules = {dotted(path): path for path in files()}
    needs = {}
    for name, path in modules.items():
        names = imported(at_import_time(files()[path]))
        needs[name] = {used if used in modules else used.rpartition(".")[0] for used in names} - {name}
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def dotted(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
