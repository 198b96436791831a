"""What a kernel sets anew after the fork: random generators, and how many threads numerical libraries use.

A library that has started threads cannot be forked, so the server keeps all of them at one. A kernel then sets for
each library the number that its own environment names, as the library would have done when it was loaded.
"""

import contextlib
import ctypes
import gc
import os
import random
import secrets
import sys
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from warm_kernels.process_state import processors
from warm_kernels.watching import loaded_libraries

# By a part of the library's file name: functions that set the number (it has one of them), and the variables that it
# reads, of which the first that is set counts.
LIBRARIES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "openblas": (
        tuple(
            f"{before}openblas_set_num_threads{after}"
            for before in ("scipy_", "")
            for after in ("64_", "", "64", "_64")
        ),
        ("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS"),
    ),
    "mkl_rt": (("MKL_Set_Num_Threads",), ("MKL_NUM_THREADS", "OMP_NUM_THREADS")),
    "blis": (("bli_thread_set_num_threads",), ("BLIS_NUM_THREADS", "OMP_NUM_THREADS")),
    "libgomp": (("omp_set_num_threads",), ("OMP_NUM_THREADS",)),
    "libomp": (("omp_set_num_threads",), ("OMP_NUM_THREADS",)),
    "libiomp": (("omp_set_num_threads",), ("OMP_NUM_THREADS",)),
}
NUMEXPR = "NUMEXPR_NUM_THREADS"
# Variables that a kernel can still apply after the libraries were loaded.
VARIABLES = frozenset({NUMEXPR, *(name for _, names in LIBRARIES.values() for name in names)})
# Arrow's second allocator returns memory from a thread, and has a switch for it;
# github.com/apache/arrow/issues/17285.
SINGLE_THREADED = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "BLIS_NUM_THREADS": "1",
    NUMEXPR: "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}


class Generators:
    """Generators that modules made while they were imported and left to the system to seed."""

    def __init__(self) -> None:
        self._pythons: weakref.WeakKeyDictionary[random.Random, bool] = weakref.WeakKeyDictionary()
        self._entropy: set[int] = set()
        self._numpys: list[Any] = []

    @contextlib.contextmanager
    def watch(self) -> Iterator[None]:
        """Note in the block which generators get no seed."""
        plain_seed, plain_bits = random.Random.seed, secrets.randbits

        def seed(generator: random.Random, a: Any = None, version: int = 2) -> None:
            self._pythons[generator] = a is None
            plain_seed(generator, a, version)

        def randbits(k: int) -> int:
            bits = plain_bits(k)
            self._entropy.add(bits)
            return bits

        random.Random.seed = seed  # type: ignore[method-assign,assignment]
        secrets.randbits = randbits
        try:
            yield
        finally:
            random.Random.seed = plain_seed  # type: ignore[method-assign]
            secrets.randbits = plain_bits
            # numpy keeps the function by which it draws its entropy.
            if numpys := sys.modules.get("numpy.random.bit_generator"):
                vars(numpys)["randbits"] = plain_bits
        self._numpys = self._find_numpys()

    def seed_anew(self) -> None:
        """Seed them, and the global ones, from the system."""
        random.seed()
        for generator, unseeded in self._pythons.items():
            if unseeded and not isinstance(generator, random.SystemRandom):
                generator.seed()
        if numpy := sys.modules.get("numpy.random"):
            numpy.seed()
        for bits in self._numpys:
            bits.state = type(bits)().state

    def _find_numpys(self) -> list[Any]:
        """numpy's bit generators seeded from the system; numpy keeps no list of them."""
        numpy = sys.modules.get("numpy.random")
        if numpy is None:
            return []
        kinds = (numpy.Generator, numpy.RandomState)
        numpys = [thing._bit_generator for thing in gc.get_objects() if type(thing) in kinds]
        return [bits for bits in numpys if getattr(bits.seed_seq, "entropy", None) in self._entropy]


def set_thread_counts(environment: Mapping[str, str] = os.environ) -> None:
    """Give each loaded library the number of threads that the environment names, else one per processor."""
    if all(_count(environment, variables) == 1 for _, variables in LIBRARIES.values()):
        return
    for path in loaded_libraries():
        name = Path(path).name
        for part, (setters, variables) in LIBRARIES.items():
            if part in name:
                count = _count(environment, variables)
                # OpenBLAS takes no more than there are processors.
                _set(path, setters, min(count, _processors()) if part == "openblas" else count)
    # numexpr counts in Python.
    if numexpr := sys.modules.get("numexpr.utils"):
        with contextlib.suppress(Exception):
            numexpr._init_num_threads()


def _set(path: str, setters: tuple[str, ...], count: int) -> None:
    with contextlib.suppress(OSError):
        library = ctypes.CDLL(path)
        setter = next((getattr(library, name) for name in setters if hasattr(library, name)), None)
        if setter is not None:
            setter.restype = None
            setter(ctypes.c_int(count))


def _count(environment: Mapping[str, str], variables: tuple[str, ...]) -> int:
    """The first positive number, as the libraries read it; else one thread per processor."""
    for name in variables:
        # OpenMP takes a list; the first number is for the outermost level.
        first = environment.get(name, "").partition(",")[0].strip()
        if first.isdecimal() and int(first) > 0:
            return int(first)
    return _processors()


def _processors() -> int:
    return len(processors()) or os.cpu_count() or 1
