"""Facts behind refusals and findings in words that readers know: names for keys, periods and counts spelled out."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from policyreport.data.areas import Areas
from policyreport.data.sources import Source, short_publisher
from policyreport.params.indicators import Indicator, Indicators
from policyreport.params.policy import Policy
from policyreport.params.report import Roles
from policyreport.params.spelling import sort_key
from policyreport.records.base import Finding
from policyreport.records.formats import Formats
from policyreport.records.markdown import Markdown
from policyreport.records.notebooks import SourceLine

ORDER = {"error": 0, "warning": 1, "note": 2}
_KEY = re.compile(r"(?<![\w/-])[a-z0-9]+(?:_[a-z0-9]+)+(?![\w/-])")
_POINT = r"\d{4}-(?:Q[1-4]|H[12]|\d{2}(?:-\d{2})?)"
_PERIOD = re.compile(rf"(?<![\w/-]){_POINT}(?:/{_POINT})?(?![\w/-])")
# Five digits or more are no year: a reader wants them in groups.
_LARGE = re.compile(r"(?<![\w.,/#-])\d{5,}(?:\.\d+)?(?![\w,/-])")


@dataclass(frozen=True)
class Facts:
    """Writes facts by what an edition knows; texts are plain, for `escape`.

    `details` are whole texts in another language by the English ones, with names in braces for what differs.
    """

    formats: Formats
    roles: Roles
    policy: Policy
    indicators: Indicators
    areas: Areas
    sources: Mapping[str, SourceLine] | Mapping[str, Source]
    ledger: pd.DataFrame
    details: Mapping[str, str] = field(default_factory=dict)

    def write(self, detail: str, rows: Iterable[str] = ()) -> str:
        """Write a detail; of `rows`, one recorded by month is dated by its month, not by the month's last day."""
        ledger = self.ledger.loc[self.ledger.index.intersection(list(rows))]
        for day, exact in zip(ledger["published"].dt.date, ledger["published_precision"], strict=True):
            if exact != "day":
                detail = detail.replace(str(day), f"{day:%Y-%m}" if exact == "month" else str(day.year))
        text = _PERIOD.sub(lambda match: self.formats.period(match[0]), self._named(detail))
        text = re.sub(r"\btotal (\d+)", lambda total: f"{self.formats.count(int(total[1]))} tasks on the list", text)
        text = _LARGE.sub(lambda size: self.formats.published(float(size[0])), text)
        text = re.sub(r"(?<=\d) %(?=[ .,;]|$)", "%", text.replace("only ~ ", "only about "))
        # A method counts points; on a page they are of a series of years, and other points are of a score.
        text = re.sub(r"(\d+ of \d+) points\b", r"\1 years", text)
        text = re.sub(r"(?<=\d of )\d{4,}|\d{4,}(?= of \d)", lambda count: self.formats.count(int(count[0])), text)
        fitting = ((own, match) for pattern, own in self._patterns if (match := pattern.fullmatch(text)))
        return next((own.format(**match.groupdict()) for own, match in fitting), text)

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], str]]:
        """The English texts of `details` as patterns."""
        named = {re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(text)): own for text, own in self.details.items()}
        return [(re.compile(pattern), own) for pattern, own in named.items()]

    def line(self, finding: Finding) -> str:
        """Write a finding; a decision begins with the areas it is about, not with the key of its entry."""
        message = finding.message
        if finding.rule == "corrected":
            names, rest = self.about(finding), message.partition(": ")[2]
            message = f"{names}: {rest}" if names else rest
        return self.write(message, finding.rows)

    def about(self, finding: Finding) -> str:
        """Name the areas that a finding is about; keys that are no area's are left out."""
        return listed([self.areas.name(area) for area in finding.areas if area in self.areas.table.index])

    def _named(self, message: str) -> str:
        """Replace keys by the names of lists, measures, indicators and files; leave area keys out."""
        measures, indicators = self.roles.measure_labels, self._indicators
        named = self._labelled.sub(lambda match: self._labels[match[0]], message)
        named = _KEY.sub(lambda key: f"“{indicators[key[0]].name}”" if key[0] in indicators else key[0], named)
        named = re.sub(r" \(([a-z]+)\)", lambda match: f" ({measures.get(match[1], match[1])})", named)
        named = re.sub(r"( \([^()]+\))\1", r"\1", named)
        return self._area_keys.sub("", named)

    @cached_property
    def _labels(self) -> dict[str, str]:
        labels = {task_list.id: f"“{task_list.title}”" for task_list in self.policy.lists}
        labels |= self.roles.measure_labels | self.roles.list_kinds
        for key, source in self.sources.items():
            labels[key] = f"{short_publisher(source.publisher)}, “{source.title}”"
        return labels

    @cached_property
    def _labelled(self) -> re.Pattern[str]:
        keys = sorted((key for key in self._labels if {"-", "/"} & set(key)), key=len, reverse=True)
        return re.compile("|".join(rf"(?<![\w-]){re.escape(key)}(?![\w-])" for key in keys) or r"(?!)")

    @cached_property
    def _area_keys(self) -> re.Pattern[str]:
        return re.compile(rf" \((?:{'|'.join(map(re.escape, self.areas.table.index))})\)")

    @cached_property
    def _indicators(self) -> dict[str, Indicator]:
        return self.indicators.by_id()


def worst(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings: errors first, then warnings, then notes."""
    return sorted(findings, key=lambda finding: (ORDER[finding.severity], finding.rule, sort_key(finding.message)))


def listed(items: Sequence[str]) -> str:
    """Join items as prose: a, b and c; Markdown gives Markdown."""
    joined = " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)
    return Markdown(joined) if all(isinstance(item, Markdown) for item in items) else joined
