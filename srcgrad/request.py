"""What a user asks the compiler for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Mode = Literal["gradient", "pullback", "tangent", "many pullbacks", "many tangents", "value"]


@dataclass(frozen=True)
class Request:
    """What to differentiate with respect to, how, and what to return beside the derivative.

    `wrt` are names of parameters or of outside data; `single` returns one gradient, not a tuple.
    `mode` says which derivative: the gradient of one number; the pullback, which takes the adjoint
    of the result as one more argument; or the tangent, which takes those of the arguments in `wrt`.
    `seeds` are the names of these further arguments, which follow the first `count` ones; in
    the modes of many each has one more axis in front, and so has the derivative.
    `paths` lead from each of `wrt` to a part of it, by attributes, indices and keys.
    """

    wrt: tuple[str, ...]
    single: bool = True
    with_value: bool = False
    has_aux: bool = False
    mode: Mode = "gradient"
    seeds: tuple[str, ...] = ()
    count: int = 0
    paths: tuple[tuple[Any, ...], ...] = ()

    def path(self, position: int) -> tuple[Any, ...]:
        """The way from what is in `wrt` at a position to the part of it that is meant."""
        return self.paths[position] if self.paths else ()
