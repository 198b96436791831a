"""The command `new-notebook`: a notebook of the user's own."""

from typing import Annotated, Literal

import typer

from policyreport.cli.messages import check_edition
from policyreport.project import given_project


def new_notebook(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the file: credit, credit-growth.")],
    level: Annotated[
        Literal["province", "country"],
        typer.Option("--for", help="province: runs for every province; country: runs once, on all figures."),
    ],
    edition: Annotated[
        str, typer.Option(metavar="EDITION", help="The edition that runs it; by default the newest.")
    ] = "",
    title: Annotated[
        str, typer.Option(metavar="TEXT", help="Its heading, and the section's on the page; by default the name.")
    ] = "",
) -> None:
    """Make a notebook of your own, with a skeleton to change.

    The skeleton runs as it is: it opens the data, fits a line by least squares, draws it with seaborn and records the
    results. It is written to notebooks/province/ or notebooks/national/ and declared in the edition's file, under
    `notebooks`. From then on it runs with the edition, and its pictures and tables are a section on each province's
    page, or on the page on the provinces' series. To drop it, take its name out of the edition's file.

    \b
    Next steps:
      make lab                                        open it in JupyterLab, change it, run it by hand
      policyreport run 2025Q4 --areas n40             run it for one province, with the report's own notebooks
      policyreport run 2025Q4                         run it for all
      policyreport render 2025Q4                      see it on the pages
    \b
    Examples:
      policyreport new-notebook credit --for province
      policyreport new-notebook credit --for province --title "Credit and growth"
      policyreport new-notebook convergence --for country --edition 2025Q4
    """
    root = given_project(context.obj)
    if edition:
        check_edition(root, edition)
    # Editions need pydantic.
    from policyreport.running.new_notebook import make_notebook, newest_edition

    edition = edition or newest_edition(root)
    made = make_notebook(root, name, level, edition, title)
    typer.echo(f"{made.notebook}: written")
    typer.echo(f"{made.edition}: {'declared' if made.declared else 'declares it already'}")
    where = "all provinces" if level == "province" else "the country"
    typer.echo(f"Open it with `make lab`; `policyreport run {edition}` runs it for {where}.")
