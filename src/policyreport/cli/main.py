"""The commands of the program and their help; what they do is in the modules they import."""

import json
import os
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperGroup

# Everything heavy (pandas, papermill, pydantic) is imported inside the commands, so that `--help` and a typing
# mistake are answered at once.
from policyreport.cli import adding, publishing, running
from policyreport.cli.accepting import accept
from policyreport.cli.differing import diff
from policyreport.cli.fetching import app as fetch_app
from policyreport.cli.merging import merge
from policyreport.cli.messages import EditionArgument, check_edition, edition_list, open_console, say_error
from policyreport.cli.new_edition import new_edition
from policyreport.cli.new_notebook import new_notebook
from policyreport.errors import (
    DEBUG,
    ExitCode,
    PolicyReportError,
    RunError,
    UsageError,
    require_one_of,
    system_error,
)
from policyreport.project import given_project

# What a shell reports for a program ended by ^C: 128 + SIGINT.
INTERRUPTED = 130


class Commands(TyperGroup):
    """Commands whose errors end in a message and an exit code, in this one place."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command and report its errors, without a traceback unless one is asked for."""
        try:
            return super().invoke(ctx)
        except PolicyReportError as error:
            say_error(error)
            raise typer.Exit(int(error.exit_code)) from None
        except KeyboardInterrupt:
            typer.echo("Stopped. What was finished is kept; run the same command to go on.", err=True)
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            # The reader has seen enough (`| head`): click ends quietly.
            raise
        except OSError as error:
            if os.environ.get(DEBUG):
                raise
            # Disk full, no permission, too many open files: not an error of this program.
            message = system_error(RunError, error, str(Path.cwd()))
            say_error(message)
            raise typer.Exit(int(message.exit_code)) from None
        except Exception as error:
            # typer's own exceptions (usage, exit) carry an exit code and are typer's to show.
            if hasattr(error, "exit_code") or os.environ.get(DEBUG):
                raise
            what = " ".join(f"{type(error).__name__}: {error}".split())
            typer.echo(f"Unexpected error, please report it: {what}", err=True)
            typer.echo(f"For the traceback run the same command with {DEBUG}=1 before it.", err=True)
            raise typer.Exit(1) from None


