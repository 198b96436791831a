"""Areas: keys, names, regions, and the mapping from former to present provinces."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from policyreport.data.sources import SIDECAR, read_source
from policyreport.errors import DataError, UsageError, strange_letters
from policyreport.params.spelling import plain
from policyreport.params.untrusted import require_text

if TYPE_CHECKING:
    from policyreport.params.edition import Edition

FOLDER = "data/boundaries"
# Columns that name an area.
_NAMES = ("slug", "name", "name_en", "name_ascii", "full_name")
# Patterns of what becomes part of file names, addresses and ids.
_PATTERNS = {"key": re.compile(r"\w+(:\w+)?", re.ASCII), "slug": re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")}


@dataclass(frozen=True)
class Areas:
    """The country, its regions and its provinces, before and after the mergers.

    `table` has one row per area, indexed by key (``n96``, ``o96``, ``VN``, ``R34:southeast``), in text columns.
    `crosswalk` has one row per former province, indexed by its key: `new`, `relation`, and its shares (of 1) of the new
    province's population, area and GRDP. `language` is that of the names.
    """

    table: pd.DataFrame
    crosswalk: pd.DataFrame
    language: str = "en"

    def current(self, on: date) -> list[str]:
        """List the provinces that exist on a day, sorted by key."""
        day = on.isoformat()
        if day not in self._current:
            province = ~self.table["type"].isin(["nation", "region"])
            begun = self.table["valid_from"] <= day
            lasting = (self.table["valid_to"] == "") | (self.table["valid_to"] >= day)
            self._current[day] = sorted(self.table.index[province & begun & lasting])
        return list(self._current[day])

    def of_edition(self, edition: Edition) -> list[str]:
        """List the provinces of an edition: those it names, or all that exist on its day."""
        return self.current(edition.as_known_on) if edition.areas == "all" else sorted(edition.areas)

    def resolve_in(self, edition: Edition, text: str, place: str) -> str:
        """Find the province of an edition by key or name; UsageError at `place` if the edition has no such area."""
        try:
            key = self.resolve(text)
        except UsageError as error:
            raise UsageError(place, error.expected, error.got, error.todo) from None
        provinces = self.of_edition(edition)
        if key not in provinces:
            todo = f"Run `policyreport editions {edition.id}` to see its areas."
            if (present := self.successor(key)) in provinces:
                todo = f'{self.name(key)} has been part of {self.name(present)} since; did you mean "{present}"?'
            raise UsageError(place, f"an area of edition {edition.id}", f'"{text}"', todo)
        return key

    @cached_property
    def _current(self) -> dict[str, list[str]]:
        """Provinces by day: a notebook asks for the same day dozens of times."""
        return {}

    def name(self, key: str, language: str = "") -> str:
        """Return the area's name; provinces keep their Vietnamese accents in every language."""
        return self._text(key, "name" if (language or self.language) == "vi" else "name_en")

    def slug(self, key: str) -> str:
        """Return the name for file names and addresses: lower-case ASCII with hyphens, unique within one scheme."""
        return self._text(key, "slug")

    def region(self, key: str) -> str:
        """Return the key of a province's region; empty for the country and for regions."""
        return self._text(key, "region")

    def parts(self, key: str) -> list[str]:
        """List the former provinces that make up a present one; for any other area, the area itself."""
        return self._text(key, "parts").split() or [key]

    def lifetime(self, key: str) -> tuple[str, str]:
        """Return the first and last day of an area, ``2025-07-01``, each empty where there is none."""
        return self._text(key, "valid_from"), self._text(key, "valid_to")

    def exists_on(self, key: str, day: date) -> bool:
        """Tell whether an area exists on a day."""
        begun, ended = self.lifetime(key)
        return (not begun or begun <= day.isoformat()) and (not ended or day.isoformat() <= ended)

    def begun(self, key: str) -> date:
        """Return the first day of an area within its boundaries; `date.min` where none is known."""
        first = self._text(key, "valid_from")
        return date.fromisoformat(first) if first else date.min

    def is_merged(self, key: str) -> bool:
        """Tell whether a province was formed from two or more former ones."""
        return len(self.parts(key)) > 1

    def successor(self, old: str) -> str:
        """Return the present province that a former one became part of; any other area is its own successor."""
        self._text(old, "name")
        return self._successors.get(old, old)

    def resolve(self, text: str) -> str:
        """Find an area by its key, or by its name with or without accents.

        Where a former and a present province share a name, the present one is returned. Raises UsageError for an
        unknown one; similar names are suggested, never silently taken.
        """
        if text in self.table.index:
            return text
        key = self._keys_by_name.get(plain(text))
        if key is None:
            raise UsageError("area", "a key or name of data/boundaries/areas.csv", f'"{text}"', self.suggest(text))
        return key

    def suggest(self, text: str, day: date | None = None) -> str:
        """Suggest the areas nearest to an unknown key or name: ``did you mean "n01" (Hà Nội)?``

        With a `day`, of two areas that share a name the one existing then is suggested, with what became of it.
        """
        near = get_close_matches(text, self.table.index, n=3, cutoff=0.65)
        if not near:
            joined = {name.replace(" ", ""): key for name, key in self._keys_by_name.items()}
            # A lower cutoff would suggest another place, not correct a slip: Hà Nam for Hà Tây.
            names = get_close_matches(plain(text).replace(" ", ""), joined, n=3, cutoff=0.8)
            near = list(dict.fromkeys(self._namesake_on(joined[name], day) for name in names))
        strange = strange_letters(text)
        if not near:
            return f"{strange}data/boundaries/areas.csv lists keys and names."
        return f"{strange}did you mean " + " or ".join(f'"{key}" ({self._described(key, day)})' for key in near) + "?"

    def _namesake_on(self, key: str, day: date | None) -> str:
        """The area of the same name that existed on a day; without one, the area itself."""
        if day is None or self.exists_on(key, day):
            return key
        same = self.table.index[self.table["name"] == self.name(key)]
        return next((str(other) for other in same if self.exists_on(str(other), day)), key)

    def _described(self, key: str, day: date | None) -> str:
        """An area's name, and its successor if it had ended by a day."""
        ended = self.lifetime(key)[1]
        if day is None or not ended or day.isoformat() <= ended:
            return self.name(key)
        present = self.successor(key)
        return f"{self.name(key)}, to {ended}" + (f"; part of {self.name(present)} since" if present != key else "")

    def _text(self, key: str, column: str) -> str:
        if key not in self._cells[column]:
            raise UsageError("area", "a key of data/boundaries/areas.csv", f'"{key}"', self.suggest(key))
        return self._cells[column][key]

    @cached_property
    def _cells(self) -> dict[str, dict[str, str]]:
        """The table by column and key, because looking up rows in pandas is slow."""
        keys = self.table.index.tolist()
        return {str(name): dict(zip(keys, self.table[name].tolist(), strict=True)) for name in self.table}

    @cached_property
    def _successors(self) -> dict[str, str]:
        return dict(zip(self.crosswalk.index.tolist(), self.crosswalk["new"].tolist(), strict=True))

    @cached_property
    def _keys_by_name(self) -> dict[str, str]:
        """Plain names to keys; the last one wins, so areas that still exist come last."""
        order = self.table.sort_values("valid_to", ascending=False, kind="stable").index
        return {plain(self._cells[column][str(key)]): str(key) for key in order for column in _NAMES}


