"""What a result is made of, each part by its hash."""

from __future__ import annotations

import ast
import hashlib
import json
import platform
import re
import sys
import sysconfig
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import warm_kernels
from warm_kernels.notebooks import imported_modules

if TYPE_CHECKING:
    from policyreport.running.execute.unit import Unit

PACKAGE = Path(__file__).resolve().parents[2]
# They start the notebooks' Python.
KERNELS = Path(warm_kernels.__file__).resolve().parent
# Raised when the meaning of a cached file changes.
FORMAT = 1
LOCK = "requirements.lock"
# What units are made from, apart from code.
PROJECT_PARTS = ("data", "params", "notebooks")


def digest(body: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def unit_ingredients(unit: Unit, environment: str) -> dict[str, Any]:
    """List what decides a unit's result; files of the slice by their hash.

    The time-out is not one: it decides whether there is a result, not which.
    """
    return {
        "format": FORMAT,
        "notebook": digest(unit.source),
        "parameters": {name: unit.parameters[name] for name in sorted(unit.parameters)},
        "slice": {name: digest(unit.slice[name]) for name in sorted(unit.slice)},
        "package": package_digest(tuple(imported_modules([unit.source]))),
        "environment": environment,
    }


def key_of(ingredients: Mapping[str, Any]) -> str:
    """Hash ingredients to the key of their result; ``1``, ``1.0``, ``"1"`` and ``true`` are four values."""
    return digest(as_text(ingredients))


def as_text(ingredients: Mapping[str, Any]) -> bytes:
    """Ingredients as the text whose hash is the key."""
    return json.dumps(ingredients, sort_keys=True, ensure_ascii=False).encode()


@lru_cache(maxsize=64)
def package_digest(modules: tuple[str, ...], package: Path = PACKAGE) -> str:
    """Hash the package's modules that a notebook can reach: a change in the report's pages runs no notebook again."""
    return files_digest(reachable_files(modules, package), package)


def reachable_files(modules: Iterable[str], package: Path = PACKAGE) -> list[Path]:
    """Follow imports, including those inside functions, through the package; sorted source files."""
    files: set[Path] = set()
    todo = set(modules)
    seen: set[str] = set()
    while todo:
        name = todo.pop()
        if name in seen or name.split(".")[0] != package.name:
            continue
        seen.add(name)
        # Importing a module runs the packages above it.
        todo.add(name.rpartition(".")[0])
        path = _file(name, package)
        if path is not None and path not in files:
            files.add(path)
            todo |= set(_imports(path))
    return sorted(files)


def _file(name: str, package: Path) -> Path | None:
    """The source file of a dotted name; None for what is inside a module."""
    path = package.parent.joinpath(*name.split("."))
    for candidate in (path / "__init__.py", path.with_suffix(".py")):
        if candidate.is_file():
            return candidate
    return None


@lru_cache(maxsize=1024)
def _imports(path: Path) -> tuple[str, ...]:
    """Dotted names imported anywhere in a file."""
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return tuple(names)


def environment_digest(root: Path) -> str:
    """Hash what runs the code: Python, machine, the installed versions of what the lock names, and `warm_kernels`.

    Without a lock every installed package counts. What is installed counts, not what the lock asks for: a result was
    made by the former.
    """
    versions = installed_versions(locked_names(root))
    facts = [sys.version, platform.machine(), sys.platform, *(f"{name}-{versions[name]}" for name in sorted(versions))]
    return digest("\n".join([*facts, source_digest(KERNELS)]).encode())


def source_digest(*packages: Path) -> str:
    """Hash all modules of packages as they are on disk."""
    return digest("\n".join(files_digest(sorted(folder.rglob("*.py")), folder.parent) for folder in packages).encode())


def files_digest(paths: Iterable[Path], folder: Path) -> str:
    """Hash files with their paths below a folder, in the order given."""
    lines = (f"{path.relative_to(folder).as_posix()} {digest(path.read_bytes())}" for path in paths)
    return digest("\n".join(lines).encode())


def locked_names(root: Path) -> frozenset[str] | None:
    """Packages that a project's lock names, normalised as in PEP 503; None without a lock."""
    lock = root / LOCK
    if not lock.is_file():
        return None
    named = re.findall(r"^([\w.-]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE)
    return frozenset(_plain(name) for name in named)


def installed_versions(names: Collection[str] | None) -> dict[str, str]:
    """Version by package, normalised as in PEP 503, of `names` or of all; what is not installed is left out."""
    folders = {Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
    installed = (path.stem for folder in folders for path in folder.glob("*.dist-info"))
    versions = {_plain(name): version for name, _, version in (text.rpartition("-") for text in installed)}
    return {name: version for name, version in versions.items() if names is None or name in names}


def _plain(name: str) -> str:
    """A package's name as PEP 503 normalises it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def project_digest(root: Path, environment: str) -> str:
    """Hash everything that planning a run reads, without reading it as data.

    Equal hashes mean equal units; the reverse does not hold.
    """
    paths = [path for part in PROJECT_PARTS for path in sorted((root / part).rglob("*")) if path.is_file()]
    notebooks = [path.read_bytes() for path in paths if path.suffix == ".ipynb"]
    code = package_digest((*imported_modules(notebooks), f"{PACKAGE.name}.running.plan"))
    return digest("\n".join([str(FORMAT), environment, code, files_digest(paths, root)]).encode())
