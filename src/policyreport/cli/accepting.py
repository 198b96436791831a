"""The command `accept`: sentences of an edition's own texts, with the values that they print at present."""

from typing import Annotated

import typer

from policyreport.cli.messages import EditionArgument, check_edition
from policyreport.project import given_project


def accept(
    context: typer.Context,
    edition: EditionArgument,
    texts: Annotated[
        list[str] | None, typer.Argument(metavar="TEXT", help="Only these, such as en/foreword.md; by default all.")
    ] = None,
) -> None:
    """Accept an edition's own texts as they read with its figures.

    The values that they print are kept next to them, in accepted.yaml. When one of them changes, the page marks the
    sentence as written about an earlier figure, and `render` lists it, until it is accepted again. Read the texts
    first.

    \b
    Examples:
      policyreport accept 2026Q1
      policyreport accept 2026Q1 en/foreword.md en/provinces/n40.md
    """
    root = given_project(context.obj)
    check_edition(root, edition)
    # Filling the texts needs the ledger and the results.
    from policyreport.publishing.acceptance import accept as keep

    for made in keep(root, root / "build" / edition, texts or []):
        count = len(made.sentences)
        typer.echo(f"{made.place}: {count} {'sentence' if count == 1 else 'sentences'} with values, {made.new} new, "
                   f"{len(made.moved)} about earlier figures")  # fmt: skip
        for sentence in made.moved:
            typer.echo(f"  line {sentence.line}: {'; '.join(f'{old} → {new}' for old, new in sentence.moved.items())}")
