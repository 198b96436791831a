"""The command `new-edition`: the next quarter's edition."""

from datetime import date, datetime
from typing import Annotated

import typer

from policyreport.cli.messages import check_edition
from policyreport.project import given_project

SHOWN = 5
"""A message names at most this many lists."""


def new_edition(
    context: typer.Context,
    quarter: Annotated[str, typer.Argument(metavar="QUARTER", help="The quarter that it reports on: 2026Q1.")],
    earlier: Annotated[
        str, typer.Option("--from", metavar="EDITION", help="The edition to start from; by default the last one.")
    ] = "",
    as_known_on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="The last day whose publications count; default today."),
    ] = None,
    title: Annotated[
        str,
        typer.Option(metavar="TEXT", help="Its title in the first language; by default as params/report.yaml has it."),
    ] = "",
) -> None:
    """Make the edition of the next quarter.

    It is a folder in params/editions/. Its edition.yaml is as the last one's but for the quarter, the day up to which
    publications count, the titles, and the edition it is compared with. Change in it what should differ. Foreword,
    conclusions and recommendations are written in the folder of each language.

    \b
    Next steps:
      policyreport template --quarter 2026Q1   write the sheet for those who send figures
      policyreport add FILE                    add their sheets as they arrive
      policyreport run 2026Q1                  run the notebooks
      policyreport render 2026Q1               make the site and the PDF
    \b
    Examples:
      policyreport new-edition 2026Q1
      policyreport new-edition 2026Q1 --as-known-on 2026-05-15
      policyreport new-edition 2026Q1 --from 2025Q4 --title "Resolution 57 after fifteen months"
    """
    root = given_project(context.obj)
    if earlier:
        check_edition(root, earlier)
    # Editions need pydantic.
    from policyreport.running.new_edition import make_edition

    day = as_known_on.date() if as_known_on else date.today()
    made = make_edition(root, quarter, day, earlier=earlier, title=title)
    edition = made.edition
    typer.echo(f"{made.file}: written, from {edition.previous}")
    typer.echo(f"  publications count up to {edition.as_known_on}")
    for language in edition.languages:
        typer.echo(f"  title ({language}): {edition.title_in(language)}")
    if made.lists_ended:
        more = f"; and {len(made.lists_ended) - SHOWN} more" if len(made.lists_ended) > SHOWN else ""
        typer.echo(
            f"Lists whose tasks were due before {edition.quarter} take no more counts: "
            f"{'; '.join(made.lists_ended[:SHOWN])}{more}. Declare a new list in params/policy.yaml; "
            f"give one that is counted on its `counted_until`."
        )
    typer.echo(f"Next: `policyreport template --quarter {edition.quarter}`, `policyreport add FILE`, "
               f"`policyreport run {edition.id}`.")  # fmt: skip
