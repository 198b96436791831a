"""The commands `run`, `why` and `cache`: notebooks executed, explained, kept."""

from __future__ import annotations

import importlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policyreport.cli.editions import check_edition, resolve_areas, shown_path
from policyreport.cli.messages import open_console
from policyreport.errors import ExitCode, RunError, UsageError
from policyreport.project import given_project

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from policyreport.running.cache.results import Cache
    from policyreport.running.events import Event, RunSummary

EditionArgument = Annotated[
    str, typer.Argument(metavar="EDITION", help="Name of a file in params/editions/, such as 2025Q4.")
]
TIMINGS = "timings.json"
# Notebooks that people run and no edition does.
LESSONS = "teaching"
MEGA = 10**6


@dataclass(frozen=True)
class Where:
    """What runs the notebooks: so many processes here, or a cluster; with warm or cold kernels."""

    workers: int
    cold: bool
    cluster: str

    @property
    def elsewhere(self) -> bool:
        """Whether the kernels may be on other machines."""
        return bool(self.cluster) and not self.cluster.startswith("local:")


@dataclass(frozen=True)
class Failing:
    """How often a failed notebook is tried again, whether the run then begins no more, and when one has hung."""

    retries: int
    fast: bool
    timeout: float | None


def run(
    context: typer.Context,
    edition: EditionArgument,
    areas: Annotated[
        str | None, typer.Option(metavar="KEYS", help="Only these areas, by key or name, commas between.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Notebooks at a time; by default one per processor.")
    ] = None,
    cluster: Annotated[
        str, typer.Option(metavar="WHERE", help="Run on Dask: tcp://HOST:PORT of a scheduler, or local:N to start one.")
    ] = "",
    cold: Annotated[
        bool, typer.Option("--cold", help="Start Python anew for every notebook; slower, the results are the same.")
    ] = False,
    retry: Annotated[int, typer.Option(min=0, metavar="N", help="Try a failed notebook again, so often.")] = 0,
    fail_fast: Annotated[
        bool, typer.Option("--fail-fast/--keep-going", help="Begin nothing after a failure, or go on.")
    ] = False,
    timeout: Annotated[
        float | None, typer.Option(min=0.1, metavar="S", help="Stop a notebook after so many seconds; 600 without.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Run also what ran before and is unchanged.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line for every event.")] = False,
) -> None:
    """Run the notebooks of an edition: three for each area and the nation's on series, then its evaluation.

    What ran before and reads nothing that changed is not run again. A notebook that fails stops no other. It
    is kept with the error marked, its page says so, and the exit code is 5. Results go to build/EDITION/.

    \b
    Examples:
      policyreport run 2025Q4
      policyreport run 2025Q4 --areas n01,n40 --workers 4
      policyreport run 2025Q4 --retry 1 --json
      policyreport run 2025Q4 --cluster tcp://scheduler.example:8786
    """
    start = time.monotonic()
    root = given_project(context.obj)
    check_edition(root, edition)
    _check_cluster(cluster, workers)
    from policyreport.running.cache.results import Cache
    from policyreport.running.cache.unchanged import restore_unchanged

    cache = Cache(root)
    words = None if areas is None else [word.strip() for word in areas.split(",")]
    found = None if again else restore_unchanged(cache, root, edition, words)
    if found is not None:
        _say_unchanged(root / "build" / edition, found, time.monotonic() - start, as_json)
        return
    keys = None if areas is None else resolve_areas(root, edition, areas)
    where = Where(workers or os.cpu_count() or 1, cold, cluster)
    summary = _execute(
        root, edition, keys, where, None if again else cache, Failing(retry, fail_fast, timeout), as_json
    )
    _write_timings(root / "build" / edition, summary, time.monotonic() - start)
    if not as_json:
        _show_summary(summary, root)
    if summary.failed:
        raise typer.Exit(int(ExitCode.RUN_INCOMPLETE))


