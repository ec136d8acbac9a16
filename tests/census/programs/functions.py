"""Functions: their parameters, closures, decorators, recursion, and functions as values."""

from __future__ import annotations

import functools
import math
import sys

import numpy as np

from census.registry import V3, V4, Verdict, differentiated, inactive, refused
from srcgrad import UnsupportedError


def weighted(*values, power=2.0, **weights):
    total = 0.0
    for v in values:
        total = total + v**power
    for name, weight in weights.items():
        print(name)
        total = total * weight
    return total


@differentiated("Functions: `*args` and `**kwargs`", args=(0.7,))
def star_parameters(x):
    return weighted(x, x * x, 1.0, scale=x, shift=2.0)


@differentiated("Functions: `*` and `**` in calls", args=([0.7, 1.2], {"power": 3.0, "scale": 0.5}))
def star_arguments(x, options):
    return weighted(*x, 1.0, **options) + weighted(*[v * v for v in x], **{"a": x[0]})


@differentiated("Functions: `*args` of the function that is differentiated", args=(0.7, 1.2, 0.3))
def star_parameters_of_its_own(x, *others, power=2):
    return x**power * sum(others) + others[0]


def line(x, /, slope, *, intercept=0.5):
    return slope * x + intercept


@differentiated("Functions: positional-only and keyword-only parameters", args=(0.7,))
def kinds_of_parameters(x):
    return line(x, x * x, intercept=x) * line(2.0, slope=x)


@differentiated("Functions: defaults that capture", args=(V3,))
def defaults_that_capture(x):
    functions = [lambda v, i=i: v * x[i] for i in range(3)]
    total = 0.0
    for f in functions:
        total = total + f(x[0])
    return total


def power(v, n):
    return 1.0 if n == 0 else v * power(v, n - 1)


@differentiated("Functions: recursion", args=(0.7,))
def recursion(x):
    return power(x, 5) + x


def even(v, n):
    return v if n == 0 else odd(v * 1.1, n - 1)


def odd(v, n):
    return v if n == 0 else even(v * v, n - 1)


@differentiated("Functions: mutual recursion", args=(0.7,))
def mutual_recursion(x):
    return even(x, 5)


@differentiated("Functions: recursion over nested lists", args=([0.7, [1.2, [-0.3, 0.5]], 2.0],))
def recursion_over_a_tree(tree):
    if isinstance(tree, float):
        return tree * tree
    return sum(recursion_over_a_tree(branch) * 1.1 for branch in tree)


@differentiated("Functions: recursion of a nested function", args=(0.7,))
def recursion_of_a_nested_function(x):
    def down(v, n):
        return v if n == 0 else down(v * x, n - 1)

    return down(1.0, 4)


def decayed(v, n):
    return v if n == 0 else decayed(v * 0.999 + 0.001 * v * v, n - 1)


@differentiated(
    "Functions: recursion to a depth of 500 (reverse mode)",
    args=(0.7,),
    forward=Verdict.REFUSED,
    second=Verdict.REFUSED,
)
def deep_recursion(x):
    assert sys.getrecursionlimit() >= 1000
    return decayed(x, 500)


def adaptive(f, a, b, depth=0):
    middle = 0.5 * (a + b)
    whole, left, right = f(middle) * (b - a), f(a) * (b - a), f(b) * (b - a)
    if depth > 3 or abs(left + right - 2.0 * whole) < 1e-4:
        return whole
    return adaptive(f, a, middle, depth + 1) + adaptive(f, middle, b, depth + 1)


@differentiated("Functions: recursion with a function as argument", args=(0.7,))
def adaptive_quadrature(x):
    return adaptive(lambda t: np.sin(x * t), 0.0, 1.0)


def multiplier(by):
    def multiply(v):
        return v * by

    return multiply


@differentiated("Functions: functions returned from functions", args=(0.7,))
def function_returned(x):
    double, by_x = multiplier(2.0), multiplier(x)
    return double(x) * by_x(3.0) + multiplier(x * x)(x)


def compose(*functions):
    def composed(v):
        for f in functions:
            v = f(v)
        return v

    return composed


@differentiated("Functions: composition", args=(0.7,))
def composition(x):
    return compose(np.sin, multiplier(x), lambda v: v * v)(x)


@differentiated("Functions: closures that capture active values", args=(0.7,))
def closure_over_active_values(x):
    scale = x * x

    def scaled(v):
        return scale * v + x

    scale = scale + 1.0
    return scaled(x) * scaled(2.0)


def counter_of(start):
    count = start

    def advance(by):
        nonlocal count
        count = count + by
        return count

    return advance


@differentiated("Functions: `nonlocal` in a returned function", args=(0.7,))
def nonlocal_of_a_returned_function(x):
    advance = counter_of(x)
    advance(x * x)
    return advance(1.0) * x


