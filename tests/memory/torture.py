"""Random programs that change arrays in place: right, or refused.

`python -m tests.memory.torture --seed S --count N` looks at so many, prints those that fail, with
as few statements as still fail, and says how many were refused and why.
"""

from __future__ import annotations

import argparse
import copy
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from types import SimpleNamespace
from typing import Any

import numpy as np

import srcgrad
from memory.check import forget, is_late_refusal, is_refusal, load
from memory.random_programs import program
from memory.random_state import Node, Program
from support import assert_close, assert_independent, assert_matches
from support.numeric import slope
from support.trees import assert_same

STEPS = (1e-3, 2.5e-4)
ARGNUMS = (0, 1, 2, 3)
LARGE = 1e4

FAILING = ("wrong", "late")
"""The verdicts that are no refusal as promised."""

Slopes = list[tuple[int, Any, float]]
"""Positions of arguments, directions, and the slopes along them."""


@dataclass(frozen=True)
class Verdict:
    """What became of a program: "right", "refused", "late" or "wrong", with the reason.

    "late" is an error of generated code that says what it cannot do: better than wrong numbers,
    but no SrcgradError, and not before the program runs.
    """

    kind: str
    why: str = ""
    source: str = ""


# programs -----------------------------------------------------------------------------------------


def generate(seed: int, number: int) -> tuple[Program, Slopes]:
    """The program with a number: the first of those tried that runs and has clear slopes."""
    for attempt in range(1000):
        made = program(Random(f"{seed} {number} {attempt}"))
        slopes = clear_slopes(made)
        if slopes is not None:
            return made, slopes
    raise AssertionError(f"no program for {seed} {number}")


def function_of(made: Program, *, nan: bool = False) -> Callable[..., Any]:
    """The main function of a program; with `nan`, what `np.empty` makes is not a number."""
    space = load(made.text, "memory torture")
    if nan:
        space["np"] = SimpleNamespace(**{**vars(np), "empty": lambda shape: np.full(shape, np.nan)})
    f: Callable[..., Any] = space["main"]
    return f


def clear_slopes(made: Program) -> Slopes | None:
    """Slopes by differences, if the program runs and they agree at two step sizes."""
    try:
        with warnings.catch_warnings(action="error"):
            f = function_of(made, nan=True)
            value = float(f(*copy.deepcopy(made.args)))
            if not abs(value) < LARGE:
                return None
            slopes = []
            for n, direction in directions(made.args):
                one, two = (slope_along(f, made.args, n, direction, step) for step in STEPS)
                if not abs(one - two) <= 1e-7 * (1.0 + abs(two)) or abs(two) > LARGE:
                    return None
                slopes.append((n, direction, two))
            return slopes
    except (ArithmeticError, ValueError, IndexError, NameError, TypeError, RuntimeWarning):
        return None
    except AttributeError:
        return None


def directions(args: tuple[Any, ...]) -> Iterator[tuple[int, Any]]:
    """Two random directions for each argument, and every element of the small ones."""
    rng = np.random.default_rng(0)
    for n, arg in enumerate(args):
        if not isinstance(arg, np.ndarray):
            yield n, 1.0
            continue
        for _ in range(2):
            direction = rng.standard_normal(arg.shape)
            yield n, direction / np.sqrt(np.sum(direction**2))
        for index in list(np.ndindex(arg.shape))[:6]:
            unit = np.zeros(arg.shape)
            unit[index] = 1.0
            yield n, unit


def slope_along(f: Any, args: tuple[Any, ...], n: int, direction: Any, step: float) -> float:
    def call(value: Any) -> Any:
        given = list(copy.deepcopy(args))
        given[n] = value
        return f(*given)

    return slope(call, args[n], "", direction, step)


# the check ----------------------------------------------------------------------------------------


def verdict(made: Program, slopes: Slopes) -> Verdict:
    """Whether the gradient of a program is right, or refused, or neither."""
    gradient: Any = None
    try:
        f = function_of(made)
        gradient = srcgrad.value_and_grad(f, ARGNUMS)
        check(f, gradient, made.args, slopes)
    except Exception as error:
        if is_refusal(error):
            return Verdict("refused", getattr(error, "what", str(error)))
        source = "\n".join(variant.source for variant in gradient.variants) if gradient else ""
        kind = "late" if is_late_refusal(error) else "wrong"
        return Verdict(kind, f"{type(error).__name__}: {error}", source)
    finally:
        forget("memory torture")
    return Verdict("right")


