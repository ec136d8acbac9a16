"""What a user asks the compiler for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    """What to differentiate with respect to, and what to return beside the gradient.

    `wrt` are names of parameters or of outside data; `single` returns one gradient, not a tuple.
    """

    wrt: tuple[str, ...]
    single: bool = True
    with_value: bool = False
    has_aux: bool = False
