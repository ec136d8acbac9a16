"""What Python has since 3.12, as text: type parameters and aliases."""

from __future__ import annotations

from census.registry import V3, inactive_since

inactive_since((3, 12), "ast.TypeAlias", args=(0.7,))(
    """
    def alias_inside(x):
        type Number = float | int
        y: Number = x * x
        return y * x
    """
)

inactive_since((3, 12), "ast.TypeVar", "ast.ParamSpec", "ast.TypeVarTuple", args=(V3,))(
    """
    def generic[T: float, **P, *Ts](x: T) -> T:
        def first[U](values: list[U]) -> U:
            return values[0]

        return first(x) * x[1]
    """
)