def read_areas(root: Path) -> Areas:
    """Read the table of areas and the crosswalk from data/boundaries, the same in every edition.

    `root` is the project's folder or a notebook's slice of it, which has the tables without their sidecars. Raises
    DataError if a file is missing, or is not the one its sidecar describes.
    """
    folder = root / FOLDER
    tables = []
    for stem, key in (("areas", "key"), ("crosswalk", "old")):
        path = folder / f"{stem}.csv"
        if not path.exists():
            raise DataError(str(path), "a table of areas", "no such file", "Restore it.")
        if path.with_name(path.stem + SIDECAR).exists():
            read_source(path)
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        _require_sound(path, table)
        tables.append(table.set_index(key))
    areas, crosswalk = tables
    numbers = [name for name in crosswalk if name not in ("new", "relation")]
    return Areas(areas, crosswalk.astype(dict.fromkeys(numbers, float)))


def _require_sound(path: Path, table: pd.DataFrame) -> None:
    """Refuse text that no page may show, and a key or slug that cannot be part of an address."""
    for column in table.columns:
        pattern, field = _PATTERNS.get(column), "note" if column == "note" else "name"
        for row, text in enumerate(table[column].tolist(), start=2):
            place = f'{path}, row {row}, column "{column}"'
            require_text(text, place, field)
            if text and pattern and not pattern.fullmatch(text):
                raise DataError(place, "letters, digits and hyphens", f'"{text[:40]}"', "Correct it.")
