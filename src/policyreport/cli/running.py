"""The commands `run`, `why`, `cache` and `compare-runs`: run notebooks, say why, keep results, compare builds."""

from __future__ import annotations

import dataclasses
import importlib
import json
import os
import time
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policyreport.cli.messages import (
    EditionArgument,
    check_edition,
    open_console,
    plain_table,
    resolve_areas,
    shown_path,
)
from policyreport.errors import ExitCode, RunError, UsageError
from policyreport.project import given_project

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from policyreport.running.cache.results import Cache
    from policyreport.running.events import Event, RunSummary
    from policyreport.running.runs import Stage
    from policyreport.running.shards import Shard


TIMINGS = "timings.json"
# Notebooks that people run and no edition does.
LESSONS = "teaching"
MEGA = 10**6
# A line names at most this many areas.
NAMED = 5

cache_app = typer.Typer(name="cache", rich_markup_mode=None)
BuildArgument = Annotated[
    Path, typer.Argument(metavar="BUILD", help="Folder of an edition that was run, such as build/2025Q4.")
]


@dataclass(frozen=True)
class RunOptions:
    """What runs the notebooks (processes here, or a cluster), with which kernels, and what a failure leads to."""

    workers: int
    cluster: str
    cold: bool
    retries: int
    fail_fast: bool
    timeout: float | None
    as_json: bool

    @property
    def elsewhere(self) -> bool:
        """Whether the kernels may be on other machines."""
        return bool(self.cluster) and not self.cluster.startswith("local:")


def run(
    context: typer.Context,
    edition: EditionArgument,
    areas: Annotated[
        str | None, typer.Option(metavar="KEYS", help="Only these areas: keys or names, separated by commas.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Notebooks at a time; by default one per processor.")
    ] = None,
    cluster: Annotated[
        str,
        typer.Option(
            metavar="WHERE", help="Run on Dask: tcp://HOST:PORT of its scheduler, or local:N for N workers here."
        ),
    ] = "",
    cold: Annotated[
        bool, typer.Option("--cold", help="Start a new Python for every notebook: slower, with the same results.")
    ] = False,
    retry: Annotated[int, typer.Option(min=0, metavar="N", help="How often to retry a notebook that failed.")] = 0,
    fail_fast: Annotated[
        bool, typer.Option("--fail-fast/--keep-going", help="After a failure, start no more notebooks, or go on.")
    ] = False,
    timeout: Annotated[
        float | None,
        typer.Option(min=0.1, metavar="S", help="Stop a notebook after this many seconds; by default 600."),
    ] = None,
    shard: Annotated[
        str,
        typer.Option(metavar="I/N", help="Run only the I-th of N parts of the notebooks that read no other's record."),
    ] = "",
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Bundle of a shard; by default build/shards/EDITION-I-of-N.zip.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Also run notebooks whose inputs have not changed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a line of JSON for every event.")] = False,
) -> None:
    """Run the notebooks of an edition.

    There are three for each area and seven for the country, of which two read what the others found. Notebooks whose
    inputs have not changed keep their results. If a notebook fails, the others go on; it is saved with the error
    marked, its page says so, and the exit code is 5. Results go to build/EDITION/.

    With --shard each of N machines runs its part and leaves a bundle; `policyreport merge` makes the edition from them.

    \b
    Examples:
      policyreport run 2025Q4
      policyreport run 2025Q4 --areas n01,n40 --workers 4
      policyreport run 2025Q4 --retry 1 --json
      policyreport run 2025Q4 --cluster tcp://scheduler.example:8786
      policyreport run 2025Q4 --shard 2/3 --to shard-2.zip
    """
    start = time.monotonic()
    root = given_project(context.obj)
    check_edition(root, edition)
    _check_cluster(cluster, workers)
    from policyreport.running.cache.results import Cache, restore_unchanged

    cache = Cache(root)
    options = RunOptions(workers or os.cpu_count() or 1, cluster, cold, retry, fail_fast, timeout, as_json)
    if shard or to:
        _check_shard(shard, to, areas=areas, again=again)
        _run_shard(root, edition, shard, to, cache, options)
        return
    names = None if areas is None else [name.strip() for name in areas.split(",")]
    unchanged = None if again else restore_unchanged(cache, root, edition, names)
    if unchanged is not None:
        _show_unchanged(root / "build" / edition, unchanged, time.monotonic() - start, as_json)
        return
    keys = None if areas is None else resolve_areas(root, edition, areas)
    run_edition(root, edition, keys, None if again else cache, options, start)


