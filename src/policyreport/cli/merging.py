"""The command `merge`: the results of shards into the cache, and the edition made from them."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from policyreport.cli.messages import EditionArgument, check_edition
from policyreport.cli.running import RunOptions, run_edition
from policyreport.errors import RunError, UsageError
from policyreport.project import given_project


def merge(
    context: typer.Context,
    edition: EditionArgument,
    bundles: Annotated[
        list[Path], typer.Argument(metavar="BUNDLE...", help="Bundles that `run --shard` left, or folders of them.")
    ],
    workers: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Notebooks at a time; by default one per processor.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a line of JSON for every event.")] = False,
) -> None:
    """Make an edition from the bundles of its shards.

    Each result is compared with what this project would make it of: a bundle of other data, code or versions is
    refused, and so is a damaged one. Then the notebooks run that read the others' records, and those that failed in
    their shard are tried again. Without one of the shards nothing runs; what the others brought is kept.

    \b
    Examples:
      policyreport merge 2025Q4 shard-1.zip shard-2.zip shard-3.zip
      policyreport merge 2025Q4 build/shards
    """
    start = time.monotonic()
    root = given_project(context.obj)
    check_edition(root, edition)
    paths = _bundle_files(bundles, edition)
    # Planning needs pandas.
    from policyreport.running import plan
    from policyreport.running.bundles import adopt, open_bundle, require_all
    from policyreport.running.cache.results import Cache
    from policyreport.running.shards import keep_seconds

    cache = Cache(root)
    refused: list[RunError] = []
    with ExitStack() as stack:
        opened = []
        for path in paths:
            try:
                opened.append(open_bundle(path, edition))
                stack.enter_context(opened[-1].archive)
            except RunError as error:
                refused.append(error)
        adopted = adopt(cache, root, plan.first_units(root, edition, None, root / "build" / edition), opened)
    refused += adopted.refused.values()
    if refused:
        raise refused[0]
    require_all(edition, opened, adopted.missing)
    for bundle in opened:
        keep_seconds(cache, edition, bundle.seconds)
    options = RunOptions(workers or os.cpu_count() or 1, "", False, 0, False, None, as_json)
    run_edition(root, edition, None, cache, options, start)


def _bundle_files(given: list[Path], edition: str) -> list[Path]:
    """The bundles named, and those below a folder; a `UsageError` for what does not exist."""
    paths: list[Path] = []
    for path in given:
        below = sorted(path.rglob("[!.]*.zip")) if path.is_dir() else [path]
        if not path.exists() or not below:
            got = "no bundle in it" if path.is_dir() else "no such file"
            todo = f"Make one with `policyreport run {edition} --shard 1/3`."
            raise UsageError(str(path), "a bundle, or a folder of bundles", got, todo)
        paths += [item for item in below if item not in paths]
    return paths
