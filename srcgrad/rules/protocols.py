"""The methods with reserved names that operators and builtins ask an object for."""

from __future__ import annotations

import math
import operator

OPERATORS = {
    operator.add: "add",
    operator.sub: "sub",
    operator.mul: "mul",
    operator.truediv: "truediv",
    operator.floordiv: "floordiv",
    operator.mod: "mod",
    operator.pow: "pow",
    operator.matmul: "matmul",
    operator.and_: "and",
    operator.or_: "or",
    operator.xor: "xor",
    operator.lshift: "lshift",
    operator.rshift: "rshift",
    operator.neg: "neg",
    operator.pos: "pos",
    operator.invert: "invert",
    operator.eq: "eq",
    operator.ne: "ne",
    operator.lt: "lt",
    operator.le: "le",
    operator.gt: "gt",
    operator.ge: "ge",
    operator.contains: "contains",
}
BUILTINS = {
    abs: "__abs__",
    round: "__round__",
    float: "__float__",
    int: "__int__",
    complex: "__complex__",
    bool: "__bool__",
    divmod: "__divmod__",
    pow: "__pow__",
    reversed: "__reversed__",
    next: "__next__",
    hash: "__hash__",
    str: "__str__",
    repr: "__repr__",
    math.floor: "__floor__",
    math.ceil: "__ceil__",
    math.trunc: "__trunc__",
}
REFLECTED = {
    operator.eq: "eq",
    operator.ne: "ne",
    operator.lt: "gt",
    operator.gt: "lt",
    operator.le: "ge",
    operator.ge: "le",
}
