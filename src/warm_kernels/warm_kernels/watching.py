"""What modules read from their process while they are imported: environment variables, and other modules."""

import builtins
import contextlib
import importlib
import importlib.util
import mmap
import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from warm_kernels.notebooks import EVERYTHING, Step

# Modules that read on behalf of their caller, which counts as the reader.
PASSES_ON = {"os", "posixpath", "ntpath", "_collections_abc", "collections.abc", "typing", __name__}
# They read variables to start a program, which decides nothing for the module that starts it.
STARTS_PROGRAMS = {"subprocess", "shutil"}
# Shorter names occur in any library by chance.
SHORTEST_NAME = 5
Readers = frozenset[str]


class ImportsAhead:
    """What the modules imported in a `watch` block read."""

    def __init__(self) -> None:
        # By variable, and by the prefix that was searched among all variables: the modules that were being imported
        # at each reading.
        self.readers: dict[str, set[Readers]] = {}
        self.beginnings: dict[str, set[Readers]] = {}
        # By module, what it imports, loaded already or not.
        self.arrows: dict[str, set[str]] = {}
        # Environment variables that modules changed: before, after.
        self.changes: dict[str, tuple[str | None, str | None]] = {}
        self._named: dict[str, set[Readers]] = {}
        self.begin()

    def begin(self) -> None:
        """Take what is loaded now for what any kernel has when its first cell runs."""
        self.modules_before = frozenset(sys.modules)
        self.filters_before = list(warnings.filters)
        self._libraries_before = frozenset(loaded_libraries())

    @contextlib.contextmanager
    def watch(self) -> Iterator[None]:
        """Note what is read and imported in the block."""
        environment, plain_import, plain_import_module = os.environ, builtins.__import__, importlib.import_module
        before = dict(environment)
        plain_class = type(environment)
        environment.__class__ = _watched(self)
        builtins.__import__ = self._importing(plain_import)
        importlib.import_module = self._importing_module(plain_import_module)
        try:
            yield
        finally:
            environment.__class__ = plain_class
            builtins.__import__ = plain_import
            importlib.import_module = plain_import_module
            after = dict(environment)
            for name in before.keys() | after.keys():
                if before.get(name) != after.get(name):
                    self.changes[name] = before.get(name), after.get(name)

    def reading(self, name: str | bytes, *, beginning: bool = False) -> None:
        """Note that a variable, or all variables with a prefix, are read."""
        variable = name.decode(errors="replace") if isinstance(name, bytes) else name
        caller, importing = _on_the_way(sys._getframe(2))
        if caller in STARTS_PROGRAMS:
            return
        table = self.beginnings if beginning else self.readers
        table.setdefault(variable, set()).add(importing or frozenset([caller]))

    def looking_through(self) -> None:
        """Note that all variables are listed: those with the package's name as prefix count, at least."""
        caller, importing = _on_the_way(sys._getframe(2))
        if caller not in STARTS_PROGRAMS:
            own = f"{caller.partition('.')[0].upper()}_"
            self.beginnings.setdefault(own, set()).add(importing or frozenset([caller]))

    def readers_of(self, name: str) -> set[Readers]:
        """Who read a variable: Python code, and libraries loaded since that have its name in them."""
        readers = set(self.readers.get(name, ()))
        for beginning, others in self.beginnings.items():
            if name.startswith(beginning):
                readers |= others
        return readers | self._libraries_naming(name)

    def imported_with(self, modules: Iterable[str]) -> set[str]:
        """The modules loaded once these are imported: their own imports, and so on."""
        loaded, todo = set(self.modules_before), list(modules)
        while todo:
            name = todo.pop()
            if name not in loaded:
                loaded.add(name)
                todo += self.arrows.get(name, ())
                if "." in name:
                    todo.append(name.rpartition(".")[0])
        return loaded

    def missed(self, steps: Iterable[Step]) -> str:
        """Describe what a notebook prepares for an import that has been made without it; empty for nothing."""
        imported: set[str] = set(self.modules_before)
        for kind, name in steps:
            if kind == "import":
                imported |= self.imported_with([name])
            elif kind == "search":
                if ahead := sorted(self._ahead() - imported):
                    return f"changes how modules are looked for, and {ahead[0]} is imported already"
            elif name == EVERYTHING:
                if unread := [variable for variable in self.readers if self.unread(variable, imported)]:
                    return f"sets variables whose names its code does not show, and {unread[0]} may be among them"
            elif reader := self.unread(name, imported):
                return f"sets {name}, which {reader} looked at when it was imported"
        return ""

    def unread(self, name: str, imported: set[str]) -> str:
        """A module that read a variable although the notebook has not imported it yet."""
        for readers in self.readers_of(name):
            if not readers & imported:
                return min(readers, key=lambda module: (module.count("."), module))
        return ""

    def _ahead(self) -> set[str]:
        """Packages that are loaded and would not be in a cold kernel."""
        return {name.partition(".")[0] for name in sys.modules.keys() - self.modules_before}

    def _libraries_naming(self, name: str) -> set[Readers]:
        """Packages whose compiled libraries contain the name of a variable, and so may read it."""
        if len(name) < SHORTEST_NAME:
            return set()
        if name not in self._named:
            libraries = loaded_libraries() - self._libraries_before
            self._named[name] = {frozenset([_package(path)]) for path in libraries if _holds(path, name.encode())}
        return self._named[name]

    def _importing(self, plain: Any) -> Any:
        def watched(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
            importer = (globals or {}).get("__name__", "")
            try:
                whole = importlib.util.resolve_name("." * level + name, (globals or {}).get("__package__") or "")
            except ImportError:
                whole = name
            arrows = self.arrows.setdefault(importer, set())
            arrows.add(whole)
            arrows.update(f"{whole}.{part}" for part in fromlist or () if isinstance(part, str))
            return plain(name, globals, locals, fromlist, level)

        return watched

    def _importing_module(self, plain: Any) -> Any:
        def watched(name: str, package: str | None = None) -> Any:
            importer = sys._getframe(1).f_globals.get("__name__", "")
            with contextlib.suppress(ImportError):
                self.arrows.setdefault(importer, set()).add(importlib.util.resolve_name(name, package))
            return plain(name, package)

        return watched


def _watched(ahead: ImportsAhead) -> type:
    """The environment's class, which reports who reads it."""

    class Watched(os._Environ):  # type: ignore[type-arg]
        def __getitem__(self, key: Any) -> Any:
            if not isinstance(key, Name):
                ahead.reading(key)
            return super().__getitem__(key)

        def __contains__(self, key: Any) -> bool:
            ahead.reading(key)
            return super().__contains__(key)

        def __iter__(self) -> Iterator[Any]:
            ahead.looking_through()
            return (Name(name) if isinstance(name, str) else name for name in super().__iter__())

    class Name(str):
        """A variable's name that reports with which prefix it is compared."""

        __slots__ = ()

        def startswith(self, prefix: Any, *places: Any) -> bool:
            for text in prefix if isinstance(prefix, tuple) else (prefix,):
                ahead.reading(text, beginning=True)
            return super().startswith(prefix, *places)

    return Watched


def _on_the_way(frame: FrameType | None) -> tuple[str, Readers]:
    """The module that asked, and the modules whose bodies are being run."""
    caller, importing = "", set()
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if not caller and name not in PASSES_ON:
            caller = name
        if frame.f_code.co_name == "<module>" and name != "__main__":
            importing.add(name)
        frame = frame.f_back
    return caller, frozenset(importing)


def loaded_libraries() -> set[str]:
    """Files of the compiled libraries that this process has loaded."""
    try:
        lines = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return set()
    paths = {line.split(maxsplit=5)[-1] for line in lines}
    return {path for path in paths if path.startswith("/") and ".so" in path}


def _holds(path: str, text: bytes) -> bool:
    """Whether a file contains a text."""
    try:
        with Path(path).open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as body:
            return body.find(text) >= 0
    except (OSError, ValueError):
        return False


def _package(path: str) -> str:
    """The package that a library belongs to, by its folder: ``numpy`` for ``numpy.libs`` and below ``numpy``."""
    parts = Path(path).parts
    for folder in ("site-packages", "dist-packages", "lib-dynload"):
        if folder in parts:
            return parts[parts.index(folder) + 1].removesuffix(".libs").partition(".")[0]
    return Path(path).name
