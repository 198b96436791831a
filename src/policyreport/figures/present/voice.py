"""How the report writes names, numbers, sources and refusals in one language.

The text of a `Voice` is Markdown, with everything that comes from data or parameters escaped; figures, which are no
Markdown, take their texts from `Inputs`, or from the methods called plain.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import pandas as pd

from policyreport.data.inputs import Inputs, files_of
from policyreport.data.sources import short_publisher as short_publisher
from policyreport.figures.citing import SOURCES_IN_FULL, source_line
from policyreport.figures.facts import Facts
from policyreport.figures.facts import listed as listed
from policyreport.figures.frame import Frame
from policyreport.params.phrases import word
from policyreport.params.report import SeriesRole
from policyreport.records.base import Flag, Refusal
from policyreport.records.formats import Formats
from policyreport.records.markdown import Markdown, escape
from policyreport.records.marks import POLICY, mark
from policyreport.records.notebooks import SourceLine
from policyreport.records.periods import kind_of, period_bounds, year_of_period
from policyreport.records.shares import PriorCell
from policyreport.statistics.common.certainty import band
from policyreport.statistics.shares.prior_cells import certainty_in_grid, in_grid


class Voice:
    """Texts and numbers of one notebook's pages."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.language = inputs.edition.language
        self.formats = Formats(self.language)
        self.name = escape(inputs.name)
        self._verdicts = inputs.wording.verdicts_in(self.language)
        self._sources = {source.id: source for source in inputs.sources}
        self.written = Facts(
            self.formats,
            inputs.roles,
            inputs.policy,
            inputs.indicators,
            inputs.areas,
            self._sources,
            inputs.observations,
        )
        self._prefix = "" if inputs.area == inputs.roles.nation else f"{inputs.area}-"

    def id(self, name: str) -> str:
        """Name of a figure or table, unique in the report."""
        return f"{self._prefix}{name}"

    def published_on(self, rows: Iterable[str], day: date) -> str:
        """Publication date of the rows that came out on a day, as exact as recorded: January 2026, not its last day."""
        ledger = self._ledger(rows)
        exact = set(ledger.loc[ledger["published"].dt.date == day, "published_precision"])
        if "year" in exact:
            return str(day.year)
        return published(f"{day:%Y-%m}", self.formats) if "month" in exact else self.date(day)

    def notes(self, rows: Iterable[str], indicator: str = "") -> list[str]:
        """The ledger's notes on rows, only those of one indicator where it is given."""
        ledger = self._ledger(rows)
        return [str(note) for note in (ledger[ledger["indicator"] == indicator] if indicator else ledger)["note"]]

    def _ledger(self, rows: Iterable[str]) -> pd.DataFrame:
        """The rows of the ledger with these ids; other ids are left out."""
        ledger = self.inputs.observations
        return ledger.loc[ledger.index.intersection(list(rows))]

    def areas_computed(self, count: int) -> str:
        """How many provinces a count is out of, and that some were not computed if so."""
        everywhere = len(self.inputs.provinces)
        return f"{count} provinces" if count == everywhere else f"the {count} provinces in this run"

    def against(self, verdict: str, line: str, *, emphasis: bool = True) -> str:
        """A verdict with what it is compared with: above 16 %, cannot tell apart from 16 %."""
        joined = " from " if verdict == "cannot tell apart" else " "
        return f"{self.verdict(verdict) if emphasis else self.word(verdict)}{joined}{line}"

    def area(self, key: str) -> Markdown:
        """Name of an area."""
        return escape(self.inputs.areas.name(key))

    def indicator(self, key: str) -> Markdown:
        """Name of an indicator for readers, in lower case unless it is a name."""
        return escape(self.plain_indicator(key))

    def plain_indicator(self, key: str) -> str:
        """The same for a figure."""
        return self.inputs.indicators.get(key).name

    def measure(self, measure: str) -> Markdown:
        """Short name of a measure."""
        return escape(self.plain_measure(measure))

    def plain_measure(self, measure: str) -> str:
        """The same for a figure."""
        return self.inputs.roles.measure_labels.get(measure, measure)

    def at_prices(self, role: SeriesRole) -> str:
        """The prices of a series as they follow its name; empty where it has none."""
        return f" at {escape(role.prices)}" if role.prices else ""

    def verdict(self, word: str) -> Markdown:
        """A verdict of the closed list, emphasised."""
        return Markdown(f"*{self.word(word)}*")

    def word(self, verdict: str) -> Markdown:
        """A verdict of the closed list inside a headline, where nothing is emphasised."""
        return escape(self.inputs.wording.verdict(verdict, self.language))

    def subject(self, measure: str) -> Markdown:
        """A measure as the subject of a sentence: NSO, The Government report."""
        label = self.plain_measure(measure)
        proper = label[:2].isupper()
        return escape(label if proper else f"The {label}")

    def percent_as_published(self, value: float) -> str:
        """A percentage with the decimals it was published with, two at most: 13.9 is not 13.90."""
        return f"{self.as_published(value)}\u00a0%"

    def as_published(self, value: float) -> str:
        """A number with the decimals it was published with, two at most where it is short."""
        return self.formats.published(value, 2)

    def value(self, text: str, rows: Iterable[str]) -> Markdown:
        """A printed value, marked with the ledger rows behind it (or another id of `records.marks`)."""
        return mark(text, rows)

    def threshold(self, text: str) -> Markdown:
        """The threshold as printed, with a link to where it was stated."""
        return mark(text, [f"{POLICY}#threshold"])

    def target(self, text: str, indicator: str, year: str) -> Markdown:
        """A target as printed, with a link to its legal reference."""
        ids = [target.id for target in self.inputs.policy.targets_for(indicator) if str(target.horizon) == str(year)]
        return mark(text, [f"{POLICY}#{id}" for id in ids])

    def bands(self, bands: Sequence[str], *, emphasis: bool = True) -> str:
        """A headline of one band, or of two that revisions leave open."""
        say = self.verdict if emphasis else self.word
        if len(bands) != 2:
            return say(bands[0] if len(bands) == 1 else "cannot tell apart")
        worse, better = map(say, bands)
        return f"between {worse} and {better}"

    def date(self, day: date) -> str:
        """A date for readers."""
        return self.formats.date(day)

    def period(self, period: str) -> str:
        """A period for readers, inside a sentence: 2025, the first nine months of 2025, the third quarter of 2025."""
        if (year := year_of_period(period)) is not None:
            return str(year)
        if kind_of(period).endswith("months"):
            first, last = period_bounds(period)
            if first.month == 1 and self.language == "en":
                return f"the first {word(last.month, self.language)} months of {first.year}"
        return self.formats.period(period)

    def sentence(self, code: str) -> Markdown:
        """The sentence of a refusal or flag."""
        return escape(self.inputs.wording.sentence(code, self.language))

    def remark(self, name: str) -> Markdown:
        """A sentence of params/wording.yaml that goes with verdicts of one kind."""
        return escape(self.inputs.wording.remark(name, self.language))

    def short(self, code: str) -> Markdown:
        """The name of a refusal or flag in a table's cell."""
        return escape(self.inputs.wording.short(code, self.language))

    def facts(self, detail: str, rows: Iterable[str] = ()) -> str:
        """The facts behind a refusal or finding, for readers."""
        return self.written.write(detail, rows)

    def refusal(self, refused: Refusal, what: str = "") -> str:
        """A refusal as a block: what was asked, the sentence, the facts behind it."""
        lead = f"**{what}.** " if what else ""
        facts = f" ({escape(self.facts(refused.detail))})" if refused.detail else ""
        sentence = escape(self.inputs.wording.sentence(refused.code, self.language).removesuffix("."))
        return f"::: {{.refusal}}\n{lead}{sentence}{facts}.\n:::"

    def certainty(self, probability: float) -> Markdown:
        """A probability as a phrase: between 5 and 20 %."""
        low, high = band(probability, probability_bands=self.inputs.settings.conventions.probability_bands)
        first, last = ("" if end in (0, 1) else self.formats.published(round(100 * end, 10)) for end in (low, high))
        return escape(self.inputs.wording.certainty(first, last, self.language))

    def band(self, probability: float) -> str:
        """The same band in a table's cell: 5–20 %."""
        cuts = self.inputs.settings.conventions.probability_bands
        return self.formats.band(*band(probability, probability_bands=cuts))

    def chance(self, probability: float, cells: Sequence[PriorCell]) -> Markdown:
        """A probability of a revision: a phrase if it holds under every prior in `cells`, else the range.

        ``less than 1 %``, or ``0.03 % to 3 %, depending on the prior``, followed by a wider range where the mean
        revision is not taken as zero. The cell without a prior is left to the table.
        """
        if self._is_agreed(cells):
            return self.certainty(probability)
        wording, inside = self.inputs.wording, in_grid(cells)
        zero = self._range(cell.probability for cell in inside if cell.mean == "zero")
        every = self._range(cell.probability for cell in inside)
        text = wording.between_priors[self.language].format(low=zero[0], high=zero[1])
        if every != zero:
            text += f"; {wording.between_priors_leaning[self.language].format(low=every[0], high=every[1])}"
        return escape(text)

    def _is_agreed(self, cells: Sequence[PriorCell]) -> bool:
        """Whether one phrase holds under every prior, or there is only one."""
        bands = self.inputs.settings.conventions.probability_bands
        return not in_grid(cells) or bool(certainty_in_grid(cells, bands))

    def _range(self, probabilities: Iterable[float]) -> tuple[str, str]:
        every = list(probabilities)
        return self.formats.probability_range(min(every), max(every))

    def kind_of_p(self, *, is_exact: bool) -> str:
        """What a p-value is called: exact, or approximate where ties in a long series leave no other."""
        return "exact p" if is_exact else "approximate p"

    def flags(self, flags: Iterable[Flag]) -> str:
        """Flags as one quiet block; empty if there are none."""
        lines = " ".join(dict.fromkeys(self.sentence(flag.code) for flag in flags))
        return f"::: {{.flags}}\n{lines}\n:::" if lines else ""

    def frame(self, id: str, finding: str, measured: str, rows: Iterable[str]) -> Frame:
        """Label, caption and source line of a figure."""
        return Frame(
            id=id,
            finding=finding.rstrip(".") + ".",
            measured=measured.rstrip(".") + ".",
            source=self.source(rows),
            scope="" if self.inputs.area == self.inputs.roles.nation else self.inputs.area,
            formats=self.formats,
            verdicts=self._verdicts,
        )

    def small(self, id: str, rows: Iterable[str], leading: Iterable[str]) -> Frame:
        """Label and source of a small figure under a sentence; the source of the sentence's number comes first."""
        return Frame(
            id=id,
            finding="",
            source=self._led_by(list(rows), list(leading)),
            formats=self.formats,
            verdicts=self._verdicts,
        )

    def _led_by(self, rows: Sequence[str], leading: Sequence[str]) -> str:
        """Source line that names who published the leading rows, with the day, and counts the other publishers."""
        first = self._files(leading)
        others = {short_publisher(source.publisher) for source in self._files([*leading, *rows])}
        others -= {short_publisher(item.publisher) for item in first}
        if not first or not others:
            return self.source([*leading, *rows], in_full=1)
        named = [
            f"{escape(short_publisher(item.publisher))}, {published(item.published, self.formats)}" for item in first
        ]
        return f"Sources: {'; '.join(dict.fromkeys(named))}; and {len(others)} other{'s' * (len(others) > 1)} (see Sources)."

    def _files(self, rows: Iterable[str]) -> list[SourceLine]:
        """The files behind rows, by name."""
        return [self._sources[key] for key in files_of(rows) if key in self._sources]

    def source(self, rows: Iterable[str], in_full: int = SOURCES_IN_FULL) -> str:
        """Source line of ledger rows: publishers with title, link and date; alone where files are more than `in_full`."""
        return source_line(self._files(rows), self.formats, in_full)


def refusals_by_code(results: Iterable[object]) -> dict[str, list[Refusal]]:
    """The refusals among results, in order, by their code."""
    by_code: dict[str, list[Refusal]] = {}
    for result in results:
        if isinstance(result, Refusal):
            by_code.setdefault(result.code, []).append(result)
    return by_code


def published(text: str, formats: Formats) -> str:
    """A publication date only as exact as recorded: 2024, January 2025, 5 January 2026."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 3:
        return formats.date(date(*parts))
    return formats.period(text)
