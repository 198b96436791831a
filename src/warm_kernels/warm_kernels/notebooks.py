"""Read from notebooks' code what it imports, and what it does that an import made before it may not see.

A step is a pair, in the order of the code: ``("import", module)``, ``("set", variable)`` for an environment variable,
or ``("search", "")`` where the code changes how modules are found. `EVERYTHING` stands for a name that only shows when
the code runs.
"""

import ast
import glob
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

Step = tuple[str, str]
EVERYTHING = "*"
# A notebook without any of these texts has no such steps, and is not parsed.
HINTS = ("environ", "putenv", "unsetenv", "env ", "dotenv", "sys.path", "sys.modules", "meta_path", "path_hooks")
SEARCH = ("path", "modules", "meta_path", "path_hooks")
# Magics whose first use imports something.
IMPORTING_MAGICS = {"matplotlib": ["matplotlib"], "pylab": ["numpy", "matplotlib"]}


def imported_modules(notebooks: Iterable[bytes]) -> list[str]:
    """List the modules that notebooks import anywhere in their cells, sorted.

    What is not a notebook is skipped; its run will say so. ``from a import b`` gives ``a`` and ``a.b``: whether ``b``
    is a module shows when it is imported.
    """
    modules: set[str] = set()
    for notebook in notebooks:
        for source in code_cells(notebook):
            tree = python_tree(source)
            for node in ast.walk(tree) if tree else ():
                modules |= set(imported_by(node))
    return sorted(modules)


def find_notebooks(places: Iterable[str | Path]) -> list[Path]:
    """Notebooks by path, by pattern (``reports/**/*.ipynb``) or by folder, sorted; hidden folders are skipped."""
    paths: set[Path] = set()
    for place in places:
        # pathlib's patterns must be relative.
        for path in map(Path, glob.glob(str(place), recursive=True)):  # noqa: PTH207
            inside = [file.relative_to(path) for file in path.rglob("*.ipynb")] if path.is_dir() else []
            paths |= {path / file for file in inside if not any(part.startswith(".") for part in file.parts)}
            paths |= {path} if path.is_file() else set()
    return sorted(paths)


def imports_of(places: Iterable[str | Path]) -> list[str]:
    """What the notebooks at these places import."""
    return imported_modules(path.read_bytes() for path in find_notebooks(places))


