"""Read a project's parameter files, or an edition's own, into strict models; a misspelt key is met with its nearest."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Self, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from policyreport.errors import ParamsError, did_you_mean, require_one_of
from policyreport.params.limits import NUMBER_DIGITS, TEXT_LENGTH, YAML_ALIASES, YAML_BYTES, YAML_DEPTH, YAML_NODES
from policyreport.params.untrusted import refused_sign, require_inside

_UNKNOWN: Final = "unknown_key"

Model = TypeVar("Model", bound=BaseModel)
# libyaml's parser where PyYAML was built with it: ten times faster on the policy file.
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT, _MAPPING, _SEQUENCE = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "map", "seq"))
DATA = "data"
OVERLAID = ("indicators", "methods", "policy", "report", "vi")
"""Parameter files that a data folder may change; the others, and data/boundaries, hold for every edition."""


class Strict(BaseModel):
    """Base of everything in params/: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _keys_are_known(cls, body: Any) -> Any:
        """Refuse an unknown key with the fields of this model, of which pydantic's own error says nothing."""
        for key in body if isinstance(body, dict) else ():
            if isinstance(key, str) and key not in cls.model_fields:
                raise PydanticCustomError(_UNKNOWN, "unknown key", {"key": key, "fields": list(cls.model_fields)})
        return body

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with other values, checked as those of a file; an empty tuple leaves a list out.

        Raises ParamsError.
        """
        copied, changes = super().model_copy(update=update, deep=deep), update or {}
        left_out = [name for name, value in changes.items() if isinstance(value, tuple) and not value]
        kept = {name: vars(self)[name] for name in left_out if name in vars(self)}
        try:
            type(self).model_validate(vars(copied) | kept)
        except ValidationError as error:
            # What was beyond a file's bounds before may stay so.
            if faults := [fault for fault in error.errors() if not fault["loc"] or fault["loc"][0] in changes]:
                raise _first_error(Path(type(self).__name__), faults) from None
        return copied


def read_strict(path: Path, model: type[Model]) -> Model:
    """Read and validate one parameter file; ParamsError names the key at fault and the nearest known ones."""
    return validate_strict(path, load_yaml(path), model)


def load_yaml(path: Path) -> Any:
    """Load a YAML file in UTF-8; raises ParamsError also for a key written twice or more than `limits` allow.

    Files with the same text share what is returned: it is to be read, not changed.
    """
    try:
        require_inside(path, path.parent.parent, ParamsError)
        if (size := path.stat().st_size) > YAML_BYTES:
            todo = "Take out what is no parameter."
            raise ParamsError(str(path), f"at most {YAML_BYTES // 1000:,} kB", f"{size // 1000:,} kB", todo)
        return _parsed(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = [other.stem for other in path.parent.glob("*.yaml")]
        raise ParamsError(str(path), "a parameter file", "no such file", did_you_mean(path.stem, known)) from None
    except OSError as error:
        got = error.strerror or type(error).__name__
        raise ParamsError(str(path), "a parameter file", got, "Put the file back and make it readable.") from None
    except _Unreasonable as error:
        raise ParamsError(f"{path}, line {error.line}", error.expected, error.got, "Correct the file.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ParamsError(str(path), "YAML in UTF-8", " ".join(str(error).split()), "Correct the file.") from None


@lru_cache(maxsize=512)
def _parsed(text: str) -> Any:
    # A command reads the same parameters several times, and every figure's sidecar.
    return yaml.load(text, Loader=_OnceLoader)


def validate_strict(path: Path, body: Any, model: type[Model]) -> Model:
    """Validate the body of a parameter file; `path` is for the message."""
    if body is None:
        needed = [name for name, field in model.model_fields.items() if field.is_required() and name != "root"]
        keys = ", ".join(needed[:6]) + (", …" if len(needed) > 6 else "")
        raise ParamsError(str(path), f"keys and values ({keys})" if keys else "keys and values", "an empty file",
                          "Write them, or take the file as it was from the repository.")  # fmt: skip
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise _first_error(path, error.errors()) from None


def require_known(where: str, got: Iterable[str], known: Iterable[str], expected: str) -> None:
    """Raise ParamsError, with the nearest known words, at the first word that is not known.

    `where` is file and key, `expected` the kind of word: ``an area key``.
    """
    allowed = list(known)
    for word in got:
        require_one_of(ParamsError, where, word, allowed, expected)


def repeated(ids: Iterable[str]) -> list[str]:
    """Return what stands more than once, sorted."""
    return sorted(id for id, count in Counter(ids).items() if count > 1)


class _Unreasonable(Exception):
    """Something YAML allows that is more than any file here holds."""

    def __init__(self, event: Any, expected: str, got: str) -> None:
        super().__init__(expected, got)
        self.line, self.expected, self.got = event.start_mark.line + 1, expected, got


class _OnceLoader(_Loader):  # type: ignore[misc, valid-type]
    """A safe loader that refuses a key written twice, of which YAML silently keeps the last.

    It builds mappings and sequences straight from the parser's events: PyYAML's nodes and constructors take twice as
    long, and reading the ledger is mostly reading YAML.
    """

    def get_single_data(self) -> Any:
        """Build the values of the one document; None if it is empty."""
        self._named: dict[str, tuple[Any, int]] = {}
        self._nodes = self._depth = self._aliases = 0
        self.get_event()
        if self.check_event(yaml.StreamEndEvent):
            return None
        self.get_event()
        built = self._value(self.get_event())
        self.get_event()
        if not self.check_event(yaml.StreamEndEvent):
            raise _refuse("a second document", self.peek_event())
        return built

    def _value(self, event: Any) -> Any:
        before = self._nodes
        if isinstance(event, yaml.ScalarEvent):
            built = self._scalar(event)
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._named:
                raise _refuse(f"*{event.anchor} of a value that is not complete before it", event)
            built, size = self._named[event.anchor]
            self._aliases += 1
            if self._aliases > YAML_ALIASES:
                raise _Unreasonable(event, f"at most {YAML_ALIASES} aliases", "more")
            self._count(size, event)
            return built
        elif event.tag not in (None, "!", _MAPPING, _SEQUENCE):
            raise _refuse(f"the type {event.tag}", event)
        else:
            built = self._nested(event)
        self._count(1, event)
        if event.anchor:
            self._named[event.anchor] = built, self._nodes - before
        return built

    def _count(self, nodes: int, event: Any) -> None:
        """Count values, those behind an alias again: whoever walks through them meets them again."""
        self._nodes += nodes
        if self._nodes > YAML_NODES:
            raise _Unreasonable(event, f"at most {YAML_NODES:,} values", "more, after aliases are followed")

    def _nested(self, event: Any) -> Any:
        self._depth += 1
        if self._depth > YAML_DEPTH:
            raise _Unreasonable(event, f"at most {YAML_DEPTH} levels", "more")
        built = self._mapping() if isinstance(event, yaml.MappingStartEvent) else self._sequence()
        self._depth -= 1
        return built

    def _scalar(self, event: Any) -> Any:
        """Return a text, or what YAML takes an unquoted text for: a number, a day, true."""
        tag, text = event.tag, event.value
        if len(text) > TEXT_LENGTH:
            raise _Unreasonable(event, f"at most {TEXT_LENGTH:,} letters", f"{len(text):,}")
        if got := refused_sign(text):
            raise _Unreasonable(event, "letters, digits and signs that can be seen", got)
        if tag in (None, "!"):
            if not event.implicit[0] or text[:1] not in self.yaml_implicit_resolvers:
                return text
            tag = self.resolve(yaml.ScalarNode, text, (True, False))
        if tag == _TEXT:
            return text
        if len(text) > NUMBER_DIGITS:
            raise _Unreasonable(event, f"a number of at most {NUMBER_DIGITS} signs", f"{len(text):,}")
        try:
            return self.construct_object(yaml.ScalarNode(tag, text, event.start_mark, event.end_mark))
        except ValueError as error:
            raise _refuse(f'"{text}", which is none: {error}', event) from None

    def _sequence(self) -> list[Any]:
        built = []
        while not isinstance(event := self.get_event(), yaml.SequenceEndEvent):
            built.append(self._value(event))
        return built

    def _mapping(self) -> dict[Hashable, Any]:
        built: dict[Hashable, Any] = {}
        while not isinstance(event := self.get_event(), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise _refuse("a key that is no word", event)
            key = self._value(event)
            if key in built:
                raise _refuse(f'key "{key}" is written twice', event)
            built[key] = self._value(self.get_event())
        return built


def _refuse(what: str, event: Any) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(None, None, what, event.start_mark)


def _first_error(path: Path, errors: Iterable[Any]) -> ParamsError:
    # A misspelt key also makes the right one "missing": the misspelling is what the user can see. Of a
    # union's errors the deepest is about the alternative that was meant.
    first = min(errors, key=lambda item: (item["type"] != _UNKNOWN, -len(item["loc"])))
    # pydantic names a union's alternative inside the location: "literal['all']" is no key of the file.
    keys = [str(part) for part in first["loc"] if "[" not in str(part)]
    if first["type"] == _UNKNOWN:
        key, fields = first["ctx"]["key"], first["ctx"]["fields"]
        place = f"{path}: {'.'.join([*keys, key])}"
        return ParamsError(place, "a known key", f'unknown key "{key}"', did_you_mean(key, fields))
    place = f"{path}: {'.'.join(keys) or '(top level)'}"
    if first["type"] == "missing":
        return ParamsError(place, "this key", "it is missing", f'Add "{first["loc"][-1]}" to the file.')
    if first["type"] == "literal_error":
        return ParamsError(place, first["ctx"]["expected"], repr(first["input"])[:80], _nearest(first))
    expected = first["msg"].removeprefix("Input should be ")
    return ParamsError(place, expected, repr(first["input"])[:80], "Correct the value.")


def _nearest(literal_error: Any) -> str:
    allowed = literal_error["ctx"]["expected"].replace(" or ", ", ").split(", ")
    return did_you_mean(str(literal_error["input"]), [word.strip("'") for word in allowed])


@dataclass(frozen=True)
class Layout:
    """A project seen by an edition that has a data folder of its own.

    `data` is the folder below `root` with the edition's raw/, corrections/ and params/: ``data/teaching``; `simulated`
    means that its figures were drawn and not observed.
    """

    root: Path
    data: str
    simulated: bool = False


Root = Path | Layout
"""A project's folder, or the project seen by an edition with its own data."""


