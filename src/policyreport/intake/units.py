"""Units as sheets write them: known, one the indicator can have, and never converted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policyreport.errors import DataError, did_you_mean
from policyreport.intake.layout import Said
from policyreport.params.indicators import Indicator, Indicators
from policyreport.params.intake import IntakeMap, heading_key

# Units without a dimension: a line such as "Đơn vị tính: tỷ đồng" above a table does not speak of them.
_BARE = ("%", "rank", "index")


@dataclass(frozen=True)
class Units:
    """Reads units by the map, and by the units that indicators have."""

    words: IntakeMap
    indicators: Indicators

    def named(self, text: str) -> str | None:
        """The ledger's unit that some words name; None where nobody knows it."""
        if unit := self.words.unit(text):
            return unit
        key = heading_key(text)
        known = (unit for each in self.indicators.indicators for unit in each.units)
        return next((unit for unit in known if heading_key(unit) == key), None)

    def listed(self, said: Said) -> list[str]:
        """The units that a line above the table or an option names, one or several."""
        text = said.cell.whole
        parts = [text] if self.named(text) else [part.strip() for part in text.replace(";", ",").split(",")]
        units = [self.named(part) for part in parts]
        if None in units:
            known = [word for unit, others in self.words.units.items() for word in (unit, *others)]
            raise DataError(said.place, "units of params/intake.yaml", f'"{text}"', did_you_mean(text, known))
        return [unit for unit in units if unit]

    def shared(self, said: Said, indicator: Indicator, usual: str) -> str:
        """The unit of one column by a line that names the units of all."""
        units = self.listed(said)
        fitting = [unit for unit in units if unit in indicator.units]
        if fitting:
            return fitting[0]
        if usual.startswith(_BARE) or usual.endswith("score"):
            return usual
        raise self.unfit(said.place, " or ".join(units), indicator)

    def fitting(self, unit: str, place: str, indicator: Indicator, usual: str) -> str:
        """A unit of the indicator; a bare per-cent sign is the usual one that begins so."""
        if unit == "%" and usual.startswith("%"):
            return usual
        if unit not in indicator.units:
            raise self.unfit(place, unit, indicator)
        return unit

    def unfit(self, place: str, unit: str, indicator: Indicator) -> DataError:
        """A unit that an indicator has not. Another name for the same figures would make them others."""
        had = " or ".join(f'"{each}"' for each in indicator.units)
        todo = f"Figures are not converted: if they are of {indicator.id}, write them in {had} and say so."
        return DataError(place, f"a unit of {indicator.id}, {had}", f'"{unit}"', todo)

    def unused(self, lines: Iterable[Said], shown: list[Indicator]) -> Iterator[DataError]:
        """A line above the table whose unit no column can have: the figures are in another one."""
        for said in lines:
            try:
                units = self.listed(said)
            except DataError:
                continue
            for unit in units:
                if not any(unit in each.units or (unit == "%" and each.unit.startswith("%")) for each in shown):
                    known = sorted({f'"{each}"' for indicator in shown for each in indicator.units})
                    todo = f"The columns can be in {', '.join(known)}: correct the line, or write the figures so."
                    yield DataError(said.place, "a unit of some column", f'"{unit}"', todo)
