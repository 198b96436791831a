"""The next edition, made from an earlier one: its folder in params/editions/."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from policyreport.errors import UsageError
from policyreport.params.edition import Edition, edition_file, read_edition, read_edition_file
from policyreport.params.policy import read_policy
from policyreport.params.reading import Root
from policyreport.params.report import read_roles
from policyreport.params.translated import read_texts
from policyreport.project import EDITIONS, IN_FOLDER, list_editions, quarter_of
from policyreport.records.formats import Formats
from policyreport.records.periods import period_bounds
from policyreport.running.store import write_whole

# The file's keys in their order, with what a reader of the file needs to know.
KEYS = {
    "id": "",
    "title": "",
    "titles": "",
    "quarter": "",
    "as_known_on": "What was published after this day does not exist for this edition.",
    "data": "",
    "simulated": "",
    "areas": "",
    "previous": 'The edition that "what changed" compares this one with.',
    "languages": "",
    "quorum": "Share of areas whose notebooks must succeed before anything is published.",
    "notebooks": "",
}

ALWAYS = ("areas", "languages")
"""Written also where they are as by default: who makes an edition decides on them."""


@dataclass(frozen=True)
class NewEdition:
    """An edition as it was written, and the titles of the lists whose tasks were all due before its quarter."""

    edition: Edition
    file: str
    lists_ended: tuple[str, ...]


def make_edition(root: Path, name: str, as_known_on: date, *, earlier: str = "", title: str = "") -> NewEdition:
    """Write the folder of a quarter's edition, as an earlier one but for quarter, day, titles and what it follows.

    Without the name of the earlier one it is the last of observed figures. Titles follow `edition_title` of
    params/report.yaml in each language. Raises UsageError if `name` is no quarter or the edition exists, and
    ParamsError if the edition would not be valid; nothing is written then.
    """
    quarter = quarter_of(name)
    if not quarter:
        raise UsageError("new-edition", "a quarter, such as 2026Q1", f'"{name}"', "Name the quarter it reports on.")
    file = EDITIONS / quarter / IN_FOLDER
    if quarter in list_editions(root):
        path = root / edition_file(root, quarter)
        todo = "Edit the file, or remove it first."
        raise UsageError(f"new-edition {quarter}", "an edition that does not exist yet", str(path), todo)
    start = period_bounds(quarter.replace("Q", "-Q"))[0]
    if as_known_on < start:
        todo = f"Give a day by which figures on {quarter} are published: --as-known-on YYYY-MM-DD."
        raise UsageError("--as-known-on", f"{start} or later, the first day of {quarter}", str(as_known_on), todo)
    old = read_edition(root, earlier or _edition_before(root, quarter))
    if old.as_known_on > as_known_on:
        todo = "Give that day or a later one, or start from an earlier edition with --from."
        raise UsageError("--as-known-on", f"{old.as_known_on} or later, the day of {old.id}", str(as_known_on), todo)
    titles = {language: title_of(root, old, quarter, language) for language in old.languages}
    first, *others = old.languages
    changes = {"id": quarter, "quarter": quarter, "as_known_on": as_known_on, "previous": old.id, "note": ""}
    changes |= {"title": title or titles[first], "titles": {language: titles[language] for language in others}}
    edition = old.model_copy(update=changes)
    write_whole(root / file, text_of(edition).encode())
    _write_stubs(root, file.parent, edition)
    return NewEdition(edition, file.as_posix(), _lists_ended(old.layout(root), start))


def _write_stubs(root: Path, folder: Path, edition: Edition) -> None:
    """Write a file for each text of the edition's own in its languages, unless it is there."""
    for language in edition.languages:
        for stub in sorted((root / "reports" / language / "edition").glob("*.md")):
            path = root / folder / language / stub.name
            if not path.exists():
                write_whole(path, stub.read_bytes())


def title_of(root: Path, like: Edition, quarter: str, language: str) -> str:
    """Return the title of an edition on a quarter, by the pattern of params/report.yaml in a language."""
    layout = like.layout(root)
    own = read_texts(layout, language).get("report", {}).get("edition_title")
    pattern = own or read_roles(layout).edition_title
    return str(pattern).replace("{quarter}", Formats(language).period(quarter.replace("Q", "-Q")))


def text_of(edition: Edition) -> str:
    """Write an edition's file, without the keys that say what holds anyway."""
    shown = edition.model_dump(exclude_defaults=True)
    lines = [f"# Made from {edition.previous} by `policyreport new-edition {edition.id}`."]
    for key, comment in KEYS.items():
        if key in shown or key in ALWAYS:
            lines += [f"# {comment}"] * bool(comment)
            lines.append(f"{key}: {_flow(shown.get(key, getattr(edition, key)))}")
    return "\n".join(lines) + "\n"


def _flow(value: object) -> str:
    """Write a value of YAML on one line."""
    plain = json.loads(json.dumps(value, default=str)) if isinstance(value, (tuple, dict)) else value
    text = yaml.safe_dump(plain, allow_unicode=True, default_flow_style=True, width=1000)
    return text.removesuffix("...\n").strip()


def _edition_before(root: Path, quarter: str) -> str:
    """Return the last edition of observed figures on a quarter or an earlier one; UsageError where there is none."""
    editions = [read_edition_file(root, name) for name in list_editions(root)]
    earlier = [item for item in editions if not item.simulated and item.quarter <= quarter]
    if not earlier:
        todo = "Name the edition to start from: --from 2025Q4."
        raise UsageError("--from", f"an edition on {quarter} or before it", "none of observed figures", todo)
    return max(earlier, key=lambda item: (item.quarter, item.as_known_on)).id


def _lists_ended(layout: Root, start: date) -> tuple[str, ...]:
    lists = [(item.title, item.counted_until or item.deadline) for item in read_policy(layout).lists]
    return tuple(title for title, last in lists if last is not None and last < start)
