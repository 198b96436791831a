"""What a notebook's code does before an import is read from its cells, in their order."""

import pytest

from warm_kernels.notebooks import EVERYTHING, imported_modules, notebook_steps, python_tree

A = ("set", "A")
SEARCH = ("search", "")

CELLS = {
    'os.environ["A"] = "1"': [A],
    'from os import environ as e\ne["A"] = "1"': [("import", "os"), ("import", "os.environ"), A],
    'import os as system\nsystem.environ["A"] = "1"': [("import", "os"), A],
    'settings = os.environ\nsettings["A"] = "1"': [A],
    'os.environ["A"], b = "1", 2': [A],
    'os.environb[b"A"] = b"1"': [A],
    'del os.environ["A"]': [A],
    'os.environ.setdefault("A", "1")': [A],
    'os.environ.pop("A", None)': [A],
    'os.environ.update(A="1")': [A],
    'os.environ.update({"A": "1"}, **more)': [("set", EVERYTHING), A],
    'os.environ |= {"A": "1"}': [A],
    'os.putenv("A", "1")': [A],
    'with mock.patch.dict(os.environ, {"A": "1"}):\n    import x': [A, ("import", "x")],
    "%env A=1": [A],
    "%env A 1": [A],
    "%set_env A=1": [A],
    "%%time\n%env A=1": [A],
    "%load_ext dotenv\n%dotenv": [("import", "dotenv"), ("set", EVERYTHING)],
    "load_dotenv()": [("set", EVERYTHING)],
    "for name, value in settings.items():\n    os.environ[name] = value": [("set", EVERYTHING)],
    "os.environ = {}": [("set", EVERYTHING)],
    "os.environ.clear()": [("set", EVERYTHING)],
    'if True:\n    os.environ["A"] = "1"\nimport b.c': [A, ("import", "b.c")],
    '%matplotlib inline\nos.environ["A"] = "1"': [("import", "matplotlib"), A],
    'importlib.import_module("b")\nos.environ["A"] = "1"': [("import", "b"), A],
    'sys.path.insert(0, "lib")': [SEARCH],
    'sys.path[:0] = ["lib"]': [SEARCH],
    'sys.modules["b"] = None': [SEARCH],
    'sys.modules.pop("b")': [SEARCH],
    "sys.meta_path.insert(0, finder)": [SEARCH],
}
QUIET = [
    'print(os.environ["A"], os.environ.get("B"), "C" in os.environ)',
    "subprocess.run(command, env=os.environ | {'A': '1'})",
    "copy = dict(os.environ)",
    "%env",
    "%env A",
    'sys.path.append("lib")',
    "print(sys.path, sys.modules['os'])",
    "import pandas",
    "this is os.environ and no Python",
]


@pytest.mark.parametrize("cell", CELLS)
def test_d1_a_step_before_an_import_is_found(cell: str) -> None:
    assert sorted(notebook_steps([cell])) == sorted(CELLS[cell])


@pytest.mark.parametrize("cell", QUIET)
def test_a_cell_that_changes_nothing_for_an_import_has_no_step(cell: str) -> None:
    assert notebook_steps([cell]) == []


def test_steps_are_in_the_order_of_the_cells() -> None:
    cells = ["import a", 'import os\nos.environ["A"] = "1"', "import b"]
    assert notebook_steps(cells) == [("import", "a"), ("import", "os"), A, ("import", "b")]


def test_the_rest_of_a_cell_magic_is_python_where_it_parses() -> None:
    notebook = b'{"cells": [{"cell_type": "code", "source": "%%time\\nimport pandas"}]}'
    assert imported_modules([notebook]) == ["pandas"]
    assert python_tree("%%html\n<b>bold</b>") is None
