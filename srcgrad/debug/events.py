"""What a trace is made of: the statements of a gradient, and the values they assigned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from srcgrad.backend.linemap import Role


@dataclass(frozen=True, slots=True)
class Summary:
    """What is kept of a value: of an array its statistics, whatever its size.

    `shape` is () for numbers; `dtype` the name of the type, as "float64", "float" or "list".
    `low`, `high` and `norm` (the Euclidean one) are of the finite elements; `zeros`, `nans` and
    `infs` are shares of all elements, from 0 to 1. `first_bad` is the index of the first NaN or
    Inf, None if all are finite. `sample` are the first elements in C order, as Python numbers.
    For what is no number (containers, strings) the statistics are over all numbers inside.
    """

    shape: tuple[int, ...]
    dtype: str
    low: float
    high: float
    norm: float
    zeros: float
    nans: float
    infs: float
    first_bad: tuple[int, ...] | None
    sample: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of the gradient's source, and the user's line that it belongs to.

    `number` is its line in the gradient's source. `file`, `line` and `text` are of the user's
    statement; of a statement that belongs to none (a tape is made, say) `line` is 0 and `file`
    and `text` are empty.
    """

    number: int
    reverse: bool
    restores: bool
    file: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Event:
    """One assignment that ran.

    `index` counts the events of the run, kept or not. `name` is what the source assigned, and
    `variable` the user's variable whose value, adjoint or tangent (`role`) it holds, empty for
    helpers. `iteration` holds the numbers of the passes of the loops around it, the outermost
    first, counted as the forward sweep does: the reverse of pass 17 has the number 17 too.
    `value` is the value itself where it is small enough to be kept, None otherwise.
    """

    index: int
    statement: Statement
    name: str
    variable: str
    role: Role
    iteration: tuple[int, ...]
    summary: Summary
    value: Any = None