def check(f: Any, gradient: Any, args: tuple[Any, ...], slopes: Slopes) -> None:
    """Assert what is promised of a gradient."""
    before = copy.deepcopy(args)
    with warnings.catch_warnings(action="error"):
        value, bars = gradient(*args)
        again = gradient(*args)
    assert_same(before, args, "argument")
    assert_same((value, bars), again, "second call")
    assert_close(value, f(*copy.deepcopy(args)), 1e-9, 1e-12, "value")
    assert_matches(bars, args)
    assert_independent(bars, args)
    for n, direction, measured in slopes:
        predicted = float(np.sum(bars[n] * direction))
        where = f"argument {n}, along {np.asarray(direction).tolist()}"
        near = abs(predicted - measured) <= 2e-6 * (1.0 + abs(measured))
        assert near, f"{where}: {predicted}, not {measured}"


def report(made: Program, found: Verdict) -> str:
    """Everything needed to see a failure."""
    args = ",\n    ".join(f"np.{arg!r}" if np.ndim(arg) else repr(arg) for arg in made.args)
    return f"{made.text}\n\nARGS = (\n    {args},\n)\n\n{found.source}\n{found.why}"


# fewer statements ---------------------------------------------------------------------------------


def minimised(made: Program, found: Verdict) -> tuple[Program, Verdict]:
    """The program with as many statements dropped as leave it failing in the same way."""
    tried = True
    while tried:
        tried = False
        for smaller in smaller_programs(made):
            slopes = clear_slopes(smaller)
            if slopes is None:
                continue
            other = verdict(smaller, slopes)
            if other.kind in FAILING and other.why.split(":")[0] == found.why.split(":")[0]:
                made, found, tried = smaller, other, True
                break
    return made, found


def smaller_programs(made: Program) -> Iterator[Program]:
    """The program without one statement, or with the body of a block in its place."""
    size = sum(len(list(function.lines(0))) for function in made.functions)
    for k in range(size):
        for keep_body in (False, True):
            functions = copy.deepcopy(made.functions)
            if drop(functions, [k], keep_body):
                yield Program(functions, made.args)


KEPT = ("def main", "s = 0.0", "return s")


def drop(nodes: list[Node], left: list[int], keep_body: bool) -> bool:
    """Drop the statement with a number, counted from here; False if it cannot be dropped."""
    for n, node in enumerate(nodes):
        if left[0] == 0:
            left[0] = -1
            if node.head.startswith(KEPT) or (keep_body and not may_dissolve(node)):
                return False
            nodes[n : n + 1] = node.body if keep_body else []
            return True
        left[0] -= 1
        if drop(node.body, left, keep_body) or drop(node.other, left, keep_body):
            return True
        if left[0] < 0:
            return False
    return False


def may_dissolve(node: Node) -> bool:
    """Whether the body of a block can stand in its place."""
    return bool(node.body) and not node.head.startswith("def")


# the command line ---------------------------------------------------------------------------------


def main(args: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.memory.torture", description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--start", type=int, default=0, help="the number of the first program")
    parser.add_argument("--most", type=int, default=3, help="how many failing programs to print")
    parser.add_argument("--whole", action="store_true", help="print them as they were made")
    options = parser.parse_args(args)
    kinds: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for number in range(options.start, options.start + options.count):
        made, slopes = generate(options.seed, number)
        found = verdict(made, slopes)
        kinds[found.kind] += 1
        reasons[found.why] += found.kind == "refused"
        if found.kind in FAILING:
            if sum(kinds[kind] for kind in FAILING) <= options.most:
                shown = (made, found) if options.whole else minimised(made, found)
                print(f"--- program {number}\n\n{report(*shown)}\n")
            else:
                print(f"--- program {number}: {found.why.splitlines()[0]}")
    print(", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))
    for why, count in reasons.most_common():
        print(f"{count:5d}  {why}" if count else "", end="\n" if count else "")
    return 1 if any(kinds[kind] for kind in FAILING) else 0


if __name__ == "__main__":
    sys.exit(main())