def run_edition(
    root: Path, edition: str, keys: list[str] | None, cache: Cache | None, options: RunOptions, start: float
) -> None:
    """Run both stages, of all areas where `keys` is None, and show how it went; `start` is the command's."""
    summary = _execute(root, edition, keys, cache, options)
    _write_timings(root / "build" / edition, summary, time.monotonic() - start)
    _end(summary, root, options)


def _end(summary: RunSummary, root: Path, options: RunOptions) -> None:
    """Show the table unless events were printed; exit code 5 after a failure."""
    if not options.as_json:
        _show_summary(summary, root)
    if summary.failed:
        raise typer.Exit(int(ExitCode.RUN_INCOMPLETE))


def _check_shard(shard: str, to: Path | None, *, areas: str | None, again: bool) -> None:
    """Refuse options that a shard has no use for: what it runs follows from the edition alone."""
    if not shard:
        raise UsageError(f"--to {to}", "--shard I/N with it", "no --shard", "Give both, or leave --to out.")
    for name, given in (("--areas", areas is not None), ("--again", again)):
        if given:
            todo = f"Leave {name} out; `policyreport cache prune --to 0` makes everything run again."
            raise UsageError(f"--shard {shard} {name}", "one of them", "both", todo)


def _run_shard(root: Path, edition: str, text: str, to: Path | None, cache: Cache, options: RunOptions) -> None:
    """Run a part of the first stage, into a folder of its own, and write its bundle."""
    from policyreport.running.shards import Shard

    shard = Shard.read(text)
    target, store = (to or shard.file(root, edition)).absolute(), shard.store(root, edition)
    summary = _execute(root, edition, None, cache, options, shard)
    # The server of kernels has started; what follows imports pandas too.
    from policyreport.running import plan
    from policyreport.running.bundles import write_bundle
    from policyreport.running.execute.unit import only

    units = only(
        plan.first_units(root, edition, None, store), {(item.area, item.notebook) for item in summary.finished}
    )
    write_bundle(target, shard, root, units, store, summary, cache)
    typer.echo(f"Shard {shard}: {summary.done} results in {shown_path(target, root)}.", err=options.as_json)
    _end(summary, root, options)


def why(
    context: typer.Context,
    edition: EditionArgument,
    area: Annotated[str, typer.Argument(metavar="AREA", help="Only this area: key or name.")] = "",
) -> None:
    """Show which notebooks the next run would execute, and why.

    \b
    Examples:
      policyreport why 2025Q4
      policyreport why 2025Q4 n40
    """
    root = given_project(context.obj)
    check_edition(root, edition)
    keys = resolve_areas(root, edition, area) if area else None
    # The units need papermill and pandas.
    from policyreport.running import plan
    from policyreport.running.cache.reasons import reasons_for
    from policyreport.running.cache.results import Cache

    cache, store = Cache(root), root / "build" / edition
    coming: list[str] = []
    units = plan.first_units(root, edition, keys, store)
    for unit in units:
        if lines := reasons_for(cache, edition, unit):
            coming.append(unit.area)
            typer.echo(f"{unit.area}/{unit.notebook}: {'; '.join(lines)}")
    # What the last notebooks read is known only after the others have run.
    reading = [f"it reads the records of {', '.join(dict.fromkeys(coming))}"] if coming else []
    for unit in plan.last_units(root, edition, store):
        if lines := [*reasons_for(cache, edition, unit), *reading]:
            typer.echo(f"{unit.area}/{unit.notebook}: {'; '.join(lines)}")
            coming.append(unit.area)
    if not coming:
        typer.echo(f"Nothing: all notebooks of {area or 'the edition'} have run with their present inputs.")


@cache_app.callback()
def cache_commands() -> None:
    """Manage the results kept in build/cache.

    A result is found by the hash of everything that it was made from.

    \b
    Examples:
      policyreport cache prune
    """


@cache_app.command()
def prune(
    context: typer.Context,
    to: Annotated[
        int | None, typer.Option(metavar="MB", min=0, help="Megabytes to keep; by default 500, as after a run.")
    ] = None,
) -> None:
    """Delete the results that were used least recently.

    \b
    Examples:
      policyreport cache prune
      policyreport cache prune --to 0
    """
    from policyreport.running.cache.results import LIMIT, Cache

    cache = Cache(given_project(context.obj))
    removed = cache.prune(LIMIT if to is None else to * MEGA)
    typer.echo(f"{removed / MEGA:.1f} MB removed, {cache.size() / MEGA:.1f} MB kept.")


