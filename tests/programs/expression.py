"""Formulas as trees: a parser, a recursive evaluator, a stack machine and symbolic regression."""

from __future__ import annotations

import math
import operator
import re
from dataclasses import dataclass
from functools import singledispatch

import numpy as np


class Expr:
    def __add__(self, other):
        return Binary("+", self, wrap(other))

    def __radd__(self, other):
        return wrap(other) + self

    def __sub__(self, other):
        return Binary("-", self, wrap(other))

    def __mul__(self, other):
        return Binary("*", self, wrap(other))

    def __rmul__(self, other):
        return wrap(other) * self

    def __truediv__(self, other):
        return Binary("/", self, wrap(other))

    def __pow__(self, other):
        return Binary("^", self, wrap(other))


@dataclass(frozen=True)
class Number(Expr):
    value: float


@dataclass(frozen=True)
class Name(Expr):
    name: str


@dataclass(frozen=True)
class Binary(Expr):
    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Call(Expr):
    function: str
    argument: Expr


def wrap(x):
    return x if isinstance(x, Expr) else Number(x)


OPERATORS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
}
FUNCTIONS = {"sin": math.sin, "cos": math.cos, "exp": math.exp, "log": math.log, "sqrt": math.sqrt}
PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}


def tokenize(text):
    for token in re.findall(r"\d+\.?\d*|[a-z_]\w*|[-+*/^()]", text):
        yield token


def parse(text):
    """A formula as a tree, by precedence climbing."""
    tokens = [*tokenize(text), None]
    position = 0

    def advance():
        nonlocal position
        position += 1
        return tokens[position - 1]

    def atom():
        token = advance()
        if token == "(":
            inner = expression(1)
            advance()
            return inner
        if token in FUNCTIONS:
            return Call(token, atom())
        if token[0].isdigit():
            return Number(float(token))
        return Name(token)

    def expression(level):
        left = atom()
        while tokens[position] in PRECEDENCE and PRECEDENCE[tokens[position]] >= level:
            op = advance()
            left = Binary(op, left, expression(PRECEDENCE[op] + (op != "^")))
        return left

    return expression(1)


def evaluate(expr, env):
    match expr:
        case Number(value):
            return value
        case Name(name):
            return env[name]
        case Binary(op, left, right):
            return OPERATORS[op](evaluate(left, env), evaluate(right, env))
        case Call(function, argument):
            return FUNCTIONS[function](evaluate(argument, env))
    raise TypeError(f"not an expression: {expr!r}")


@singledispatch
def depth(expr):
    return 1


@depth.register
def _(expr: Binary):
    return 1 + max(depth(expr.left), depth(expr.right))


@depth.register
def _(expr: Call):
    return 1 + depth(expr.argument)


def compile_to_stack(expr):
    """Reverse Polish notation."""
    if isinstance(expr, Number):
        return [("push", expr.value)]
    if isinstance(expr, Name):
        return [("load", expr.name)]
    if isinstance(expr, Call):
        return [*compile_to_stack(expr.argument), ("call", expr.function)]
    return [*compile_to_stack(expr.left), *compile_to_stack(expr.right), ("op", expr.op)]


def run(program, env):
    stack = []
    for kind, arg in program:
        if kind == "push":
            stack.append(arg)
        elif kind == "load":
            stack.append(env[arg])
        elif kind == "call":
            stack.append(FUNCTIONS[arg](stack.pop()))
        else:
            b = stack.pop()
            a = stack.pop()
            stack.append(OPERATORS[arg](a, b))
    (result,) = stack
    return result


FORMULA = parse("a * exp(0 - b * x) * cos(c * x) + sqrt(x ^ 2 + 1) / (1 + b)")
PROGRAM = compile_to_stack(FORMULA)


def tree_value(x, a, b, c):
    return evaluate(FORMULA, {"x": x, "a": a, "b": b, "c": c})


def fit_loss(params, xs, ys):
    total = 0.0
    for x, y in zip(xs, ys, strict=True):
        total += (evaluate(FORMULA, {**params, "x": x}) - y) ** 2
    return total / len(xs) + 1e-3 * depth(FORMULA)


def machine_loss(params, xs, ys):
    residuals = [run(PROGRAM, dict(params, x=x)) - y for x, y in zip(xs, ys, strict=True)]
    return math.fsum(r * r for r in residuals)


def built_value(x, k):
    """A tree that is built from the arguments, with overloaded operators."""
    n = Number(x)
    tree = 2.0 * n**2 + Call("sin", n * k) / (n + 3.0)
    return evaluate(tree, {})


def symbolic_derivative(expr, name):
    match expr:
        case Number():
            return Number(0.0)
        case Name(n):
            return Number(1.0 if n == name else 0.0)
        case Binary("+" | "-" as op, a, b):
            return Binary(op, symbolic_derivative(a, name), symbolic_derivative(b, name))
        case Binary("*", a, b):
            return symbolic_derivative(a, name) * b + a * symbolic_derivative(b, name)
        case Call("sin", u):
            return Call("cos", u) * symbolic_derivative(u, name)
        case Call("exp", u):
            return expr * symbolic_derivative(u, name)
        case _:
            raise NotImplementedError(expr)


WAVE = parse("a * sin(b * x) + exp(a * x)")
SLOPE = symbolic_derivative(WAVE, "x")


def slope_loss(a, b, xs):
    return sum(evaluate(SLOPE, {"a": a, "b": b, "x": x}) ** 2 for x in xs)


def horner(coefficients, x):
    if not coefficients:
        return 0.0
    first, *rest = coefficients
    return first + x * horner(rest, x)


def polynomial_loss(coefficients, x, y):
    return np.mean([(horner(coefficients, xi) - yi) ** 2 for xi, yi in zip(x, y, strict=True)])


XS, YS = [0.1, 0.6, 1.2], [1.8, 1.1, 0.9]
PARAMS = {"a": 1.3, "b": 0.7, "c": 2.1}

ENTRIES = [
    (tree_value, lambda: (0.4, 1.3, 0.7, 2.1), (0, 1, 2, 3)),
    (fit_loss, lambda: (dict(PARAMS), list(XS), list(YS)), (0, 1, 2)),
    (machine_loss, lambda: (dict(PARAMS), list(XS), list(YS)), (0, 1, 2)),
    (built_value, lambda: (0.8, 1.7), (0, 1)),
    (slope_loss, lambda: (0.6, 1.1, list(XS)), (0, 1, 2)),
    (polynomial_loss, lambda: ([0.5, -1.0, 0.3], np.array(XS), np.array(YS)), (0, 1)),
]

if __name__ == "__main__":
    print(fit_loss(PARAMS, XS, YS), machine_loss(PARAMS, XS, YS), slope_loss(0.6, 1.1, XS))
