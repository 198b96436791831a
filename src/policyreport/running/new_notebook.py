"""A notebook of the user's own: a skeleton in notebooks/, declared in the file of an edition."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from policyreport.errors import ParamsError, UsageError, system_error
from policyreport.params.edition import OWN_NAME, Edition, declare, edition_file, read_edition, read_edition_file
from policyreport.params.reading import load_yaml
from policyreport.project import list_editions
from policyreport.records.notebooks import BY_NOTEBOOK
from policyreport.running.store import write_whole

LEVELS = {"province": "province", "country": "national"}
"""What a notebook is for, with its folder in notebooks/."""
SKELETONS = Path(__file__).with_name("skeletons")
PLACEHOLDERS = ("TITLE", "NAME", "EDITION")


@dataclass(frozen=True)
class Made:
    """What was written, below the project: the notebook, and the edition's file unless it declared it already."""

    notebook: str
    edition: str
    declared: bool


def newest_edition(root: Path) -> str:
    """Return the name of the edition with the newest day among those of observed figures."""
    editions = [read_edition_file(root, name) for name in list_editions(root)]
    observed = [edition for edition in editions if not edition.simulated]
    if not observed:
        raise UsageError("--edition", "an edition", "none of observed figures", "Name it: --edition teaching.")
    return max(observed, key=lambda edition: edition.as_known_on).id


def make_notebook(root: Path, name: str, level: str, edition_id: str, title: str = "") -> Made:
    """Write a skeleton and declare it; nothing is written where anything is refused.

    Raises UsageError if the name has other signs than lower-case letters, digits and hyphens, is that of another
    notebook, or the file exists. Raises ParamsError if the edition's file cannot be read, or declares notebooks in a
    way that this program cannot add to.
    """
    edition = read_edition(root, edition_id)
    _require_name(name, edition, level)
    path = f"notebooks/{LEVELS[level]}/{name}.ipynb"
    if (root / path).exists():
        todo = "Choose another name, or remove the file."
        raise UsageError(f"new-notebook {name}", "the name of no file yet", path, todo)
    is_declared = name in getattr(edition.notebooks, level)
    settings = root / edition_file(root, edition.id)
    text = settings.read_text(encoding="utf-8") if is_declared else _declared(root, edition, level, name)
    title = " ".join(title.split()) or name.replace("-", " ").capitalize()
    body = _skeleton(level, dict(zip(PLACEHOLDERS, (title, name, edition.id), strict=True)))
    try:
        write_whole(root / path, body)
        if not is_declared:
            write_whole(settings, text.encode())
    except OSError as error:
        (root / path).unlink(missing_ok=True)
        raise system_error(UsageError, error, str(root)) from None
    return Made(path, edition_file(root, edition.id), not is_declared)


def _require_name(name: str, edition: Edition, level: str) -> None:
    place = f"new-notebook {name}"
    if not re.fullmatch(OWN_NAME, name):
        todo = "Write it like credit or credit-growth."
        raise UsageError(place, "lower-case letters, digits and single hyphens", f'"{name}"', todo)
    if name in BY_NOTEBOOK or name.endswith("-simulated"):
        todo = "Choose another name."
        raise UsageError(place, "a name that no notebook of the report has", f'"{name}"', todo)
    other = next(iter(LEVELS.keys() - {level}))
    if name in getattr(edition.notebooks, other):
        got = f"{name}, for {other} in the file of {edition.id}"
        raise UsageError(place, "a name that the edition has not declared", got, "Choose another name.")


def _declared(root: Path, edition: Edition, level: str, name: str) -> str:
    """The edition's text with the notebook declared, checked to mean that and nothing else."""
    path = root / edition_file(root, edition.id)
    text = path.read_text(encoding="utf-8")
    new = declare(text, level, name)
    before = load_yaml(path)
    lists = {key: list(getattr(edition.notebooks, key)) for key in LEVELS}
    wanted = lists | {level: [*lists[level], name]}
    meant = Edition.model_validate(before | {"notebooks": wanted})
    if new == text or Edition.model_validate(yaml.safe_load(new)) != meant:
        written = json.dumps({key: names for key, names in wanted.items() if names}).replace('"', "")
        got = f"notebooks: {before.get('notebooks')}"
        todo = f"Write it yourself, `notebooks: {written}`, and give the command again."
        raise ParamsError(str(path), "a block `notebooks` that can be added to", got, todo)
    return new


def _skeleton(level: str, values: dict[str, str]) -> bytes:
    """A skeleton with its title, name and edition."""
    text = (SKELETONS / f"{level}.ipynb").read_text(encoding="utf-8")
    inside = {name: json.dumps(value, ensure_ascii=False)[1:-1] for name, value in values.items()}
    return re.sub("|".join(PLACEHOLDERS), lambda name: inside[name[0]], text).encode()