def why(
    context: typer.Context,
    edition: EditionArgument,
    area: Annotated[str, typer.Argument(metavar="[AREA]", help="Only this area, by key or name.")] = "",
) -> None:
    """Say which notebooks the next run would execute, each with what changed.

    \b
    Examples:
      policyreport why 2025Q4
      policyreport why 2025Q4 n40
    """
    root = given_project(context.obj)
    check_edition(root, edition)
    keys = resolve_areas(root, edition, area) if area else None
    # papermill comes with the units, pandas with their data.
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
    # What the evaluation reads is known once the others have run.
    for unit in plan.last_units(root, edition, store):
        lines = reasons_for(cache, edition, unit)
        if coming:
            lines.append(f"it reads the records of {', '.join(dict.fromkeys(coming))}")
        if lines:
            typer.echo(f"{unit.area}/{unit.notebook}: {'; '.join(lines)}")
            coming.append(unit.area)
    if not coming:
        typer.echo(f"Nothing: all notebooks of {area or 'the edition'} ran with what they read now.")


cache_app = typer.Typer(
    name="cache", rich_markup_mode=None, add_completion=False, context_settings={"help_option_names": ["-h", "--help"]}
)


@cache_app.callback()
def cache_words() -> None:
    """Look after build/cache, where results are kept by the hash of all that made them."""