@differentiated("Functions: functions in lists and dicts", args=(0.7, "tanh"))
def functions_in_containers(x, name):
    table = {"tanh": np.tanh, "square": lambda v: v * v}
    y = table[name](x)
    for f in [math.sin, table["square"], multiplier(x)]:
        y = f(y)
    return y


ACTIVATIONS = {"relu": lambda v: np.maximum(v, 0.0), "tanh": np.tanh}


@differentiated("Functions: functions in a dict of the module", args=(V3,))
def functions_of_the_module(x):
    for name in ("tanh", "relu"):
        x = ACTIVATIONS[name](x) * 1.5
    return np.sum(x)


@refused(
    "Functions: functions in a dict of the module by a list of names",
    args=(V3, ["tanh", "relu"]),
    error=UnsupportedError,
    words="a function that is chosen at run time",
    fix="call each function in its own branch",
)
def functions_by_names(x, names):
    for name in names:
        x = ACTIVATIONS[name](x) * 1.5  # here: ACTIVATIONS
    return np.sum(x)


def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        print("calling", function.__name__)
        return function(*args, **kwargs)

    return wrapper


def repeated(times):
    def decorate(function):
        def wrapper(v):
            for _ in range(times):
                v = function(v)
            return v

        return wrapper

    return decorate


@logged
def cube(v):
    return v * v * v


@repeated(3)
@logged
def logistic(v):
    return 2.5 * v * (1.0 - v)


@differentiated("Functions: decorators on functions that are called", args=(0.7,))
def decorated_callees(x):
    return cube(x) * logistic(x)


@differentiated("Functions: decorators on nested functions", args=(0.7,))
def decorated_inside(x):
    @logged
    def square(v):
        return v * v * x

    return square(x)


def counted(function):
    @functools.wraps(function)
    def wrapper(v):
        print("calling", function.__name__)
        return function(v)

    return wrapper


@differentiated("Functions: a decorated function that is differentiated", args=(0.7,))
@counted
def decorated_itself(x):
    return x * x


@differentiated("Functions: several results, some unused", args=(V4,))
def several_results(x):
    def parts(v):
        return v * v, {"sum": np.sum(v), "label": "parts"}, None

    squares, info, _ = parts(x)
    return np.sum(squares) * info["sum"]


def even_numbers(n):
    for i in range(n):
        if i % 2 == 0:
            yield i


@inactive("Functions: a generator that is called on inactive values", args=(V4,))
def generator_of_indices(x):
    total = 0.0
    for i in even_numbers(len(x)):
        total = total + x[i] ** 2
    return total


def shape_of(v):
    return v.shape


@inactive("Functions: annotations and docstrings", args=(V3,))
def annotated(x: np.ndarray) -> float:
    """The length of a vector, times its first element."""

    def scaled(v: np.ndarray, by: float = 2.0) -> np.ndarray:
        """Scaled."""
        return v * by

    n: int = shape_of(x)[0]
    return np.sum(scaled(x) ** 2) * n


@differentiated("Functions: one that returns nothing on another path", args=(0.7,))
def optional_result(x):
    def maybe(v):
        if v > 0.0:
            return v * v

    y = maybe(x)
    return x if y is None else y * x


@differentiated("Functions: one that changes its arguments", args=(V3,))
def changes_arguments(x):
    def advance(state, log):
        state["v"] = state["v"] * 0.9
        state["t"] += 1
        log.append(np.sum(state["v"] ** 2))

    state, log = {"v": x, "t": 0}, []
    for _ in range(3):
        advance(state, log)
    return sum(log) * state["t"]


@differentiated("Functions: closures that see the last value of a loop", args=(0.7,))
def late_binding(x):
    functions = []
    for k in range(3):
        functions.append(lambda v: v * k * x)
    return functions[0](x) + functions[2](1.0)


@differentiated("Functions: ones that write into what they capture", args=(0.7,))
def captured_containers(x):
    seen, last = [], {}

    def keep(v):
        seen.append(v)
        last["square"] = v * v
        return v

    y = keep(x) * keep(x * x)
    return y * seen[0] + seen[1] * last["square"]


def multiples(v):
    for i in range(3):
        yield i * v


@differentiated("Functions: a generator that is called on active values", args=(0.7,))
def calls_a_generator(x):
    total = 0.0
    for v in multiples(x):
        total = total * 0.5 + v * v
    return sum(multiples(x)) * total


@differentiated("Functions: a nested generator over inactive values", args=(V4,))
def nested_generator(x):
    def powers_of_two(n):
        a = 1
        while a < n:
            yield a
            a *= 2

    return sum(x[k % 4] ** k for k in powers_of_two(5))
