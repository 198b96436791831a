"""Texts that records took from params/ and the table of areas, in another language than English."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from pydantic import BaseModel

from policyreport.params.reading import DATA
from policyreport.params.translated import ORIGINAL, texts_file, translated

Item = TypeVar("Item")
TOLD = re.compile(
    "basis_change|deadline_reason|legal_reference|list_label|name|not_found|note|publishers?|short|subject|text|what"
)
"""Fields of records that hold a text; others may hold keys that read like one."""
PARTS = {"indicators": "indicators", "policy": "policy", "registry": "registry", "roles": "report"}
"""Files of params/ with texts, by the field that holds what they say."""


@dataclass(frozen=True)
class Translation:
    """Writes records in a language: texts, short names and what refusals add, by the English ones."""

    language: str = ORIGINAL
    texts: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)

    def name(self, text: str) -> str:
        """Return a unit, a part of a method or a choice as it is called in the language."""
        return self.names.get(text, text)

    def of(self, item: Item) -> Item:
        """Return a record, or records in sequences and mappings, in the language."""
        return item if self.language == ORIGINAL else self._of(item)

    def _of(self, item: Any) -> Any:
        if isinstance(item, str):
            return self.texts.get(item, item)
        if isinstance(item, BaseModel):
            return self._of_record(item)
        if isinstance(item, (tuple, list)) and not hasattr(item, "_fields"):
            parts = [self._of(part) for part in item]
            changed = any(new is not old for new, old in zip(parts, item, strict=True))
            return type(item)(parts) if changed else item
        if isinstance(item, Mapping):
            return {key: self._of(part) for key, part in item.items()}
        return item

    def _of_record(self, record: BaseModel) -> BaseModel:
        values = vars(record)
        told = {name: value for name, value in values.items() if TOLD.fullmatch(name) or not _is_of_keys(value)}
        changed = {name: new for name, value in told.items() if (new := self._of(value)) is not value}
        changed |= {name: own for name in values if (own := values.get(f"{name}_{self.language}"))}
        return record.model_copy(update=changed) if changed else record


def _is_of_keys(value: Any) -> bool:
    """Whether a value is a text, or holds nothing else, such as the ids of rows."""
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, (tuple, list)) else (value,)
    return all(isinstance(part, str) or (isinstance(part, tuple) and _is_of_keys(part)) for part in parts)


def in_language(named: Any, language: str) -> dict[str, Any]:
    """Return the fields with the texts of a language, and the `translation` that writes records in it.

    `named` is a `Provenance` or `Inputs`: it has the edition, the areas, and files of params/ with their `texts`.
    """
    areas = replace(named.areas, language=language)
    own: dict[str, Any] = {"edition": named.edition.in_language(language), "areas": areas}
    if language == ORIGINAL:
        return own
    texts, others = dict(named.texts.get(language, {})), named.edition.data != DATA
    # The file params/indicators.yaml is one list.
    texts["indicators"] = {"indicators": texts.get("indicators")}
    for name, part in PARTS.items():
        place = f"{texts_file(language)}: {part}"
        own[name] = translated(getattr(named, name), language, texts.get(part), place, others=others)
    names = [(named.areas.name(key), areas.name(key)) for key in areas.table.index]
    pairs = [
        *_pairs(named.policy, own["policy"]),
        *names,
        *texts.get("publishers", {}).items(),
        *texts.get("details", {}).items(),
    ]
    # Of one text with two translations the first holds: the policy's own targets come before others.
    by_text = {text: new for text, new in reversed(pairs) if text and text != new}
    own["translation"] = Translation(language, by_text, texts.get("names", {}), texts.get("details", {}))
    return own | {"sources": own["translation"].of(named.sources)}


def _pairs(english: Any, own: Any) -> Iterator[tuple[str, str]]:
    """Pair the texts of two items of the same structure."""
    if isinstance(english, str):
        yield english, own
    elif isinstance(english, BaseModel):
        for name in type(english).model_fields:
            yield from _pairs(getattr(english, name), getattr(own, name))
    elif isinstance(english, tuple):
        for parts in zip(english, own, strict=True):
            yield from _pairs(*parts)
