"""The languages of a report: in which of them it is whole is stated in params/languages.yaml and nowhere else."""

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
    """A language of the project's texts; `missing` says what keeps a report from being written in it."""

    name: str
    whole: bool
    missing: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Language:
        """What is whole lacks nothing."""
        if self.whole == bool(self.missing):
            raise ValueError("`missing` for a language that is not whole, and for no other")
        return self


class _File(RootModel[dict[Code, Language]]):
    @model_validator(mode="after")
    def _one_is_whole(self) -> _File:
        """Without a whole language no report can be written."""
        if not any(language.whole for language in self.root.values()):
            raise ValueError("at least one language that is whole")
        return self


def read_languages(root: Path) -> dict[str, Language]:
    """Read params/languages.yaml: by code, in the file's order."""
    return read_strict(root / FILE, _File).root


def with_languages(path: Path, body: Any, root: Path) -> Any:
    """Add the languages to a file of texts that must stand in each of them.

    Raises
    ------
    ParamsError
        If the file lists languages of its own.
    """
    if not isinstance(body, dict):
        return body
    if "languages" in body:
        raise ParamsError(f"{path}: languages", f"the list in {FILE} alone", "a second list", "Remove the key.")
    return body | {"languages": list(read_languages(root))}


def require_whole(place: str, got: Sequence[str], languages: dict[str, Language]) -> None:
    """Refuse by name a language in which no report can be written, and a second one beside the first.

    Parameters
    ----------
    place : str
        File and key, for the message.
    got : sequence of str
        Languages an edition asks for.
    languages : dict of str to Language
        From `read_languages`.

    Raises
    ------
    ParamsError
        Names the language and what it lacks.
    """
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
    if len(got) > 1:
        raise ParamsError(
            place, "one language", f"[{', '.join(got)}]", "An edition is written in one; make a second edition."
        )
