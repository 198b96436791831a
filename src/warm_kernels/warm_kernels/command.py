"""``warm-kernels run -- COMMAND``: any program that starts Jupyter kernels, with warm ones."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from warm_kernels.forkserver import shared_server
from warm_kernels.notebooks import find_notebooks, imports_of

DESCRIPTION = """\
Run a program that starts Jupyter kernels, with warm ones: a server imports once what the
notebooks import, and each kernel is forked from it instead of started and filled anew.
Results stay the same; a kernel that cannot be forked starts as always. The last line counts
both, and says why."""
EXAMPLES = """\
examples:
  warm-kernels run -- jupyter nbconvert --to html --execute reports/*.ipynb
  warm-kernels run -- jupyter execute lesson.ipynb
  warm-kernels run -- pytest --nbmake notebooks/
  warm-kernels run --notebooks 'book/**/*.ipynb' -- jcache project execute
  warm-kernels run --import pandas,seaborn -- quarto render

What is imported ahead: the imports of the notebooks that the command names (or of those in the
folders it names), of --notebooks, and --import. The command must run in this Python's
environment; kernels of others start cold."""


def main(words: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code is the command's own."""
    parser = _parser()
    given = parser.parse_args(words)
    command = given.command[1:] if given.command[:1] == ["--"] else given.command
    if not command:
        parser.error("no command is given; see warm-kernels run --help")
    program = shutil.which(command[0])
    if program is None:
        parser.error(f"there is no program {command[0]}")
    named = [name for names in given.modules for name in names.split(",") if name]
    modules = [*imports_of([*given.notebooks, *named_notebooks(command[1:])]), *named]
    if not modules:
        sys.stderr.write("warm-kernels: nothing to import ahead; name notebooks (--notebooks) or modules (--import)\n")
    with shared_server(modules) as server:
        code = _run([program, *command[1:]], server.environment)
        sys.stderr.write(f"{server}\n")
    return code


def named_notebooks(words: Sequence[str]) -> list[Path]:
    """The notebooks among a command's words; where none is, those in the folders among them."""
    notebooks = find_notebooks(word for word in words if word.endswith(".ipynb"))
    return notebooks or find_notebooks(word for word in words if Path(word).is_dir())


def _parser() -> argparse.ArgumentParser:
    shown = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("warm-kernels", description=DESCRIPTION, epilog=EXAMPLES, formatter_class=shown)
    run = parser.add_subparsers(required=True, metavar="run").add_parser(
        "run", usage="warm-kernels run [options] -- COMMAND …", help="run a command with warm kernels",
        description=DESCRIPTION, epilog=EXAMPLES, formatter_class=shown,
    )  # fmt: skip
    notebooks_help = "notebooks (path, pattern or folder) whose imports are made ahead; may be given again"
    run.add_argument("--notebooks", action="append", default=[], metavar="PATTERN", help=notebooks_help)
    modules_help = "modules to import ahead, commas between; may be given again"
    run.add_argument("--import", action="append", default=[], metavar="MODULES", dest="modules", help=modules_help)
    run.add_argument("command", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command to its end; it gets the signals that this process gets."""
    with subprocess.Popen(command, env={**os.environ, **environment}) as process:
        # A terminal's Ctrl-C reaches it without us.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda number, frame: process.send_signal(number))
        code = process.wait()
    return code if code >= 0 else 128 - code