def code_cells(notebook: bytes) -> list[str]:
    """Sources of a notebook's code cells; none where it is not a notebook."""
    try:
        cells = json.loads(notebook)["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError):
        return []


def python_tree(source: str) -> ast.Module | None:
    """Parse a cell, with IPython's own syntax (``%magic``, ``!shell``) turned into the calls it stands for."""
    if source.lstrip().startswith("%%"):
        # %%time, %%capture and others run the rest as Python; what does not parse is in another language.
        source = "\n" + source.lstrip().partition("\n")[2]
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        pass
    # Importing it takes a tenth of a second, which plain Python need not pay.
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return ast.parse(TransformerManager().transform_cell(source))  # type: ignore[no-untyped-call]
    except (SyntaxError, ValueError):
        return None


def imported_by(node: ast.AST) -> list[str]:
    """Dotted names that a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names if alias.name != "*")]
    return []


def notebook_steps(cells: Iterable[str]) -> list[Step]:
    """Read the steps of a notebook's code cells; none where none sets a variable or changes the search."""
    sources = list(cells)
    if not any(hint in source for source in sources for hint in HINTS):
        return []
    reader = _Reader()
    for source in sources:
        tree = python_tree(source)
        if tree is not None:
            reader.visit(tree)
    return reader.steps if any(kind != "import" for kind, _ in reader.steps) else []


class _Reader(ast.NodeVisitor):
    """Walks the code from top to bottom."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        # Names that the code uses for os.environ.
        self.environments = {"environ", "environb"}

    def visit_Import(self, node: ast.Import) -> None:
        self._import(imported_by(node))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if node.module == "os" and alias.name in ("environ", "environb"):
                self.environments.add(alias.asname or alias.name)
        self._import(imported_by(node))

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            if isinstance(target, ast.Name) and self._is_environment(node.value):
                self.environments.add(target.id)
            self._change(target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.visit(node.value)
        if self._is_environment(node.target):
            self._set(_keys(node.value))
        else:
            self._change(node.target)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.generic_visit(node)
        self._change(node.target)

    def visit_Delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            self._change(target)

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        owner = function.value if isinstance(function, ast.Attribute) else None
        if owner is not None and self._is_environment(owner):
            self._call_environment(name, node)
        elif owner is not None and _is_search(owner) and name not in ("append", "copy", "get", "index", "count"):
            self.steps.append(("search", ""))
        elif name in ("putenv", "unsetenv"):
            self._set(_constants(node.args[:1]))
        elif name == "load_dotenv":
            self._set([EVERYTHING])
        elif name == "dict" and owner is not None and node.args and self._is_environment(node.args[0]):
            # unittest.mock.patch.dict(os.environ, …)
            self._set([key for arg in node.args[1:] for key in _keys(arg)])
        elif name in ("import_module", "__import__"):
            self._import([name for name in _constants(node.args[:1]) if name != EVERYTHING])
        elif name in ("run_line_magic", "run_cell_magic", "magic"):
            self._magic(" ".join(_constants(node.args[:2])))

    def _call_environment(self, method: str, node: ast.Call) -> None:
        if method == "update":
            named = [keyword.arg or EVERYTHING for keyword in node.keywords]
            self._set(named + [key for arg in node.args for key in _keys(arg)])
        elif method in ("clear", "popitem"):
            self._set([EVERYTHING])
        elif method in ("setdefault", "pop", "__setitem__", "__delitem__"):
            self._set(_constants(node.args[:1]))

    def _magic(self, line: str) -> None:
        name, _, rest = line.strip().lstrip("%").partition(" ")
        variable = rest.replace("=", " ").split()
        # Given only a name, %env shows the variable.
        if name in ("env", "set_env") and len(variable) > 1:
            self._set([EVERYTHING if set(variable[0]) & set("{$") else variable[0]])
        elif name in ("dotenv", "reload_dotenv"):
            self._set([EVERYTHING])
        elif name == "load_ext":
            self._import(variable[:1])
        self._import(IMPORTING_MAGICS.get(name, []))

    def _change(self, target: ast.expr) -> None:
        """An assignment to, or deletion of, a target."""
        if isinstance(target, (ast.Tuple, ast.List)):
            for part in target.elts:
                self._change(part)
        elif isinstance(target, ast.Subscript) and self._is_environment(target.value):
            self._set(_constants([target.slice]))
        elif isinstance(target, ast.Attribute) and target.attr in ("environ", "environb"):
            self._set([EVERYTHING])
        elif _is_search(target.value if isinstance(target, ast.Subscript) else target):
            self.steps.append(("search", ""))

    def _is_environment(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Attribute):
            return node.attr in ("environ", "environb")
        return isinstance(node, ast.Name) and node.id in self.environments

    def _set(self, names: Iterable[str]) -> None:
        self.steps += [("set", name) for name in names]

    def _import(self, names: Iterable[str]) -> None:
        self.steps += [("import", name) for name in names]


def _is_search(node: ast.expr) -> bool:
    """Whether something is ``sys.path`` or another of the tables by which modules are found."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr in SEARCH
        and isinstance(node.value, ast.Name)
        and node.value.id in ("sys", "_sys")
    )


def _constants(nodes: Iterable[ast.expr]) -> Iterator[str]:
    """The texts of expressions; `EVERYTHING` for one that is no constant."""
    for node in nodes:
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(value, bytes):
            value = value.decode(errors="replace")
        yield value if isinstance(value, str) else EVERYTHING


def _keys(node: ast.expr) -> list[str]:
    """The keys of a dictionary, as far as the code shows them."""
    if isinstance(node, ast.Dict):
        return [name for key in node.keys for name in (_constants([key]) if key is not None else [EVERYTHING])]
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "dict" and not node.args:
        return [keyword.arg or EVERYTHING for keyword in node.keywords]
    return [EVERYTHING]
