"""Every error meant for the user, and the exit code of each kind.

An error says where, what was expected, what was found, and what to do. It never needs a traceback.
"""

import errno
import os
import re
import traceback
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from enum import IntEnum
from typing import TypeVar

# An environment variable: when set, errors meant for the user show their traceback too.
DEBUG = "POLICYREPORT_DEBUG"


class ExitCode(IntEnum):
    """Exit codes of the command line."""

    OK = 0
    USAGE = 2
    DATA = 3
    PARAMS = 4
    RUN_INCOMPLETE = 5
    RENDER = 6
    CONNECT = 7
    DIFFERENT = 8


class PolicyReportError(Exception):
    """Base of every error meant for the user.

    `where` is the place (file, row, key, province or option), `expected` what would have been right, `got` what was
    found instead, `todo` the next step for the user.
    """

    exit_code = ExitCode.USAGE

    def __init__(self, where: str, expected: str, got: str, todo: str) -> None:
        super().__init__(where, expected, got, todo)
        self.where, self.expected, self.got, self.todo = where, expected, got, todo

    def __str__(self) -> str:
        return f"{self.where}: expected {self.expected}; got {self.got}. {self.todo}"

    def _render_traceback_(self) -> list[str]:
        """Show the message alone in a notebook: IPython calls this before it formats its own traceback."""
        if os.environ.get(DEBUG):
            return "".join(traceback.format_exception(self)).splitlines()
        return [f"{type(self).__name__}: {self}"]


Refused = TypeVar("Refused", bound=PolicyReportError)


class UsageError(PolicyReportError):
    """A command was given something it cannot use."""


class DataError(PolicyReportError):
    """A raw file, a sidecar, a correction or the ledger breaks a rule."""

    exit_code = ExitCode.DATA


class NotPublishedError(DataError):
    """What a notebook asks of an area was not published there: its record says so, and it ends."""


class ParamsError(PolicyReportError):
    """A file in params/ breaks its schema."""

    exit_code = ExitCode.PARAMS


class RunError(PolicyReportError):
    """A notebook or an edition could not be run."""

    exit_code = ExitCode.RUN_INCOMPLETE


class RenderError(PolicyReportError):
    """The report could not be rendered."""

    exit_code = ExitCode.RENDER


class ConnectError(PolicyReportError):
    """A publisher could not be reached, or answered something that cannot be used."""

    exit_code = ExitCode.CONNECT


def strange_letters(text: str) -> str:
    """Name up to three letters that may look Latin and are not: '"А" is U+0410 (Cyrillic capital letter a). '."""
    names = {
        letter: unicodedata.name(letter, "unnamed")
        for letter in dict.fromkeys(text)
        if ord(letter) > 127 and not unicodedata.combining(letter) and unicodedata.category(letter)[0] in "LCM"
    }
    strange = [(letter, name) for letter, name in names.items() if not name.startswith("LATIN")]
    described = [f'"{letter}" is U+{ord(letter):04X} ({name.capitalize()})' for letter, name in strange[:3]]
    return f"{'; '.join(described)}. " if described else ""


# What a user can do about the commonest refusals of the operating system.
_ADVICE = {
    errno.ENOSPC: "Free space on this disk, then give the command again.",
    errno.EDQUOT: "Free space on this disk, then give the command again.",
    errno.EFBIG: "Free space on this disk, then give the command again.",
    errno.EROFS: "Work on a disk that can be written, or give --project PATH.",
    errno.EACCES: "Get the right to write there, then give the command again.",
    errno.EPERM: "Get the right to write there, then give the command again.",
    errno.ENOENT: "Restore it, then give the command again.",
    errno.EMFILE: "Allow more open files (`ulimit -n 256`), or give --workers 1.",
    errno.ENFILE: "Close other programs; the machine has no more open files to give.",
    errno.ENOMEM: "Close other programs, or give --workers 1.",
    errno.EAGAIN: "Close other programs, or give --workers 1.",
    errno.ENAMETOOLONG: "Move the project to a shorter path, or set TMPDIR to a shorter one.",
}


def system_error(kind: type[Refused], error: OSError, place: str) -> Refused:
    """Turn an error of the operating system into one of ours; `place` is used where the error names no file."""
    if error.args and isinstance(error.args[0], list):
        # shutil goes on copying and reports all failures at the end.
        first = re.search(r"\[Errno (\d+)\] ([^:]+)", str(error.args[0]))
        error = OSError(int(first[1]), first[2]) if first else OSError("some files could not be copied")
    if "AF_UNIX path too long" in str(error):
        error = OSError(errno.ENAMETOOLONG, "the path of a socket is too long", os.environ.get("TMPDIR"))
    path = error.filename if isinstance(error.filename, str) else place
    got = (error.strerror or " ".join(str(error).split()) or type(error).__name__).rstrip(".")
    todo = _ADVICE.get(error.errno or 0, "Look at the disk and the rights there, then give the command again.")
    return kind(path, "a file or folder that can be read and written", got, todo)


def did_you_mean(got: str, known: Iterable[str]) -> str:
    """Suggest the allowed values nearest to an unknown one, or list them where none is near."""
    words = sorted(known)
    near = get_close_matches(got, words, n=3, cutoff=0.6)
    strange = strange_letters(got)
    if near:
        return f"{strange}did you mean " + " or ".join(f'"{word}"' for word in near) + "?"
    listed = ", ".join(words[:12]) + (", …" if len(words) > 12 else "")
    return f"{strange}known: {listed}."


def require_one_of(
    kind: type[PolicyReportError], where: str, got: str, known: Iterable[str], expected: str, more: str = ""
) -> None:
    """Raise an error with the nearest known words for a word that is not known; `more` advises on what else to do."""
    words = list(known)
    if got not in words:
        raise kind(where, expected, f'"{got}"', f"{did_you_mean(got, words)} {more}".strip())