def _execute(
    root: Path,
    edition: str,
    keys: list[str] | None,
    cache: Cache | None,
    options: RunOptions,
    shard: Shard | None = None,
) -> RunSummary:
    """Run the notebooks whose results the cache does not have; of a shard only its part of the first stage."""
    # papermill, pandas and the models are needed from here on.
    from policyreport.running.kernels import batch_server
    from policyreport.running.pool import allow_open_files, prepare_workers, without_semaphores

    allow_open_files(options.workers)
    alone = "" if options.cluster else without_semaphores()
    if alone:
        # Kernels then get the environment of this process, to which libraries add when they are imported.
        importlib.import_module("policyreport.running.plan")

    notebooks = [path for path in sorted((root / "notebooks").glob("*/*.ipynb")) if path.parent.name != LESSONS]
    # The server imports and reads data while this process does; workers of a cluster elsewhere start their own.
    ahead = ("policyreport.running.rehearsal", "rehearse", str(root), edition)
    with batch_server(notebooks, options.cold or options.elsewhere, ahead) as server:
        # A cluster prepares its own.
        if not options.cluster:
            prepare_workers()
        from policyreport.running import plan
        from policyreport.running.cache.results import remember_run
        from policyreport.running.runs import run_stages
        from policyreport.running.shards import keep_seconds, kept_seconds

        stages: tuple[Stage, ...] = (
            lambda store: plan.first_units(root, edition, keys, store),
            lambda store: plan.last_units(root, edition, store),
        )
        store = root / "build" / edition
        if shard is not None and cache is not None:
            part = partial(shard.part, seconds=kept_seconds(cache, edition))
            stages, store = (
                (lambda store: part(plan.first_units(root, edition, None, store)),),
                shard.store(root, edition),
            )
        with _events(options) as report:
            if server.reason:
                typer.echo(f"Kernels start cold: {server.reason}.", err=True)
            if alone:
                typer.echo(f"Notebooks are run by threads of one process: {alone}.", err=True)
            summary = run_stages(
                stages,
                store,
                options.workers,
                report,
                _executor(root, options, notebooks, server.address),
                server=server.address,
                cache=cache,
                retries=options.retries,
                fail_fast=options.fail_fast,
                timeout=options.timeout,
            )
        if shard is None:
            from policyreport.running.made_from import keep_edition

            keep_edition(root, edition)
    # A shard leaves the rest to `merge`; others may share its cache.
    if cache is not None and shard is None:
        keep_seconds(cache, edition, {item.name: item.seconds for item in summary.finished if item.executed})
        made = {(item.area, item.notebook): item.cached for item in summary.finished if item.cached}
        planned = [(item.area, item.notebook) for item in summary.finished]
        if not summary.not_run:
            remember_run(cache, root, edition, plan.area_keys(root, edition), made, planned)
        cache.prune()
    return summary


def _executor(root: Path, options: RunOptions, notebooks: list[Path], server: str) -> Callable[[], Executor] | None:
    """A function that opens the cluster once a notebook has to run; None for processes on this machine."""
    if not options.cluster:
        return None
    from policyreport.running.cache.ingredients import locked_names
    from policyreport.running.cluster.executor import DaskExecutor
    from policyreport.running.cluster.worker import Order, describe_environment
    from warm_kernels.notebooks import imported_modules

    environment = tuple(describe_environment(locked_names(root)).items())
    modules = tuple(imported_modules(path.read_bytes() for path in notebooks))
    return lambda: DaskExecutor(options.cluster, Order(environment, modules, options.cold, server))


def _check_cluster(cluster: str, workers: int | None) -> None:
    """Refuse a --cluster that is neither an address nor a number of workers."""
    place = f"--cluster {cluster}"
    kind, _, rest = cluster.partition(":")
    if cluster and not ((kind == "local" and rest.isdecimal() and int(rest)) or "://" in cluster):
        todo = "Give the address that `dask scheduler` prints, or local:2."
        raise UsageError(place, "tcp://HOST:PORT or local:N", f'"{cluster}"', todo)
    if cluster and workers is not None:
        todo = "Leave --workers out; a cluster runs as many notebooks as its workers have threads."
        raise UsageError(f"{place} --workers {workers}", "one of them", "both", todo)


def _events(options: RunOptions) -> AbstractContextManager[Callable[[Event], None]]:
    """A function that shows events: as a live table, as lines, or as JSON."""
    if options.as_json:
        return nullcontext(_echo_json)
    from rich.console import Console

    from policyreport.running.progress import show_progress

    return show_progress(Console(), options.workers)


