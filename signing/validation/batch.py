"""Validating many signatures again, on every core: processes of their own, results in order."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from signing.validation.validate import validate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from signing.validation.trust import Revocation, Trust
    from signing.validation.validate import Validation

CHUNK = 64
"""How many signatures a process is given at a time."""
AHEAD = 4
"""How many such chunks for each process are under way, so that memory stays bounded."""


def _validate_chunk(
    pairs: list[tuple[bytes, bytes]], *, trust: Trust, revocation: Revocation, at: datetime
) -> list[Validation]:
    return [
        validate(data, content, trust=trust, revocation=revocation, at=at)
        for data, content in pairs
    ]


def _chunks(pairs: Iterable[tuple[bytes, bytes]], size: int) -> Iterator[list[tuple[bytes, bytes]]]:
    rest = iter(pairs)
    while chunk := list(islice(rest, size)):
        yield chunk


def validate_many(
    pairs: Iterable[tuple[bytes, bytes]],
    *,
    trust: Trust,
    revocation: Revocation,
    at: datetime,
    processes: int | None = None,
) -> Iterator[Validation]:
    """Validate (container, content) pairs as `validate` would; yield the answers in their order.

    The pairs are read as they are needed. `processes` is the number of cores when not given; with
    one, nothing is started. New processes are spawned, so that no open token or connection is
    shared; the caller's main module must be importable. Stopping early stops them.
    """
    validate_chunk = partial(_validate_chunk, trust=trust, revocation=revocation, at=at)
    count = processes or os.cpu_count() or 1
    if count == 1:
        for chunk in _chunks(pairs, CHUNK):
            yield from validate_chunk(chunk)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=context) as pool:
        waiting = _chunks(pairs, CHUNK)
        under_way = [pool.submit(validate_chunk, chunk) for chunk in islice(waiting, count * AHEAD)]
        try:
            while under_way:
                yield from under_way.pop(0).result()
                under_way += [pool.submit(validate_chunk, chunk) for chunk in islice(waiting, 1)]
        finally:
            for future in under_way:
                future.cancel()
