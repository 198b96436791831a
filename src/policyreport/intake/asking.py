"""Ask at once for everything that neither the sheet nor the command states, with likely answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from policyreport.data.rules.evidence import listing
from policyreport.data.sources import read_sources
from policyreport.errors import UsageError, did_you_mean
from policyreport.intake.days import days_in, periods_in
from policyreport.intake.layout import Line, Statement
from policyreport.intake.reading import Context, Reading
from policyreport.params.intake import LEVEL
from policyreport.params.spelling import plain
from policyreport.records.periods import period_bounds

_OF_SOURCE = ("publisher", "title", "address")
# In the order in which a person has the answers at hand.
_WANTED = {
    "publisher": "who published the figures",
    "publisher_name": "the publisher's full name",
    "title": "the title of the document they are from",
    "address": "where and when it came out",
    "published": "the day it came out",
    "period": "the period of the figures",
    "indicator": "the indicator of the figures",
    "measure": "the measure of the figures",
    "list": "the list of the figures",
    "status": "the status of the figures",
    "decimal": "the decimal sign",
}
_SHOWN = 12
_HINTS = 3


@dataclass(frozen=True)
class Asking:
    """Asks for what is missing; unread `lines` of the sheet and its `name` may suggest the answers."""

    root: Path
    context: Context
    lines: tuple[Line, ...]
    name: str

    def require(self, stated: dict[str, Statement], reading: Reading) -> None:
        """Stop with one `UsageError` that lists everything missing and how to state it."""
        missing = {name: list[str]() for name in _OF_SOURCE if name not in stated} | reading.missing
        if missing and self._new_publisher(stated):
            missing["publisher_name"] = []
        if "published" not in stated and not reading.figures and not reading.problems:
            missing.setdefault("published", [])
        if "indicator" in missing and "measure" not in stated and (of := self._mentioned()):
            missing.setdefault("measure", []).append(of[1])
        if not missing:
            return
        names = [name for name in _WANTED if name in missing]
        expected = "; ".join(dict.fromkeys(_WANTED[name] for name in names))
        answers = [f"  {line}" for name in names for line in self._answer(name, missing[name], stated)]
        more = f" ({len(reading.problems)} cells are refused as well.)" if reading.problems else ""
        todo = "\n".join([f'Add these options, or lines such as "Kỳ báo cáo: …" above the table:{more}', *answers])
        raise UsageError(self.name, expected, "none of it, neither in the sheet nor in the command", todo)

    def _answer(self, name: str, of: list[str], stated: dict[str, Statement]) -> Iterator[str]:
        if name == "publisher":
            folders = listing(self._folders(), _SHOWN)
            yield f"--publisher NAME          its folder in data/raw: {folders}, or a new one"
        elif name == "publisher_name":
            near = did_you_mean(stated["publisher"].cell.text, self._folders())
            yield f'--publisher-name "…"      if the publisher is new; {near}'
        elif name == "title":
            yield '--title "…"               the title of the document'
        elif name == "address":
            yield "--address https://…       the web address of the document"
        elif name == "published":
            yield f"--published DATE          the day, month or year of publication{self._hint('published')}"
        elif name == "period":
            yield f"--period PERIOD           such as 2026-Q1, 2026 or 2026-01/2026-09{self._hint('period')}"
        elif name == "indicator":
            yield f"--indicator ID            the indicator of columns headed by periods{self._indicator_hint()}"
        elif name == "measure":
            by_id = self.context.indicators.by_id()
            for id in of:
                for measure, text in by_id[id].measures.items():
                    yield f"--measure {measure:<15} if {id} is: {text}"
        elif name == "list":
            yield f"--list LIST               {self._lists(stated)}"
        elif name == "decimal":
            yield f"--decimal comma           for 1.227,5; --decimal point for 1,227.5. {of[0]}"
        else:
            yield "--status STATUS           observed, preliminary, estimate, projection or derived"

    def _new_publisher(self, stated: dict[str, Statement]) -> bool:
        """Whether the publisher has neither a folder nor a full name yet: it may be a slip of the keyboard."""
        if "publisher" not in stated or "publisher_name" in stated:
            return False
        return stated["publisher"].cell.text not in self._folders()

    def _folders(self) -> list[str]:
        return sorted({key.partition("/")[0] for key in read_sources(self.root)})

    def _indicator_hint(self) -> str:
        of = self._mentioned()
        return f": {of[0]}, which may be {of[1]}" if of else ", an id of params/indicators.yaml"

    def _mentioned(self) -> tuple[str, str] | None:
        names = self.context.words.figure_columns(self.context.indicators)
        for line in self.lines:
            key = f" {plain(line.text)} "
            matches = sorted((name for name in names if LEVEL not in name and f" {name} " in key), key=len)
            if matches:
                return f'row {line.row} says "{matches[-1]}"', names[matches[-1]].indicator
        return None

    def _lists(self, stated: dict[str, Statement]) -> str:
        """The lists that can be meant: those still being counted in the period, if it is known."""
        lists = self.context.policy.lists
        periods = {period for _, _, period in self._periods()}
        text = stated["period"].cell.text if "period" in stated else "".join(periods) if len(periods) == 1 else ""
        try:
            start, end = period_bounds(text)
            lists = tuple(task_list for task_list in lists if not task_list.ended(start, end, self.context.slack_days))
        except ValueError:
            pass
        ids = [task_list.id for task_list in lists]
        return f"of params/policy.yaml (describe a new one there first): {listing(ids, _SHOWN)}"

    def _hint(self, name: str) -> str:
        """What unread lines or the sheet's name say about a day or a period, each meaning once."""
        mentioned = self._periods() if name == "period" else self._days()
        distinct: dict[str, str] = {}
        for where, text, meaning in mentioned:
            distinct.setdefault(meaning, f'{where} says "{text}", which is {meaning}')
        return ": " + ", or ".join(list(distinct.values())[:_HINTS]) if distinct else ""

    def _days(self) -> Iterator[tuple[str, str, str]]:
        """Days in lines of the sheet, except those labelled as the day its figures hold."""
        of_figures = self.context.words.fields["reference_date"]
        for line in self.lines:
            days = days_in(line.text, self.context.words.periods, of_figures)
            yield from ((f"row {line.row}", text, day) for text, day in days)

    def _periods(self) -> Iterator[tuple[str, str, str]]:
        """Periods in lines of the sheet, in its name or in the name of the file."""
        periods = self.context.words.periods
        for line in self.lines:
            yield from ((f"row {line.row}", text, period) for text, period in periods_in(line.text, periods))
        name = self.name.replace("_", " ").replace(".", " ").replace('"', " ")
        yield from (("its name", text, period) for text, period in periods_in(name, periods))
