"""Second derivatives: a generated gradient is differentiated again, and compared with differences.

A sample becomes a program of its own, `y = op(...); return np.sum(w * np.sin(y))`, and so does a
random linear functional of its gradient.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import srcgrad
from rules.checks import STENCIL, STEP, Sample, copied, flat, is_real, leaves, with_values
from srcgrad.backend.load import load
from srcgrad.making import tangent_of

FORMS = ("np.sum({w} * np.sin({y}))", "np.sum({w} * {y})", "np.sum({y})")
TOLERANCE = 1e-7


class Program:
    """Source whose parameters are all arrays of a call, and the numbers that are differentiated."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.wrt: list[str] = []
        self.random = np.random.default_rng(0)

    def parameter(self, value: Any, active: bool) -> str:
        name = f"{'x' if active else 'w'}{len(self.values)}"
        self.values[name] = copied(value)
        self.wrt += [name] if active else []
        return name

    def written(self, value: Any, active: bool) -> str:
        """An argument: a parameter, or what is known when compiling."""
        if isinstance(value, np.ndarray | np.generic) or (isinstance(value, float) and active):
            return self.parameter(value, active and is_real(value))
        if isinstance(value, list):
            return f"[{', '.join(self.written(v, active) for v in value)}]"
        if isinstance(value, tuple):
            return f"({''.join(f'{self.written(v, active)}, ' for v in value)})"
        if isinstance(value, type):
            return f"np.dtype('{np.dtype(value)}').type" if value is not float else "float"
        infinite = isinstance(value, float) and np.isinf(value)
        return repr(value).replace("inf", "np.inf") if infinite else repr(value)

    def call(self, sample: Sample) -> str:
        """The sample's call; operands that it holds are known when compiling if they can be."""
        names = sample.primitive.parameters
        held = {i if sample.primitive.variadic else names[i] for i in sample.held}
        places = range(len(sample.args)) if sample.primitive.variadic else names
        given = zip(places, sample.args, strict=False)
        parts = [self.written(v, p not in held) for p, v in given]
        parts += [f"{k}={self.written(v, k not in held)}" for k, v in sample.keywords.items()]
        return f"op({', '.join(parts)})"

    def total(self, form: str, parts: list[tuple[str, Any]]) -> str:
        """One number of several, each in the same form."""
        terms = []
        for path, value in parts:
            weight = ""
            if "{w}" in form:
                weight = self.parameter(self.random.standard_normal(np.shape(value)), False)
            terms.append(form.format(w=weight, y=path))
        return " + ".join(terms)

    def function(self, *lines: str, **names: Any) -> Callable[..., Any]:
        body = "".join(f"    {line}\n" for line in lines)
        text = f"def f({', '.join(self.values)}):\n{body}"
        function: Callable[..., Any] = load(text, "f", {"np": np, **names}, "test")
        return function

    def gradient(self, function: Any) -> Any:
        """The generated gradient of a function of the parameters."""
        return srcgrad.grad(function, wrt=tuple(self.wrt)).compile_for(**self.values).function


def check_second_order(sample: Sample, form: str) -> None:
    """The gradient, and the gradient of a linear functional of it, along random lines."""
    program = Program()
    call = program.call(sample)
    parts = list(results(sample.call([copied(o) for o in sample.operands()])))
    total = program.total(form, parts)
    function = program.function(f"y = {call}", f"return {total}", op=sample.op)
    gradient = program.gradient(function)
    assert_slopes(program, function, gradient)
    own = ", ".join(program.values)
    shares = [(f"g[{i}]", program.values[name]) for i, name in enumerate(program.wrt)]
    total = program.total("np.sum({w} * {y})", shares)
    line = program.function(f"g = gradient({own})", f"return {total}", gradient=gradient)
    assert_slopes(program, line, program.gradient(line))


