"""What Python has since 3.12, as text: type parameters and aliases, and new functions."""

from __future__ import annotations

from census.registry import V3, V4, Verdict, since
from srcgrad import NoRuleError, SrcgradError, UnsupportedError

since(
    *((3, 12), Verdict.REFUSED, "ast.TypeAlias"),
    args=(0.7,),
    error=UnsupportedError,
    words="TypeAlias",
)(
    """
    def alias_inside(x):
        type Number = float | int  # here: type
        y: Number = x * x
        return y * x
    """
)

since((3, 12), Verdict.INACTIVE, "ast.TypeVar", "ast.ParamSpec", "ast.TypeVarTuple", args=(V3,))(
    """
    def generic[T: float, **P, *Ts](x: T) -> T:
        def first[U](values: list[U]) -> U:
            return values[0]

        return first(x) * x[1]
    """
)

since(
    *((3, 12), Verdict.REFUSED, "itertools.batched"),
    args=(V4,),
    error=UnsupportedError,
    words="a loop over something whose kind is not known",
    fix="loop over a list or an array",
)(
    """
    import itertools

    def in_batches(x):
        return sum(a * b for a, b in itertools.batched(x, 2))  # here: (a * b
    """
)

since(
    *((3, 12), Verdict.REFUSED, "math.sumprod"),
    args=([0.7, 1.2],),
    error=SrcgradError,
    words="sumprod",
)(
    """
    import math

    def sum_of_products(x):
        return math.sumprod(x, x) * math.sumprod(x, [1.0, 2.0])  # here: math
    """
)

since(
    *((3, 13), Verdict.REFUSED, "math.fma"),
    args=(0.7,),
    error=NoRuleError,
    words="math.fma",
    fix="functions that have rules",
)(
    """
    import math

    def multiplied_and_added(x):
        return math.fma(x, 2.0 * x, x)  # here: math
    """
)
