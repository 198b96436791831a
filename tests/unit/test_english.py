"""Documents, help and the published schemas are in plain English, without the dialect that the project once wrote."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from policyreport.cli.main import app
from policyreport.records.notebooks import BY_NOTEBOOK

ROOT = Path(__file__).parents[2]
# "the country" or "national"; "next to", "with" or "compared with"; "fix" or "correct".
DIALECT = re.compile(r"\b(the nation|beside|mend(s|ed|ing)?)\b", re.IGNORECASE)
# A comparator in records and a rule, by the names they have had since their first version.
KEYS = re.compile(r"\brest of the nation\b|\bbound-beside-exact\b")
# Repeats what pages printed before and after.
QUOTES = ROOT / "docs/explanation/changed-figures-0.2.md"


def test_documents_are_in_plain_english() -> None:
    folders = ("docs", "data", "benchmarks", "tests")
    pages = [*ROOT.glob("*.md"), *(page for folder in folders for page in (ROOT / folder).rglob("*.md"))]
    texts = {page.relative_to(ROOT): page.read_text(encoding="utf-8") for page in pages if page != QUOTES}
    texts[Path("CHANGELOG.md")] = texts[Path("CHANGELOG.md")].partition("\n## 0.1.0")[0]
    assert len(texts) > 20
    assert {page: found.group() for page, text in texts.items() if (found := DIALECT.search(text))} == {}


def test_pages_notebooks_and_parameters_are_in_plain_english() -> None:
    endings = ("qmd", "md", "ipynb", "yaml")
    paths = [path for name in ("reports", "notebooks", "params") for path in (ROOT / name).rglob("*.*")]
    texts = {path.relative_to(ROOT): path.read_text("utf-8") for path in paths if path.suffix[1:] in endings}
    assert len(texts) > 50
    left = {path: KEYS.sub("", text) for path, text in texts.items()}
    assert {path: found.group() for path, text in left.items() if (found := DIALECT.search(text))} == {}


def test_help_is_in_plain_english() -> None:
    texts = dict(helps(get_command(app), "policyreport"))
    assert len(texts) > 20
    assert {name: found.group() for name, text in texts.items() if (found := DIALECT.search(text))} == {}


def test_schemas_of_records_are_in_plain_english() -> None:
    schemas = {name: json.dumps(record.model_json_schema()) for name, record in BY_NOTEBOOK.items()}
    # A comparator's key, in records since their first version.
    texts = {name: text.replace('"rest of the nation"', "") for name, text in schemas.items()}
    assert {name: found.group() for name, text in texts.items() if (found := DIALECT.search(text))} == {}


def helps(command: Any, name: str, parent: Any = None) -> Iterator[tuple[str, str]]:
    """The help of a command and of those below it."""
    context = command.context_class(command, info_name=name, parent=parent)
    yield context.command_path, command.get_help(context)
    for part in getattr(command, "commands", {}).values():
        yield from helps(part, part.name, context)
