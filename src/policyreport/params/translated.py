"""Texts of params/ and of records in another language than English.

A text has its translation next to it, `title` in `title_vi`, or in the file of the language, params/vi.yaml, which has
the structure of the files it translates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel

from policyreport.errors import ParamsError, did_you_mean
from policyreport.params.methods import read_method_settings
from policyreport.params.reading import Root, load_parameters, project_folder
from policyreport.params.wording import fill_every

ORIGINAL = "en"
"""The language in which params/ and records are written."""
PARTS = ("indicators", "policy", "registry", "report", "publishers", "names", "details")
"""Files of params/ whose texts a language's file translates; then names of publishers, of units and choices, and what
refusals say, with places for what differs, by the English text."""
Item = TypeVar("Item")


def texts_file(language: str) -> str:
    """Return the path of a language's file below a project."""
    return f"params/{language}.yaml"


def read_texts(root: Root, language: str) -> Mapping[str, Any]:
    """Read a language's file: its texts by file of params/; empty where there is none."""
    if language == ORIGINAL or not (project_folder(root) / texts_file(language)).is_file():
        return {}
    path, texts = load_parameters(root, language)
    if not isinstance(texts, Mapping) or (unknown := sorted(set(texts) - set(PARTS))):
        got = f'"{unknown[0]}"' if isinstance(texts, Mapping) else type(texts).__name__
        raise ParamsError(str(path), f"texts of {', '.join(PARTS)}", got, did_you_mean(got.strip('"'), PARTS))
    filled: Mapping[str, Any] = fill_every(texts, read_method_settings(root).reasons, language)
    return filled


def translated(item: Item, language: str, texts: Any = None, place: str = "", *, others: bool = False) -> Item:
    """Return params or records with every text in a language, English where it has none.

    `texts` overlays the item: by field or key, and in a sequence by `id`, or in its order. Raises ParamsError at
    `place` for a text of something that is not there; `others` allows entries that an edition's own data replaced.
    """
    return item if language == ORIGINAL else _translated(item, language, texts, place, others)


def _translated(item: Any, language: str, texts: Any, place: str, others: bool) -> Any:
    if isinstance(item, str):
        return texts or item
    if isinstance(item, BaseModel):
        values = {name: getattr(item, name) for name in type(item).model_fields}
        return type(item).model_construct(item.model_fields_set, **_of_mapping(values, language, texts, place, others))
    if isinstance(item, Mapping):
        return type(item)(_of_mapping(item, language, texts, place, others))  # type: ignore[call-arg]
    if isinstance(item, tuple):
        return _of_sequence(item, language, texts, place, others)
    return item


def _of_mapping(values: Mapping[str, Any], language: str, texts: Any, place: str, others: bool) -> dict[str, Any]:
    given = texts or {}
    if not others:
        _require_known(given, [str(name) for name in values], place)
    return {
        name: values.get(f"{name}_{language}")
        or _translated(value, language, given.get(name), f"{place}.{name}", others)
        for name, value in values.items()
    }


def _of_sequence(items: tuple[Any, ...], language: str, texts: Any, place: str, others: bool) -> tuple[Any, ...]:
    if isinstance(texts, Sequence) and len(texts) != len(items):
        got = f"{len(texts)}"
        raise ParamsError(place, f"{len(items)} texts, in the order of the English ones", got, "Translate each.")
    if isinstance(texts, Mapping):
        if not others:
            _require_known(texts, [item.id for item in items], place)
        return tuple(_translated(item, language, texts.get(item.id), f"{place}.{item.id}", others) for item in items)
    given = texts or [None] * len(items)
    return tuple(_translated(item, language, text, place, others) for item, text in zip(items, given, strict=True))


def _require_known(texts: Any, names: Sequence[str], place: str) -> None:
    if not isinstance(texts, Mapping):
        raise ParamsError(place, "texts by name", f'"{texts}"', "Write `name: text`.")
    for name in texts:
        if name not in names:
            raise ParamsError(place, "the name of something to translate", f'"{name}"', did_you_mean(str(name), names))
