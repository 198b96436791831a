"""The languages of a report; params/languages.yaml alone states in which of them it is complete."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, RootModel, model_validator

from policyreport.errors import ParamsError
from policyreport.params.reading import Strict, read_strict, require_known

FILE = "params/languages.yaml"
Code = Annotated[str, Field(pattern=r"^[a-z]{2}$")]


class Language(Strict):
    """A language of the project's texts; `missing` says what a report in it would lack, `status` who has read it."""

    name: str
    whole: bool
    missing: str = ""
    status: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Language:
        if self.whole == bool(self.missing):
            raise ValueError("`missing` for a language that is not whole, and for no other")
        return self


class _File(RootModel[dict[Code, Language]]):
    @model_validator(mode="after")
    def _one_is_whole(self) -> _File:
        if not any(language.whole for language in self.root.values()):
            raise ValueError("at least one language that is whole")
        return self


def read_languages(root: Path) -> dict[str, Language]:
    """Read params/languages.yaml: by code, in the file's order."""
    return read_strict(root / FILE, _File).root


def with_languages(path: Path, body: Any, root: Path) -> Any:
    """Add the project's languages to the body of a file of texts, which must list none itself."""
    if not isinstance(body, dict):
        return body
    if "languages" in body:
        raise ParamsError(f"{path}: languages", f"the list in {FILE} alone", "a second list", "Remove the key.")
    return body | {"languages": list(read_languages(root))}


def require_whole(place: str, got: Sequence[str], languages: dict[str, Language]) -> None:
    """Refuse a language in which no report can be written, naming what it lacks, and one named twice."""
    require_known(place, got, languages, f"a language of {FILE}")
    whole = [code for code, language in languages.items() if language.whole]
    for code in got:
        if not languages[code].whole:
            raise ParamsError(
                place,
                f"languages that a report can be written in: {', '.join(whole)}",
                f'"{code}" ({languages[code].name}), which lacks {languages[code].missing}',
                f"Write languages: [{whole[0]}]; {FILE} says which languages are whole.",
            )
    if len(set(got)) < len(got):
        raise ParamsError(place, "each language once", f"[{', '.join(got)}]", "Take the second out.")
