"""functools and contextlib."""

from __future__ import annotations

import contextlib
import functools
import operator
from functools import cache, lru_cache, partial, reduce

import numpy as np

from census.registry import M23, V3, differentiated, inactive, refused
from srcgrad import NoRuleError, UnsupportedError


@differentiated("functools.reduce", args=(V3,))
def reduced(x):
    product = reduce(operator.mul, x)
    horner = reduce(lambda total, v: total * 0.5 + v * v, x, 2.0)
    composed = reduce(lambda f, g: lambda v: g(f(v)), [np.sin, np.exp])
    return product * horner * composed(x[0])


def line(x, slope, intercept=0.0):
    return slope * x + intercept


steep = partial(line, slope=3.0)


@differentiated("functools.partial", args=(0.7,))
def partials(x):
    through = partial(line, x, intercept=x * x)
    functions = [partial(line, slope=k) for k in (1.0, 2.0)]
    return through(2.0) * steep(x) + sum(f(x) for f in functions) * through(slope=x)


@differentiated("functools.wraps", args=(0.7,))
def wrapped(x):
    def doubled(function):
        @functools.wraps(function)
        def inner(*args):
            return 2.0 * function(*args)

        return inner

    square = doubled(lambda v: v * v)
    return square(x) * doubled(line)(x, x)


@lru_cache(maxsize=None)
def binomials(n):
    return (
        [1.0] if n == 0 else [a + b for a, b in zip([*binomials(n - 1), 0], [0, *binomials(n - 1)])]
    )


@cache
def order(name):
    return {"linear": 1, "square": 2}[name]


@inactive("functools.lru_cache", "functools.cache", args=(0.7,))
def cached_on_inactive_arguments(x):
    return sum(c * x**k for k, c in enumerate(binomials(4))) * x ** order("square")


class Grid:
    def __init__(self, n, spacing):
        self.n = n
        self.spacing = spacing

    @functools.cached_property
    def nodes(self):
        return np.arange(self.n) * self.spacing


@differentiated("functools.cached_property", args=(0.7,))
def cached_properties(x):
    grid = Grid(4, x)
    return np.sum(grid.nodes**2) * grid.nodes[1]


@functools.singledispatch
def size_of(value):
    return value * value


@size_of.register
def _(value: list):
    return sum(size_of(v) for v in value)


@size_of.register(np.ndarray)
def _(value):
    return np.sum(value**3)


@refused(
    "functools.singledispatch",
    args=([0.7, 1.2],),
    error=NoRuleError,
    words="'size_of'",
    fix="make a new value",
)
def dispatched(x):
    return size_of(x) + size_of(x[0])  # here: size_of


@refused(
    "functools.cmp_to_key",
    args=(V3,),
    error=UnsupportedError,
    words="the nested function 'lambda' used as data",
    fix="call",
)
def compared(x):
    y = sorted(x, key=functools.cmp_to_key(lambda a, b: 1 if a < b else -1))  # here: functools
    return y[0] * y[1] ** 2


@differentiated("contextlib.suppress", "contextlib.nullcontext", args=(0.7,))
def contexts(x):
    y = x
    with contextlib.nullcontext(3.0) as scale, contextlib.suppress(KeyError):
        y = x * {}["missing"]
    return y * y * scale


@contextlib.contextmanager
def named(name):
    print(name)
    yield len(name)
    print("end of", name)


@contextlib.contextmanager
def scope(events, name):
    events.append(name)
    yield len(events)
    events.append("end of " + name)


@differentiated("contextlib.contextmanager", args=(0.7,))
def own_context(x):
    with named("square") as n:
        y = x * x * n
    return y


@refused(
    "Objects: context managers by `@contextmanager` that get a list",
    args=(0.7,),
    error=NoRuleError,
    words="'scope'",
    fix="make a new value",
)
def context_that_writes(x):
    events = []
    with scope(events, "square") as n:  # here: scope
        y = x * x * n
    return y * len(events)


@differentiated("contextlib.ExitStack", args=(0.7,))
def exit_stack(x):
    n = 1
    with contextlib.ExitStack() as stack:
        for name in ("a", "bc"):
            n += stack.enter_context(named(name))
        y = x * x * n
    return y


@refused(
    "Objects: `ExitStack.callback`",
    args=(0.7,),
    error=UnsupportedError,
    words="the method 'append' of a list or dict used as data",
)
def called_at_the_end(x):
    events = []
    with contextlib.ExitStack() as stack:
        stack.callback(events.append, "called")  # here: stack.callback
        y = x * x
    return y * len(events)


@inactive("contextlib.redirect_stdout", args=(0.7,))
def redirected(x):
    with contextlib.redirect_stdout(None):
        print(x)
    return x * x


@refused(
    "functools.partialmethod",
    args=(M23,),
    error=UnsupportedError,
    words="a function that is chosen at run time",
    fix="call",
)
def partial_methods(x):
    return np.sum(Scaler().doubled(x) ** 2)  # here: Scaler


def tripled(v):
    return 3.0 * v


named_tripled = functools.update_wrapper(partial(tripled), tripled)


@differentiated("functools.update_wrapper", args=(0.7,))
def updated_wrappers(x):
    return named_tripled(x) ** 2 * len(named_tripled.__name__)


class Measure:
    @functools.singledispatchmethod
    def of(self, value):
        return value * value

    @of.register
    def _(self, value: list):
        return sum(value)


@refused("functools.singledispatchmethod", args=([0.7, 1.2],), error=NoRuleError, words="")
def dispatched_methods(x):
    return Measure().of(x) * Measure().of(x[0])  # here: Measure


class Scaler:
    def scaled(self, v, by):
        return v * by

    doubled = functools.partialmethod(scaled, by=2.0)