def _show_unchanged(store: Path, unchanged: list[tuple[str, str]], seconds: float, as_json: bool) -> None:
    """One line, or the events, of a run that executed nothing; it writes its timings too."""
    from policyreport.running.events import Finished, Planned, RunSummary
    from policyreport.running.store import notebook_path

    kept = [Finished(*key, None, notebook_path(store, *key), 0.0, executed=False) for key in unchanged]
    # Nothing was made, so it is no failure if the folder cannot be written.
    with suppress(RunError):
        _write_timings(store, RunSummary(tuple(kept)), seconds)
    if not as_json:
        typer.echo(f"Nothing has changed: {len(unchanged)} notebooks have their results, 0 executed.")
        return
    events: list[Event] = [Planned(tuple(unchanged)), *kept]
    for event in events:
        _echo_json(event)


def _echo_json(event: Event) -> None:
    typer.echo(json.dumps(event.facts(), ensure_ascii=False))


def _write_timings(store: Path, summary: RunSummary, seconds: float) -> None:
    """Save how long each notebook took; the next run overwrites it."""
    from policyreport.running.store import unwritable, write_whole

    units = {
        item.name: {"state": item.state, "seconds": round(item.seconds, 3), **item.timing}
        | ({"cold": item.cold} if item.cold else {})
        for item in summary.finished
    }
    body = json.dumps({"seconds": round(seconds, 3), "notebooks": units}, indent=1, sort_keys=True)
    try:
        write_whole(store / TIMINGS, (body + "\n").encode())
    except OSError as error:
        raise unwritable(error, store) from None


def _show_summary(summary: RunSummary, root: Path) -> None:
    """A row per notebook, then each failure with its reason and the file that was kept."""
    console = open_console()
    states = {item.state for item in summary.finished}
    shown = ["done", "failed", *(state for state in ("refused", "not-run") if state in states), "unchanged"]
    table = plain_table(["notebook"], [*shown, "s each"])
    for notebook in dict.fromkeys(item.notebook for item in summary.finished):
        items = [item for item in summary.finished if item.notebook == notebook]
        ran = [item for item in items if item.executed]
        mean = f"{sum(item.seconds for item in ran) / len(ran):.1f}" if ran else "–"
        counts = (sum(item.state == state for item in items) for state in shown)
        table.add_row(notebook, *(str(count) for count in counts), mean)
    console.print(table)
    for reason, number in summary.cold.items():
        console.print(f"{number} of {summary.executed} kernels started cold: {reason}", soft_wrap=True)
    differing: dict[tuple[str, str], list[str]] = {}
    for item in summary.finished:
        for line in item.differs:
            differing.setdefault((item.notebook, line), []).append(item.area)
    for (notebook, line), areas in differing.items():
        named = ", ".join(areas[:NAMED]) + (f" and {len(areas) - NAMED} more" if len(areas) > NAMED else "")
        console.print(f"{notebook} differs from the official method ({named}): {line}", soft_wrap=True)
    if summary.not_run:
        console.print(f"not run after the failure: {summary.not_run}")
    for item in summary.failed:
        console.print(item.line, soft_wrap=True)
        console.print(f"  kept: {shown_path(item.kept, root)}", soft_wrap=True)


def compare_runs(
    first: BuildArgument,
    second: BuildArgument,
    every: Annotated[
        bool, typer.Option("--all", help="Show the first difference in every file, not only in one.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print all differences as JSON, for other programs.")] = False,
) -> None:
    """Compare two builds of an edition byte for byte.

    The same inputs give the same records and executed notebooks, with warm or cold kernels, here or on a cluster,
    with one worker or four. If two differ, the first difference is shown and the exit code is 8. Timings
    (timings.json) are not compared.

    \b
    Examples:
      policyreport compare-runs build/2025Q4 /tmp/other/build/2025Q4
      policyreport compare-runs build/2025Q3 build/2025Q4 --all
    """
    from policyreport.publishing.differences import compare_builds

    compared, differences = compare_builds(first, second)
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(item) for item in differences], indent=1, ensure_ascii=False))
    elif not differences:
        typer.echo(f"Equal: {compared} files, byte for byte.")
    else:
        for difference in differences if every else differences[:1]:
            typer.echo(": ".join(filter(None, (difference.file, difference.place))))
            for line in difference.lines:
                typer.echo(f"  {line}")
        rest = [difference.file for difference in differences[1:]]
        typer.echo(f"{len(differences)} of {compared} files differ.")
        if rest and not every:
            typer.echo(f"Also: {', '.join(rest[:5])}{' …' if len(rest) > 5 else ''}. --all shows them all.")
    if differences:
        raise typer.Exit(int(ExitCode.DIFFERENT))
