"""Small plots of numbers in characters: bars on one line, curves in braille, maps of shades."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

BARS = "▁▂▃▄▅▆▇█"
SHADES = "·░▒▓█"
BAD = "!"
WIDEST_STEP = 8
DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bits of a braille character's dots, by row and column."""


class Cell(NamedTuple):
    """A character of a map: how far from zero its number is, and on which side (0: not finite)."""

    character: str
    sign: int


def bars(numbers: Any, width: int) -> str:
    """Numbers as one line of bars, at most `width` of them, from the lowest to the highest.

    Where there are more numbers than bars, a bar shows the one furthest from zero. NaN and Inf
    are shown as `!`.

    >>> bars([0.0, 1.0, 2.0, float("nan")], 4)
    '▁▅█!'
    """
    shown = extremes(np.ravel(numbers), width)
    levels = _levels(shown, len(BARS))
    return "".join(BAD if level < 0 else BARS[level] for level in levels)


def curve(numbers: Any, width: int, height: int) -> list[str]:
    """Numbers as a curve of dots, of at most `width` by `height` characters of braille.

    Few numbers are drawn as steps. Where there is a NaN or an Inf, a `!` stands below.
    """
    shown = extremes(np.ravel(numbers), 2 * width)
    shown = np.repeat(shown, dots_of_each(len(shown), width))
    levels = _levels(shown, 4 * height)
    cells = np.zeros((height, (len(shown) + 1) // 2), dtype=int)
    previous = -1
    for x, level in enumerate(levels):
        for y in _between(previous, level):
            row, dot = divmod(4 * height - 1 - y, 4)
            cells[row, x // 2] |= DOTS[dot][x % 2]
        previous = level
    lines = ["".join(chr(0x2800 + c) for c in row) for row in cells]
    return [*lines[:-1], _with_marks(lines[-1], levels)]


def dots_of_each(count: int, width: int) -> int:
    """How many dots beside each other a number has in a curve of so many of them."""
    return max(1, min(2 * width // max(count, 1), WIDEST_STEP))


def _with_marks(line: str, levels: Sequence[int]) -> str:
    """The lowest line of a curve, with a mark where a number is not finite."""
    return "".join(BAD if -1 in levels[2 * i : 2 * i + 2] else c for i, c in enumerate(line))


def strip(array: Any, width: int) -> list[Cell]:
    """A matrix as one line of shades: of each row, or of each column if there are more of them."""
    rows = _as_rows(array)
    across = 0 if rows.shape[1] > rows.shape[0] else 1
    return heat(_extreme(np.moveaxis(rows, across, -1)), width, 1)[0]


def heat(array: Any, width: int, height: int) -> list[list[Cell]]:
    """A matrix as at most `height` lines of at most `width` shades, by distance from zero.

    Where there are more elements than characters, each shows the element furthest from zero.
    Arrays of more dimensions are stacked along their rows, vectors are one row.
    """
    shown = extremes(extremes(_as_rows(array), width).T, height).T
    finite = np.abs(shown[np.isfinite(shown)])
    top = float(finite.max()) if finite.size else 0.0
    return [[_shade(float(x), top) for x in row] for row in shown]


def _as_rows(array: Any) -> Any:
    return array.reshape(-1, array.shape[-1]) if array.ndim else array.reshape(1, 1)


def extremes(numbers: Any, width: int) -> Any:
    """At most `width` numbers along the last axis: of each part the one furthest from zero.

    What is not finite is further than any number.
    """
    size = numbers.shape[-1]
    if size <= width:
        return numbers
    edges = np.linspace(0, size, width + 1).astype(int)
    return np.stack([_extreme(numbers[..., a:b]) for a, b in pairwise(edges)], -1)


def _extreme(part: Any) -> Any:
    distance = np.where(np.isfinite(part), np.abs(part), np.inf)
    at = np.expand_dims(np.argmax(distance, axis=-1), -1)
    return np.take_along_axis(part, at, -1)[..., 0]


def _levels(numbers: Any, count: int) -> list[int]:
    """For each number one of `count` levels between the lowest and the highest; -1 for none."""
    finite = np.isfinite(numbers)
    if not finite.any():
        return [-1] * len(numbers)
    low, high = float(numbers[finite].min()), float(numbers[finite].max())
    if low == high:
        return [count // 2 if f else -1 for f in finite]
    # halves, so that the range of the largest floats does not overflow
    share = (np.where(finite, numbers, low) / 2 - low / 2) / (high / 2 - low / 2)
    levels = np.rint(share * (count - 1)).astype(int)
    return [int(v) if f else -1 for v, f in zip(levels, finite, strict=True)]


def _between(previous: int, level: int) -> Iterator[int]:
    """The heights of a curve's dots from the one before to this one."""
    if level < 0:
        return
    start = (
        level if previous < 0 or previous == level else previous + (1 if level > previous else -1)
    )
    yield from range(min(start, level), max(start, level) + 1)


def _shade(number: float, top: float) -> Cell:
    if not np.isfinite(number):
        return Cell(BAD, 0)
    share = abs(number) / top if top else 0.0
    character = " " if number == 0 else SHADES[min(int(share * len(SHADES)), len(SHADES) - 1)]
    return Cell(character, 1 if number >= 0 else -1)


def numbers_of(value: Any, sample: Sequence[float]) -> Any:
    """The numbers to plot of a value as an array of floats: of itself if kept, or of its sample.

    Complex numbers are shown by their distance from zero; None where there is nothing to plot.
    """
    array = _as_array(value) if value is not None else None
    if array is None:
        array = np.asarray(sample)
    if not array.size:
        return None
    return np.abs(array) if np.iscomplexobj(array) else array.astype(float)


def _as_array(value: Any) -> Any:
    """A value as an array of numbers; None for what is none."""
    if not isinstance(value, np.ndarray | np.generic | float | int | complex):
        return None
    array = np.asarray(value)
    return array if array.dtype.kind in "biufc" else None
