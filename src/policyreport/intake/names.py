"""Names of areas as sheets write them, matched only by the table of areas and the reviewed aliases."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from policyreport.data.areas import Areas
from policyreport.params.intake import IntakeMap
from policyreport.params.spelling import plain
from policyreport.records.periods import last_day, period_bounds

# "1. ", "IV) ", "- " before a name are the sheet's numbering.
_NUMBERING = re.compile(r"^(?:(?:\d{1,2}|[IVX]+)\s*[.)]\s*|[-–•+]\s+)")
_PRESENT = {"back-cast", "not-a-measurement"}


class AreaNameError(Exception):
    """A name that means no area of its day: what was expected, and what to do."""

    def __init__(self, expected: str, todo: str) -> None:
        super().__init__(expected, todo)
        self.expected, self.todo = expected, todo


@dataclass(frozen=True)
class AreaNames:
    """Finds the area a name means on a day."""

    areas: Areas
    words: IntakeMap

    def find(self, text: str, day: date) -> str:
        """Find the key of ``n52``, ``Gia Lai``, ``Tỉnh Gia Lai`` or ``TP. Hải Phòng``.

        `day`, on which the figure holds, decides between a former and a present province. Raises AreaNameError if no
        area of that day has the name, or its title does not fit.
        """
        if text in self.areas.table.index:
            return text
        keys = self.candidates(text)
        if not keys:
            raise self._unknown(text, day)
        alive = [key for key in keys if self.areas.exists_on(key, day)]
        if len(alive) != 1:
            raise self._not_then(keys, day)
        return alive[0]

    def candidates(self, text: str) -> tuple[str, ...]:
        """List the keys of every area a name can mean on any day, with or without title, accents and numbering."""
        text = _NUMBERING.sub("", text)
        bare = _squeezed(text)
        if match := self._aliases.get(bare) or self._names.get(bare):
            return match
        titled = tuple(
            key
            for type_, titles in self.words.area_titles.items()
            for name in self._without(text, titles)
            for key in self._names.get(name, ()) or self._aliases.get(name, ())
            if self.areas.table["type"][key] == type_
        )
        return titled or self._of_a_time(text)

    def _of_a_time(self, text: str) -> tuple[str, ...]:
        """The areas of a name with a word for its time: "Gia Lai (cũ)" is the former province."""
        for time, options in self.words.area_times.items():
            for rest in self._rests(text, options):
                return tuple(key for key in self.candidates(rest) if bool(self.areas.lifetime(key)[time == "former"]))
        return ()

    def states_time(self, text: str) -> bool:
        """Whether the text leaves no doubt if a former or a present area is meant."""
        options = (option for options in self.words.area_times.values() for option in options)
        return text in self.areas.table.index or bool(self._rests(text, tuple(options)))

    def namesakes(self, key: str) -> tuple[str, ...]:
        """List the areas, former and present, with the name of this one, itself included."""
        return self._names[_squeezed(str(self.areas.table["name"][key]))]

    def _without(self, text: str, titles: tuple[str, ...]) -> set[str]:
        """The name without any of some titles, spelled without spaces."""
        return {rest.replace(" ", "") for rest in self._rests(text, titles)}

    def _rests(self, text: str, titles: tuple[str, ...]) -> list[str]:
        """What is left of a text without each of some words before or after it, the longest word first."""
        words, rests = plain(text), list[str]()
        for title in sorted(map(plain, titles), key=len, reverse=True):
            if words.startswith(title + " "):
                rests.append(words[len(title) :].strip())
            if words.endswith(" " + title):
                rests.append(words[: -len(title)].strip())
        return rests

    def _unknown(self, text: str, day: date) -> AreaNameError:
        """The error of an unknown name: a bare code, a title that does not fit, or nothing like it."""
        place = "a name or key of data/boundaries/areas.csv, or an alias of params/intake.yaml"
        bare = text.zfill(2)
        if text.isdigit() and (same := self.areas.table.index[self.areas.table["gso_code"] == bare]).size:
            meanings = " and ".join(f"{key} ({self.areas.name(key)})" for key in same)
            return AreaNameError(place, f"A code alone is not enough: {bare} is {meanings}. Write the name or the key.")
        claimed = [
            (title, key)
            for titles in self.words.area_titles.values()
            for title in titles
            for name in self._without(text, (title,))
            for key in self._names.get(name, ())
        ]
        if claimed:
            title, key = claimed[-1]
            type_ = self.areas.table["type"][key]
            todo = f'Write "{self.areas.name(key)}" without "{title}" if the {type_} is meant.'
            return AreaNameError(f'a title that fits: {self.areas.name(key)} is a {type_}, not a "{title}"', todo)
        return AreaNameError(place, self.areas.suggest(text, day))

    def _not_then(self, keys: tuple[str, ...], day: date) -> AreaNameError:
        """The error of a known name that means no area of a day, or several."""
        if len(keys) == 1 and any(self.areas.lifetime(keys[0])):
            return self.outside(keys[0], f"on {day}", "Write the name of that time")
        meanings = " or ".join(f"{key} ({self.areas.name(key)})" for key in keys)
        return AreaNameError(f"one area that existed on {day}", f"Write the key: {meanings}.")

    def outside(self, key: str, when: str, todo: str) -> AreaNameError:
        """Say why a key means no area of a time, such as ``in 2024``, and what to do if the area began later.

        A former area is now part of another one, whose figure is not the part's.
        """
        expected, name = f"an area that existed {when}", self.areas.name(key)
        begun, ended = self.areas.lifetime(key)
        if not ended:
            todo = f"{todo}; mark a publisher's own recalculation with quality back-cast."
            return AreaNameError(f"{expected}; {name} began on {begun}", todo)
        gone, heir = f"{expected}; {name} ended on {ended}", self.areas.successor(key)
        name = self.areas.name(heir)
        if heir == key:
            todo = (
                f"No area of its boundaries exists since: leave the row out; for a period before, {key} can be meant."
            )
        elif not self.areas.is_merged(heir):
            todo = f"Since then it is {heir} ({name}), the same territory: write that name."
        else:
            ask = f"ask for the figure of the whole of {name}, or leave the row out"
            todo = (
                f"Since then it is part of {heir} ({name}): {ask}. A part's figure is not the whole's. For a period "
                f"that began before, the key {key} can be meant."
            )
        return AreaNameError(gone, todo)

    @cached_property
    def _aliases(self) -> dict[str, tuple[str, ...]]:
        """Keys by alias, spelled without spaces."""
        nation = tuple(self.areas.table.index[self.areas.table["type"] == "nation"])
        aliases = {_squeezed(alias.name): alias.areas for alias in self.words.area_aliases}
        return aliases | {_squeezed(name): nation for name in self.words.nation}

    @cached_property
    def _names(self) -> dict[str, tuple[str, ...]]:
        """Keys by every name in the table, spelled without spaces."""
        keys: dict[str, dict[str, None]] = {}
        for column in ("name", "name_en", "name_ascii", "full_name"):
            for key, name in self.areas.table[column].items():
                keys.setdefault(_squeezed(str(name)), {})[str(key)] = None
        return {name: tuple(unique) for name, unique in keys.items()}


def _squeezed(name: str) -> str:
    return plain(name).replace(" ", "")


def day_of(period: str, reference_date: str, published: str, quality: str) -> date:
    """Give the day whose areas a figure belongs to: its reference date, or the last day of its period.

    For a series that the publisher recalculated on the areas of its own day, it is the day of publication.
    """
    if _PRESENT & set(quality.split()):
        return last_day(published)[0]
    return date.fromisoformat(reference_date) if reference_date else period_bounds(period)[1]