app = typer.Typer(
    name="policyreport",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(fetch_app)
app.add_typer(running.cache_app)


def _version(wanted: bool) -> None:
    if wanted:
        # Reading the installed metadata costs more than the rest of --help.
        from importlib.metadata import version

        typer.echo(f"policyreport {version('policyreport')}")
        raise typer.Exit


@app.callback()
def main_options(
    context: typer.Context,
    project: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="Folder of the project; by default this one or the nearest above it."),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Make the evaluation report of a public policy from published figures.

    \b
    Make a report:
      policyreport new-edition 2026Q1   make the edition of a new quarter
      policyreport check                check the figures against the rules
      policyreport run 2025Q4           run the notebooks of an edition
      policyreport render 2025Q4        make the website and the PDF from their results
      policyreport trace 2025Q4 1,227   find the rows and sources behind a printed number
      policyreport diff 2025Q3 2025Q4   compare what two editions find
      policyreport publish 2025Q4 --to public
    \b
    Add figures:
      policyreport add FILE             add a sheet, after showing what it changes
      policyreport fetch --list         list what can be fetched from publishers
    \b
    Add an analysis:
      policyreport new-notebook credit --for province
    \b
    Exit codes: 0 success, 2 wrong command, 3 wrong data, 4 wrong parameter file,
    5 a notebook failed, 6 rendering failed, 7 a publisher gave no usable answer,
    8 two builds differ, 130 interrupted.
    """
    context.obj = project


app.command("run")(running.run)
app.command("merge")(merge)
app.command("why")(running.why)
app.command("compare-runs")(running.compare_runs)
app.command("diff")(diff)
app.command("new-edition")(new_edition)
app.command("accept")(accept)
app.command("new-notebook")(new_notebook)


@app.command()
def render(
    context: typer.Context,
    edition: EditionArgument,
    renderer: Annotated[
        Literal["auto", "quarto", "pandoc"],
        typer.Option(help="auto uses Quarto if it is installed, otherwise the built-in pandoc and Typst."),
    ] = "auto",
    to: Annotated[str, typer.Option(metavar="FORMATS", help="html, pdf or html,pdf.")] = "html,pdf",
    draft: Annotated[
        bool, typer.Option("--draft", help="Render even below the quorum; every page says that it is a draft.")
    ] = False,
) -> None:
    """Make the website and the PDF of an edition that was run.

    What has not changed since it was made is not made again. If one of the two fails, the other is still made. If fewer
    provinces have results than the quorum in the edition's file, nothing is published and the exit code is 6. A draft
    has its own file names, so that nobody takes it for the report.

    \b
    Examples:
      policyreport render 2025Q4
      policyreport render 2025Q4 --draft
      policyreport render 2025Q4 --renderer pandoc --to html
    """
    root = given_project(context.obj)
    check_edition(root, edition)
    formats = _formats(to)
    # The renderers bring pandoc, fonts and yaml with them.
    from policyreport.cli.rendering import render_edition
    from policyreport.publishing import renderers

    render_edition(root, edition, renderers.choose(renderer), formats, draft=draft)


@app.command()
def trace(
    context: typer.Context,
    store: Annotated[
        Path, typer.Argument(metavar="BUILD", help="Name of an edition, or its folder such as build/2025Q4.")
    ],
    what: Annotated[
        str, typer.Argument(metavar="WHAT", help="A number as printed, or a field as AREA/NOTEBOOK:FIELD.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for other programs.")] = False,
) -> None:
    """Trace a number of the report to its rows and sources.

    A number that is printed in several places is traced for each of them; one that no page prints is looked up in
    the records.

    \b
    Examples:
      policyreport trace build/2025Q4 "1,227"
      policyreport trace 2025Q4 "94.5%" --json
      policyreport trace 2025Q4 "VN/tasks:quarter_on_quarter.counts[3].completed"
      policyreport trace 2025Q4 "n01/trend:growth[0].slope"
    """
    root = given_project(context.obj)
    check_edition(root, store.name)
    folder = store if store.is_dir() else root / "build" / store.name
    # Reading the ledger needs pandas and pandera.
    from policyreport.publishing.trace import as_tree
    from policyreport.publishing.trace import trace as find

    places = find(root, folder, what)
    if as_json:
        typer.echo(json.dumps([place.model_dump(mode="json") for place in places], indent=1, ensure_ascii=False))
    else:
        open_console().print(as_tree(places, f"{what}, edition {store.name}"), soft_wrap=True)


@app.command()
def schema(
    context: typer.Context,
    notebook: Annotated[
        str, typer.Argument(metavar="NOTEBOOK", help="Name of a notebook of the report, or own; by default all.")
    ] = "",
) -> None:
    """Print the JSON schema of the notebooks' records.

    \b
    Examples:
      policyreport schema clean > clean.schema.json
      policyreport schema | python -m json.tool
    """
    # pydantic is not needed by every command.
    from policyreport.params.registry import read_registry
    from policyreport.records.own import RECORD_TYPES

    if notebook:
        require_one_of(UsageError, "schema NOTEBOOK", notebook, RECORD_TYPES, "the name of a notebook")
    registry = read_registry(given_project(context.obj))
    schemas = {name: registry.annotate(record.model_json_schema()) for name, record in RECORD_TYPES.items()}
    typer.echo(json.dumps(schemas[notebook] if notebook else schemas, indent=1, ensure_ascii=False))


@app.command()
def check(
    context: typer.Context,
    rule: Annotated[
        str, typer.Argument(metavar="RULE", help="Check only this rule, and show every place that breaks it.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print every finding as JSON, for other programs.")] = False,
    list_rules: Annotated[bool, typer.Option("--rules", help="List all rules and exit.")] = False,
    edition: Annotated[
        str, typer.Option(metavar="EDITION", help="Check the data of this edition; by default the project's own.")
    ] = "",
) -> None:
    """Check the figures in data/ against the rules.

    The exit code is 3 if a rule of severity "error" is broken. The report shows warnings and notes on its
    data-quality page.

    \b
    Examples:
      policyreport check
      policyreport check sum-of-parts
      policyreport check --rules
      policyreport check --json
      policyreport check --edition teaching
    """
    root = given_project(context.obj)
    if edition:
        check_edition(root, edition)
    # Reading the ledger needs pandas and pandera.
    from policyreport.cli.findings import findings_table, places_table, rules_table
    from policyreport.data.observations.ledger import load_ledger
    from policyreport.data.rules.evidence import read_context
    from policyreport.data.rules.screening import CHECKS, check_ledger
    from policyreport.params.edition import read_edition

    if rule:
        require_one_of(UsageError, "check RULE", rule, CHECKS, "the id of a rule")
    layout = read_edition(root, edition).layout(root) if edition else root
    facts = read_context(layout)
    if list_rules:
        open_console().print(rules_table(facts.book))
        return
    findings = check_ledger(load_ledger(layout), facts, [rule] if rule else None)
    if as_json:
        typer.echo(json.dumps([finding.model_dump(mode="json") for finding in findings], indent=1, ensure_ascii=False))
    else:
        if findings:
            open_console().print(places_table(findings) if rule else findings_table(findings))
        counts = ", ".join(
            f"{sum(f.severity == kind for f in findings)} {kind}s" for kind in ("error", "warning", "note")
        )
        typer.echo(f"The ledger was read. {counts}.")
    if any(finding.severity == "error" for finding in findings):
        raise typer.Exit(int(ExitCode.DATA))


@app.command()
def methods(
    context: typer.Context,
    method: Annotated[str, typer.Argument(metavar="METHOD", help="Describe this method in full.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for other programs.")] = False,
) -> None:
    """List the methods of the report, or describe one.

    The description has the question, formula, assumptions, refusals, possible statements, settings and references.

    \b
    Examples:
      policyreport methods
      policyreport methods trend
      policyreport methods trend --json
    """
    # The registry needs pydantic, its table rich.
    from policyreport.cli.methods import method_json, method_table, methods_table
    from policyreport.params.registry import read_registry

    registry = read_registry(given_project(context.obj))
    if as_json:
        typer.echo(method_json(registry, method))
    else:
        shown = method_table(registry, method) if method else methods_table(registry)
        open_console().print(shown)


@app.command()
def validity(
    context: typer.Context,
    methods: Annotated[
        list[str] | None, typer.Argument(metavar="METHOD", help="Only these methods; by default all.")
    ] = None,
    draws: Annotated[int, typer.Option(min=1, metavar="N", help="Repetitions for each sample size.")] = 2000,
    workers: Annotated[int, typer.Option(min=1, metavar="N", help="Number of processes.")] = os.cpu_count() or 1,
    keep: Annotated[
        bool, typer.Option("--keep", help="Also copy the results to data/validity/, which the report shows.")
    ] = False,
) -> None:
    """Test the methods on simulated data whose truth is known.

    The results show how often each method's claims hold; they go to build/validity/. Every sample size is saved when
    it is finished, so that the same command continues after an interruption.

    \b
    Examples:
      policyreport validity
      policyreport validity trend ranks --draws 200
    """
    root = given_project(context.obj)
    # The methods need scipy and statsmodels.
    from policyreport.cli.validity import run_validity

    run_validity(root, methods or [], draws, workers, open_console(), keep=keep)


app.command("publish")(publishing.publish)
app.command("archive")(publishing.archive)
app.command("verify")(publishing.verify)
app.command("serve")(publishing.serve)
app.command("add")(adding.add)
app.command("remove")(adding.remove)
app.command("template")(adding.template)


@app.command()
def revisions(
    context: typer.Context,
    indicator: Annotated[str, typer.Argument(metavar="INDICATOR", help="Id from params/indicators.yaml.")],
    area: Annotated[str, typer.Option(metavar="KEY", help="Key or name of an area; by default the country.")] = "",
    edition: Annotated[
        str, typer.Option(metavar="EDITION", help="Only what this edition uses; by default everything published.")
    ] = "",
) -> None:
    """Show how the figures of an indicator were revised.

    The table has a row for each period and a column for each day of publication. Each measure has its own table,
    because figures by different measures are not revisions of one another.

    \b
    Examples:
      policyreport revisions digital_economy_share
      policyreport revisions grdp_growth --area n40 --edition 2025Q4
    """
    root = given_project(context.obj)
    if edition:
        check_edition(root, edition)
    # The ledger needs pandas and pandera.
    from policyreport.cli.triangles import read_triangles, triangle_lines, triangle_table

    shown = read_triangles(root, indicator, area, edition)
    for triangle in shown.triangles:
        typer.echo(f"{shown.name} ({triangle.measure})" if triangle.measure else shown.name)
        open_console().print(triangle_table(triangle))
        typer.echo()
    for line in triangle_lines(shown):
        typer.echo(line)


@app.command()
def editions(
    context: typer.Context,
    edition: Annotated[str, typer.Argument(metavar="EDITION", help="List the areas of this edition instead.")] = "",
) -> None:
    """List the editions of the project, or the areas of one.

    If the file of an edition, or of one it follows, has a mistake, the others are still listed; the mistake is
    described and the exit code is 4.

    \b
    Examples:
      policyreport editions
      policyreport editions 2025Q4
    """
    root = given_project(context.obj)
    if edition:
        check_edition(root, edition)
        from policyreport.data.areas import read_areas
        from policyreport.params.edition import read_edition

        areas = read_areas(root)
        for key in areas.of_edition(read_edition(root, edition)):
            typer.echo(f"{key}  {areas.name(key)}")
        return
    table, wrong = edition_list(root)
    open_console().print(table)
    for error in wrong:
        say_error(error)
    if wrong:
        raise typer.Exit(int(ExitCode.PARAMS))


def _formats(text: str) -> set[str]:
    formats = {name.strip().lower() for name in text.split(",") if name.strip()}
    for name in sorted(formats):
        require_one_of(UsageError, f"--to {text}", name, ["html", "pdf"], "html, pdf or html,pdf")
    if not formats:
        raise UsageError("--to", "html, pdf or html,pdf", "nothing", "Name a format.")
    return formats


def main() -> None:
    """Run the command line; the entry point of the program ``policyreport``."""
    app()
