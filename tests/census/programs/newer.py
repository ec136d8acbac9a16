"""What Python has since 3.12, as text: type parameters and aliases, and new functions."""

from __future__ import annotations

from census.registry import V3, V4, Verdict, since

since((3, 12), Verdict.INACTIVE, "ast.TypeAlias", args=(0.7,))(
    """
    def alias_inside(x):
        type Number = float | int
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

since((3, 12), Verdict.DIFFERENTIATED, "itertools.batched", args=(V4,))(
    """
    import itertools

    def in_batches(x):
        return sum(a * b for a, b in itertools.batched(x, 2))
    """
)

since((3, 12), Verdict.DIFFERENTIATED, "math.sumprod", args=([0.7, 1.2],))(
    """
    import math

    def sum_of_products(x):
        return math.sumprod(x, x) * math.sumprod(x, [1.0, 2.0])
    """
)

since((3, 13), Verdict.DIFFERENTIATED, "math.fma", args=(0.7,))(
    """
    import math

    def multiplied_and_added(x):
        return math.fma(x, 2.0 * x, x)
    """
)
