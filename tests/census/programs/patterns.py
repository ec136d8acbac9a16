"""Patterns of `match`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from census.registry import V3, differentiated


@dataclass
class Circle:
    radius: Any


@dataclass
class Box:
    width: Any
    height: Any


class Point(NamedTuple):
    x: Any
    y: Any


def area(shape):
    match shape:
        case Circle(radius=r):
            return 3.14 * r * r
        case Box(width, height):
            return width * height


@differentiated("ast.Match", "ast.match_case", "ast.MatchClass", args=(0.7,))
def classes(x):
    return area(Circle(x)) + area(Box(x, x * x))


@differentiated("ast.MatchClass", args=(Box(0.7, 1.2),))
def class_of_an_argument(shape):
    match shape:
        case Circle(radius):
            return radius
        case Box(width=w, height=h) if w > 0.0:
            return w * w * h
        case _:
            raise TypeError(shape)


@differentiated("ast.MatchValue", args=(0.7, "square"))
def values(x, mode):
    match mode:
        case "linear":
            return x
        case "square":
            return x * x
    return 0.0


@differentiated("ast.MatchSingleton", args=(0.7, None))
def singletons(x, flag):
    match flag:
        case True:
            return x
        case None:
            return x * x
    return 0.0


@differentiated("ast.MatchSequence", "ast.MatchStar", "ast.MatchAs", args=([0.7, 1.2, -0.3],))
def sequences(x):
    match x:
        case []:
            return 0.0
        case [only]:
            return only
        case [first, *rest] as whole:
            return first * sum(rest) + whole[1] ** 2
        case _:
            raise TypeError(x)


@differentiated("ast.MatchMapping", args=({"kind": 0.0, "a": 0.7, "b": 1.2},))
def mappings(x):
    match x:
        case {"c": c}:
            return c
        case {"a": a, **rest}:
            return a * a * rest["b"]
    return 0.0


@differentiated("ast.MatchOr", args=(0.7, 2))
def alternatives(x, power):
    match power:
        case 0:
            return 1.0
        case 1 | 2:
            return x**power
        case _:
            return x


@differentiated("Statements: `match` on an active value", args=(0.7,))
def on_an_active_value(x):
    match x * x:
        case 0.0:
            return 0.0
        case float(y) if y < 1.0:
            return y * x
        case y:
            return y


@differentiated("Statements: `match` of tuples and named tuples", args=(0.7,))
def tuples(x):
    total = 0.0
    for item in (("scale", x), Point(x, 2.0 * x), ("shift", 1.0)):
        match item:
            case ("scale", by):
                total = total + by * by
            case Point(x=a, y=b):
                total = total + a * b
            case (_, by):
                total = total + by
    return total


@differentiated("Statements: `match` of a string in a loop", args=(V3,))
def strings(x):
    total = 0.0
    for v, op in zip(x, ["add", "mul", "skip"]):
        match op:
            case "add":
                total = total + v
            case "mul":
                total = total * v
            case _:
                continue
    return total