def project_folder(root: Root) -> Path:
    """Return the project's top folder."""
    return root.root if isinstance(root, Layout) else root


def data_folder(root: Root, name: str) -> str:
    """Return where ``raw`` or ``corrections`` is below the project's folder: ``data/raw``, ``data/teaching/raw``."""
    return f"{root.data if isinstance(root, Layout) else DATA}/{name}"


def is_simulated(root: Root) -> bool:
    """Return whether an edition's figures were drawn and not observed."""
    return isinstance(root, Layout) and root.simulated


def own_parameters(root: Root) -> tuple[str, ...]:
    """List the parameter files of an edition's own data folder, as paths below the project's, sorted.

    Raises ParamsError for a file that is not among `OVERLAID`.
    """
    if not isinstance(root, Layout):
        return ()
    paths = sorted((root.root / root.data / "params").glob("*.yaml"))
    for path in paths:
        if path.stem not in OVERLAID:
            todo = did_you_mean(path.stem, OVERLAID)
            raise ParamsError(str(path), f"one of {', '.join(OVERLAID)}", path.stem, todo)
    return tuple(f"{root.data}/params/{path.name}" for path in paths)


def load_parameters(root: Root, name: str) -> tuple[Path, Any]:
    """Load a parameter file merged with what an edition's data folder changes in it.

    Mappings are merged key by key; anything else is replaced. The path returned is for messages: the edition's own file
    where it has one.
    """
    path = project_folder(root) / "params" / f"{name}.yaml"
    body = load_yaml(path)
    for own in own_parameters(root):
        if Path(own).stem == name:
            path = project_folder(root) / own
            body = _merged(body, load_yaml(path))
    return path, body


def _merged(body: Any, own: Any) -> Any:
    if not (isinstance(body, dict) and isinstance(own, dict)):
        return own
    return body | {key: _merged(body[key], value) if key in body else value for key, value in own.items()}
