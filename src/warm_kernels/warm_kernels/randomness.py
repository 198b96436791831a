"""Random generators made before a fork, seeded anew in every kernel as if they had been made there."""

import contextlib
import gc
import random
import secrets
import sys
import weakref
from collections.abc import Iterator
from typing import Any


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
