"""params/numerals.yaml: numerals that are part of a name, with the reason why they are no figures."""

from pathlib import Path

from pydantic import RootModel

from policyreport.params.reading import Strict, read_strict

FILE = "params/numerals.yaml"


class Name(Strict):
    """A name with a numeral in it."""

    text: str
    reason: str


class _File(RootModel[tuple[Name, ...]]):
    pass


def read_numerals(root: Path) -> tuple[Name, ...]:
    """Read the file, in its order."""
    return read_strict(root / FILE, _File).root
