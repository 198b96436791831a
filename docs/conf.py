"""Settings of the documentation's site, which `make docs` builds into build/docs. It loads nothing from the network."""

from __future__ import annotations

from pathlib import Path
from types import GenericAlias
from typing import Any

from typer.main import get_command

from policyreport import __version__
from policyreport.cli.main import app as commands

project = "policyreport"
author = "The policyreport founders"
project_copyright = "2026, The policyreport founders"
release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc"]
templates_path = ["_templates"]
default_role = "code"  # `name` in a docstring
myst_heading_anchors = 3  # links to headings, as the host of a repository makes them

autodoc_default_options = {
    "members": True,
    "undoc-members": True,
    "member-order": "bysource",
    "exclude-members": "model_config",
}
autodoc_typehints = "none"
numpydoc_show_class_members = False

html_theme = "furo"
html_title = project
html_copy_source = False


def keep_bars(_app: Any, _what: str, _name: str, _object: Any, _options: Any, lines: list[str]) -> None:
    """Show |t| in a docstring as it is written: reStructuredText would take it for a substitution."""
    lines[:] = [line.replace("|", r"\|") for line in lines]


def skip_aliases(_app: Any, _what: str, _name: str, member: object, _skip: bool, _options: Any) -> bool | None:
    """Leave out names of types such as `dict[str, float]`, whose signature Sphinx takes for a class's own."""
    return True if isinstance(member, GenericAlias) else None


def write_help(app: Any) -> None:
    """Write the help of every command to a file that the page on commands includes."""
    group = get_command(commands)
    context = group.make_context("policyreport", [], resilient_parsing=True)
    parts = []
    for name in group.list_commands(context):  # type: ignore[attr-defined] # it is a group
        command = group.get_command(context, name)  # type: ignore[attr-defined]
        text = command.get_help(command.context_class(command, info_name=name, parent=context))
        parts.append(f"## {name}\n\n```text\n{text}\n```\n")
    Path(app.outdir, "..", "commands.md").write_text("\n".join(parts), encoding="utf-8")


def setup(app: Any) -> None:
    """Connect what this file adds to Sphinx."""
    app.connect("builder-inited", write_help)
    app.connect("autodoc-skip-member", skip_aliases)
    app.connect("autodoc-process-docstring", keep_bars)
