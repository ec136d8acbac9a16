"""Operators: arithmetic, comparisons, logic and bits."""

from __future__ import annotations

import numpy as np

from census.registry import M23, V3, differentiated, inactive


@differentiated("ast.Add", "ast.Sub", "ast.Div", "ast.Pow", args=(0.7,))
def arithmetic(x):
    return (x + 1.0) / (x - 3.0) + x**3 + 2.0**x


@differentiated("ast.Mod", "ast.FloorDiv", args=(5.3,))
def floor_division_and_remainder(x):
    return (x * x) % 3.0 + x * (x // 2.0)


@differentiated("ast.MatMult", args=(M23,))
def matrix_product(x):
    return np.sum(x @ x.T)


@differentiated("ast.UnaryOp", "ast.USub", "ast.UAdd", args=(0.7,))
def signs(x):
    return -x * +x


@differentiated("ast.BoolOp", "ast.And", "ast.Or", args=(0.7,))
def and_or_choose_a_value(x):
    y = x and x * x
    z = 0.0 or y
    return y * z


@inactive("ast.Not", args=(0.7,))
def negated_test(x):
    return x * x if not x < 0.0 else x


@inactive(
    *("ast.Compare", "ast.Eq", "ast.NotEq", "ast.Lt", "ast.LtE", "ast.Gt", "ast.GtE"),
    args=(0.7,),
)
def comparisons(x):
    if x == 0.0 or x != x:
        return 0.0
    if 0.0 < x <= 1.0:
        return x * x
    return x if x >= 2.0 or x > 3.0 else -x


@inactive("ast.Is", "ast.IsNot", args=(0.7, None))
def identity(x, y):
    z = x if y is None else y
    return z * z if z is not None else 0.0


@inactive("ast.In", "ast.NotIn", args=({"a": 0.7, "b": 1.2},))
def membership(x):
    y = x["a"] if "a" in x else 0.0
    if "c" not in x and 3 in (1, 2, 3) and "b" in "abc":
        y = y * x["b"]
    return y


@inactive("Operators: membership of an active value", args=(0.7,))
def membership_of_an_active_value(x):
    return x * x if x not in [0.0, 1.0] else x


@inactive("ast.BitAnd", "ast.BitOr", "ast.BitXor", "ast.Invert", args=(V3,))
def masks(x):
    inside = (x > -1.0) & (x < 0.5) | ~(x < 0.7) ^ (x > 5.0)
    return np.sum(x[inside] ** 2)


@inactive("ast.LShift", "ast.RShift", args=(0.7,))
def shifts(x):
    return x ** (1 << 1) * (8 >> 2)


@inactive("Operators: arithmetic of strings, lists and bytes", args=(0.7,))
def arithmetic_of_texts(x):
    name = "a" + "b" * 2 + "%d" % 3
    data = b"ab" + b"c"
    return x * x * len(name) * len(data)