@cache_app.command()
def prune(
    context: typer.Context,
    to: Annotated[
        int | None, typer.Option(metavar="MB", min=0, help="Megabytes that may stay; 500 without, as after a run.")
    ] = None,
) -> None:
    """Remove the results that were longest not used.

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
    where: Where,
    cache: Cache | None,
    failing: Failing,
    as_json: bool,
) -> RunSummary:
    """Run what the cache does not have."""
    # papermill, pandas and the models are needed from here on.
    from policyreport.running.kernels.batch import batch_server
    from policyreport.running.pool import prepare_workers
    from policyreport.running.resources import allow_open_files, without_semaphores

    allow_open_files(where.workers)
    alone = "" if where.cluster else without_semaphores()
    if alone:
        # Kernels then have this process's environment, to which libraries add when they are imported.
        importlib.import_module("policyreport.running.plan")

    # It imports while this process does, and reads the data.
    notebooks = [path for path in sorted((root / "notebooks").glob("*/*.ipynb")) if path.parent.name != LESSONS]
    # The workers of a cluster elsewhere start their own.
    ahead = ("policyreport.running.rehearsal", "rehearse", str(root), edition)
    with batch_server(notebooks, where.cold or where.elsewhere, ahead) as server:
        # A cluster prepares its own.
        if not where.cluster:
            prepare_workers()
        from policyreport.running import plan
        from policyreport.running.cache.unchanged import remember_run
        from policyreport.running.runs import run_stages

        stages = (
            lambda store: plan.first_units(root, edition, keys, store),
            lambda store: plan.last_units(root, edition, store),
        )
        with _events(where.workers, as_json) as tell:
            if server.reason:
                typer.echo(f"Kernels start cold: {server.reason}.", err=True)
            if alone:
                typer.echo(f"Notebooks are run by threads of one process: {alone}.", err=True)
            summary = run_stages(
                stages,
                root / "build" / edition,
                where.workers,
                tell,
                _executor(root, where, notebooks, server.address),
                server=server.address,
                cache=cache,
                retries=failing.retries,
                fail_fast=failing.fast,
                timeout=failing.timeout,
            )
    if cache is not None:
        made = {(item.area, item.notebook): item.cached for item in summary.finished if item.cached}
        planned = [(item.area, item.notebook) for item in summary.finished]
        if not summary.not_run:
            remember_run(cache, root, edition, plan.area_keys(root, edition), made, planned)
        cache.prune()
    return summary


def _executor(root: Path, where: Where, notebooks: list[Path], server: str) -> Callable[[], Executor] | None:
    """What opens the cluster when the first notebook has to run; None for processes of this machine."""
    if not where.cluster:
        return None
    from policyreport.running.cache.ingredients import locked_names
    from policyreport.running.cluster.environment import describe_environment
    from policyreport.running.cluster.executor import DaskExecutor
    from policyreport.running.cluster.worker import Order
    from policyreport.running.kernels.imports import imported_modules

    environment = tuple(describe_environment(locked_names(root)).items())
    modules = tuple(imported_modules(path.read_bytes() for path in notebooks))
    return lambda: DaskExecutor(where.cluster, Order(environment, modules, where.cold, server))


def _check_cluster(cluster: str, workers: int | None) -> None:
    """Refuse a --cluster that is neither an address nor a number of processes."""
    place = f"--cluster {cluster}"
    kind, _, rest = cluster.partition(":")
    if cluster and not ((kind == "local" and rest.isdecimal() and int(rest)) or "://" in cluster):
        todo = "Give the address that `dask scheduler` prints, or local:2."
        raise UsageError(place, "tcp://HOST:PORT or local:N", f'"{cluster}"', todo)
    if cluster and workers is not None:
        todo = "Leave --workers out; a cluster runs as many notebooks as its workers have threads."
        raise UsageError(f"{place} --workers {workers}", "one of them", "both", todo)


@contextmanager
def _events(workers: int, as_json: bool) -> Iterator[Callable[[Event], None]]:
    """Where events are told: a bar, lines, or JSON."""
    if as_json:
        from policyreport.running.progress import event_words

        yield lambda event: typer.echo(json.dumps(event_words(event), ensure_ascii=False))
        return
    from rich.console import Console

    from policyreport.running.progress import show_progress

    with show_progress(Console(), workers) as tell:
        yield tell


def _say_unchanged(store: Path, found: list[tuple[str, str]], seconds: float, as_json: bool) -> None:
    """One line for a run that executed nothing, or its events; its timings are its own too."""
    from policyreport.running.events import Finished, Planned, RunSummary
    from policyreport.running.store import notebook_path

    kept = [Finished(*key, None, notebook_path(store, *key), 0.0, executed=False) for key in found]
    # Nothing was made: a folder that cannot be written is no failure.
    with suppress(RunError):
        _write_timings(store, RunSummary(tuple(kept)), seconds)
    if not as_json:
        typer.echo(f"Nothing has changed: {len(found)} notebooks have their results, 0 executed.")
        return
    # rich comes with it.
    from policyreport.running.progress import event_words

    events: list[Event] = [Planned(tuple(found)), *kept]
    for event in events:
        typer.echo(json.dumps(event_words(event), ensure_ascii=False))


def _write_timings(store: Path, summary: RunSummary, seconds: float) -> None:
    """Keep where the time of a run went, per notebook; the next run writes its own."""
    from policyreport.running.store import unwritable, write_whole

    units = {
        f"{item.area}/{item.notebook}": {"state": item.state, "seconds": round(item.seconds, 3), **item.timing}
        | ({"cold": item.cold} if item.cold else {})
        for item in summary.finished
    }
    body = json.dumps({"seconds": round(seconds, 3), "notebooks": units}, indent=1, sort_keys=True)
    try:
        write_whole(store / TIMINGS, (body + "\n").encode())
    except OSError as error:
        raise unwritable(error, store) from None


def _show_summary(summary: RunSummary, root: Path) -> None:
    """A row per notebook, then each failure with its reason and where the notebook is."""
    from rich.table import Table

    from policyreport.running.progress import failure_line

    console = open_console()
    table = Table(box=None, pad_edge=False)
    table.add_column("notebook")
    found = {item.state for item in summary.finished}
    states = ["done", "failed", *(state for state in ("refused", "not-run") if state in found), "unchanged"]
    for name in (*states, "s each"):
        table.add_column(name, justify="right")
    for notebook in dict.fromkeys(item.notebook for item in summary.finished):
        items = [item for item in summary.finished if item.notebook == notebook]
        ran = [item for item in items if item.executed]
        mean = f"{sum(item.seconds for item in ran) / len(ran):.1f}" if ran else "–"
        counts = (sum(item.state == state for item in items) for state in states)
        table.add_row(notebook, *(str(count) for count in counts), mean)
    console.print(table)
    for reason, number in summary.cold.items():
        console.print(f"{number} of {summary.executed} kernels started cold: {reason}", soft_wrap=True)
    if summary.not_run:
        console.print(f"not run after the failure: {summary.not_run}")
    for item in summary.failed:
        console.print(failure_line(item), soft_wrap=True)
        console.print(f"  kept: {shown_path(item.kept, root)}", soft_wrap=True)