def check_tangents(sample: Sample) -> None:
    """The tangents of a function of the result, and of its gradient, along a random line."""
    program = Program()
    call = program.call(sample)
    parts = list(results(sample.call([copied(o) for o in sample.operands()])))
    total = program.total(FORMS[0], parts)
    function = program.function(f"y = {call}", f"return {total}", op=sample.op)
    assert_tangent(program, function)
    gradient = program.gradient(function)
    own = ", ".join(program.values)
    shares = [(f"g[{i}]", program.values[name]) for i, name in enumerate(program.wrt)]
    total = program.total("np.sum({w} * {y})", shares)
    assert_tangent(
        program, program.function(f"g = gradient({own})", f"return {total}", gradient=gradient)
    )


def assert_tangent(program: Program, function: Any) -> None:
    """Forward mode is right along a random line."""
    names = list(program.values)
    positions = tuple(names.index(name) for name in program.wrt)
    at = [program.values[name] for name in program.wrt]
    along = program.random.uniform(-0.5, 0.5, flat(at).shape)
    seeds = with_values([np.zeros_like(a) if isinstance(a, np.ndarray) else 0.0 for a in at], along)
    last = max(positions) + 1
    given = [copied(v) for v in program.values.values()]
    found = tangent_of(function, positions)(*given[:last], *seeds, *given[last:])[1]
    np.testing.assert_allclose(found, slope(program, function, at, along), TOLERANCE, TOLERANCE)


def results(value: Any, path: str = "y") -> Iterator[tuple[str, Any]]:
    """The parts of a result that have floats, each as it is written."""
    if isinstance(value, tuple) or (isinstance(value, list) and value and np.ndim(value[0])):
        for i, part in enumerate(value):
            yield from results(part, f"{path}[{i}]")
    elif is_real(value):
        yield (f"np.array({path})", np.array(value)) if isinstance(value, list) else (path, value)


def assert_slopes(program: Program, function: Any, gradient: Any) -> None:
    """A gradient is right along two random lines, and changes no argument."""
    before = copied(list(program.values.values()))
    found = gradient(*program.values.values())
    for old, new in zip(before, program.values.values(), strict=True):
        np.testing.assert_array_equal(old, new)
    at = [program.values[name] for name in program.wrt]
    for share, value in zip(found, at, strict=True):
        assert np.shape(share) == np.shape(value)
    for _ in range(2):
        along = program.random.uniform(-0.5, 0.5, flat(at).shape)
        expected = slope(program, function, at, along)
        np.testing.assert_allclose(flat(list(found)) @ along, expected, TOLERANCE, TOLERANCE)


def slope(program: Program, function: Any, at: list[Any], along: Any) -> Any:
    """A sixth-order central difference along a line."""

    def value(t: float) -> Any:
        moved = with_values(at, flat(at) + t * along)
        return function(**program.values | dict(zip(program.wrt, moved, strict=True)))

    return sum(w * (value(k * STEP) - value(-k * STEP)) for k, w in STENCIL) / (60 * STEP)


# samples -----------------------------------------------------------------------------------------


def chosen(samples: list[Sample]) -> list[tuple[Sample, str]]:
    """One sample for each pattern of arguments, in every form; elementwise ones in the first."""
    patterns = {pattern(s): s for s in reversed(samples) if is_smooth(s)}
    pairs = []
    for sample in reversed(patterns.values()):
        forms = FORMS[:1] if sample.primitive.partials is not None else FORMS
        pairs += [(sample, form) for form in forms]
    return pairs


def is_smooth(sample: Sample) -> bool:
    """Whether a sample has a derivative in double precision."""
    if not (sample.primitive.has_derivative or sample.op is operator.getitem):
        return False
    operands = sample.operands()
    y = sample.call([copied(o) for o in operands])
    singles = [v for v in leaves([operands, y]) if getattr(v, "dtype", None) == np.float32]
    active = [o for i, o in enumerate(operands) if i not in sample.held and is_real(o)]
    return bool(is_real(y) and active and not singles)


def pattern(sample: Sample) -> tuple[Any, ...]:
    """What tells one call of a primitive from others: all but which numbers are in arrays."""
    return (
        id(sample.primitive.op),
        sample.held,
        _pattern([*sample.args, sorted(sample.keywords.items())]),
    )


def _pattern(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return (type(value), *map(_pattern, value))
    if isinstance(value, np.ndarray):
        return value.dtype, value.shape, bool(np.all(value))
    return type(value), str(value)
