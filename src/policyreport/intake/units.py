"""Units as sheets write them: known, possible for the indicator, and never converted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policyreport.errors import DataError, did_you_mean
from policyreport.intake.layout import Statement
from policyreport.params.indicators import Indicator, Indicators
from policyreport.params.intake import IntakeMap, heading_key

# Units without a dimension: a line such as "Đơn vị tính: tỷ đồng" above a table does not speak of them.
_BARE = ("%", "rank", "index")


@dataclass(frozen=True)
class Units:
    """Reads units by the map, and by the units of the indicators."""

    words: IntakeMap
    indicators: Indicators

    def named(self, text: str) -> str | None:
        """The ledger's unit that some words name; None if unknown."""
        if unit := self.words.unit(text):
            return unit
        key = heading_key(text)
        names = (unit for indicator in self.indicators.indicators for unit in indicator.units)
        return next((unit for unit in names if heading_key(unit) == key), None)

    def listed(self, statement: Statement) -> list[str]:
        """The units named by a line above the table or by an option, one or several."""
        text = statement.cell.printed
        parts = [text] if self.named(text) else [part.strip() for part in text.replace(";", ",").split(",")]
        units = [self.named(part) for part in parts]
        if None in units:
            names = [word for unit, others in self.words.units.items() for word in (unit, *others)]
            raise DataError(statement.place, "units of params/intake.yaml", f'"{text}"', did_you_mean(text, names))
        return [unit for unit in units if unit]

    def shared(self, statement: Statement, indicator: Indicator, usual: str) -> str:
        """The unit of one column, by a line that names the units of all."""
        units = self.listed(statement)
        fitting = [unit for unit in units if unit in indicator.units]
        if fitting:
            return fitting[0]
        if usual.startswith(_BARE) or usual.endswith("score"):
            return usual
        raise self.unfit(statement.place, " or ".join(units), indicator)

    def fitting(self, unit: str, place: str, indicator: Indicator, usual: str) -> str:
        """A unit of the indicator; a bare per-cent sign means the usual one that begins with it."""
        if unit == "%" and usual.startswith("%"):
            return usual
        if unit not in indicator.units:
            raise self.unfit(place, unit, indicator)
        return unit

    def unfit(self, place: str, unit: str, indicator: Indicator) -> DataError:
        """The error of a unit that an indicator does not have: in another unit, figures change their meaning."""
        had = " or ".join(f'"{name}"' for name in indicator.units)
        todo = f"Figures are not converted: if they are of {indicator.id}, write them in {had} and say so."
        return DataError(place, f"a unit of {indicator.id}, {had}", f'"{unit}"', todo)

    def unused(self, lines: Iterable[Statement], shown: list[Indicator]) -> Iterator[DataError]:
        """Find lines above the table whose unit no column can have: the figures are in another one."""
        for statement in lines:
            try:
                units = self.listed(statement)
            except DataError:
                continue
            for unit in units:
                # A bare per-cent sign stands for any unit that begins with it.
                if not any(
                    unit in indicator.units or (unit == "%" and indicator.unit.startswith("%")) for indicator in shown
                ):
                    names = sorted({f'"{name}"' for indicator in shown for name in indicator.units})
                    todo = f"The columns can be in {', '.join(names)}: correct the unit, or convert the figures."
                    yield DataError(statement.place, "a unit of some column", f'"{unit}"', todo)
