"""Functions that take functions, and iterators: lazy, walked once, one after another."""

# Programs as users write them, and worse: the odd constructs are what is tested.
# ruff: noqa: B905

from __future__ import annotations

import functools
import itertools
import math
import operator

import numpy as np
import pytest

from support.every_way import Program, Programs, check_once, check_refused, check_twice

V3 = np.array([0.7, 1.3, 0.4])
V5 = np.array([0.7, 1.3, 0.4, 1.1, 0.9])
PROGRAMS = Programs()
program = PROGRAMS.register


@program(V3)
def a_map_is_walked_once(x):
    squares = map(lambda v: v * v, x)
    return sum(squares) + sum(squares) + x[0] * len(list(squares))


@program(V3)
def the_first_of_an_iterator_and_the_rest(x):
    values = iter([x[0], x[1], x[2], x[0] * x[1]])
    first = next(values)
    total = sum([v * first for v in values])
    return total * next(values, x[2])


@program(V5, refused="a value that may or may not have been changed by a store before")
def a_loop_that_leaves_an_iterator(x):
    values = iter(x)
    total = 0.0
    for v in values:
        total = total + v**2
        if v > 1.0:
            break
    for v in values:
        total = total * v
    return total


@program(V5)
def a_list_that_grows_under_its_map(x):
    values = [x[0], x[1]]
    doubled = map(lambda v: 2.0 * v, values)
    first = next(doubled)
    values.append(x[2] ** 2)
    values[1] = x[3]
    return first * sum(doubled)


@program(V3, refused="a generator expression that is kept")
def a_generator_sees_a_later_value(x):
    s = x[0]
    scaled = (v * s for v in [x[1], x[2]])
    s = x[1] ** 2
    return sum(scaled) * s


@program(V3)
def zip_of_different_lengths(x):
    return sum(a * b for a, b in zip(x, [x[1], x[2] ** 2])) * x[0]


@program(V3, refused="a value that may or may not have been changed by a store before")
def zip_of_iterators_leaves_the_rest(x):
    values = iter([x[0], x[1], x[2]])
    pairs = list(zip([1.0], values))
    return pairs[0][1] ** 2 * next(values)


@program(V5)
def a_polynomial_by_reduce(x):
    return functools.reduce(lambda total, c: total * x[0] + c, x[1:], 0.0)


@program(V3)
def reduce_over_pairs(x):
    pairs = [(v, v * v) for v in x]
    a, b = functools.reduce(lambda p, q: (p[0] * q[0] + q[1], p[1] + q[0]), pairs)
    return a * b


@program(V3)
def composed_functions(x):
    def compose(*functions):
        return functools.reduce(lambda f, g: lambda v: g(f(v)), functions)

    return compose(np.sin, lambda v: v * x[1], np.exp)(x[0]) * x[2]


@program(V3)
def partial_of_partial(x):
    def f(a, b, c, *, d=1.0):
        return a * b**2 + c * d

    g = functools.partial(f, x[0], d=x[1])
    h = functools.partial(g, x[2])
    return h(x[1]) * h(2.0, d=x[0]) * g(1.0, 2.0)


@program(V5)
def running_products(x):
    return sum(itertools.accumulate(x, operator.mul)) + sum(
        v**2 for v in itertools.accumulate(x, initial=x[1])
    )


@program(V5)
def differences_of_neighbours(x):
    return sum((b - a) ** 2 * k for k, (a, b) in enumerate(itertools.pairwise(x), 1))


@program(V3)
def chains_of_parts(x):
    parts = [[x[0]], (x[1], x[2]), [x[0] * x[1]]]
    return sum(v**k for k, v in enumerate(itertools.chain.from_iterable(parts), 1))


@program(V5)
def parts_of_a_series(x):
    evens = itertools.islice(x, 0, None, 2)
    return sum(evens) * sum(v**2 for v in itertools.islice(x, 1, 3))


@program(V5)
def taken_while_and_dropped_while(x):
    small = list(itertools.takewhile(lambda v: v < 1.0, x))
    rest = list(itertools.dropwhile(lambda v: v < 1.0, x))
    return sum(small) * rest[0] ** 2 + sum(rest)


@program(V5)
def filtered(x):
    large = [v for v in filter(lambda v: v > 0.8, x)]
    small = list(itertools.filterfalse(lambda v: v > 0.8, x))
    return sum(large) * sum(small) ** 2 * len(large)


@program(V3)
def counted_from(x):
    return sum(k * v**2 for k, v in zip(itertools.count(2), x))


@program(V3, refused="zip of a tuple and something of unknown length")
def in_turn(x):
    return sum(a * b for a, b in zip([x[0], x[1], x[2], x[0]], itertools.cycle([x[1], x[2] ** 2])))


@program(V3)
def every_pair_and_every_order(x):
    pairs = sum(a * b**2 for a, b in itertools.combinations(x, 2))
    orders = sum(a - 2.0 * b * c for a, b, c in itertools.permutations(x))
    return pairs * orders


@program(V5)
def sorted_by_a_key(x):
    order = sorted(range(5), key=lambda k: x[k], reverse=True)
    return sum(x[k] ** (place + 1) for place, k in enumerate(order))


@program(V5)
def sorted_pairs_by_their_second(x):
    pairs = [(k, v * v) for k, v in enumerate(x)]
    pairs.sort(key=operator.itemgetter(1))
    return pairs[0][1] * pairs[1][1] ** 2 + pairs[-1][0] * x[0]


@program(V5)
def the_greatest_by_a_key(x):
    worst = max(x, key=lambda v: abs(v - 0.97))
    best = min(range(5), key=lambda k: abs(x[k] - 0.97))
    return worst**2 * x[best] ** 3


@program(V5, refused="the nested function 'lambda' used as data")
def grouped_by_a_key(x):
    total = 1.0
    for large, group in itertools.groupby([0, 1, 2, 3, 4], key=lambda k: k > 1):
        total = total * sum(x[k] ** 2 for k in group) + large
    return total


@program(V3)
def methods_by_name(x):
    square = operator.methodcaller("dot", x)
    attribute = operator.attrgetter("real")
    return square(x) * attribute(x[0]) * operator.itemgetter(0, 2)(x)[1]


@program(V3, refused="that is not walked to its end")
def any_and_all_stop_early(x):
    tried = []

    def large(v):
        tried.append(v)
        return v > 1.0

    found = any(large(v) for v in x)
    return sum(tried) * len(tried) * (x[0] if found else x[1])


@program(V3)
def a_decorator_with_arguments(x):
    def times(factor):
        def decorate(f):
            @functools.wraps(f)
            def call(*args, **kwargs):
                return factor * f(*args, **kwargs)

            return call

        return decorate

    @times(x[0])
    @times(2.0)
    def f(v, power=2):
        return v**power

    return f(x[1]) * f(x[2], power=3)


@program(V3)
def functions_in_a_table(x):
    table = {
        "sin": np.sin,
        "square": lambda v: v * x[0],
        "twice": functools.partial(operator.mul, 2.0),
    }
    value = x[1]
    for name in ("sin", "square", "twice", "sin"):
        value = table[name](value)
    return value


@program(V3)
def steps_that_a_function_repeats(x):
    def repeat(f, n):
        return lambda v: functools.reduce(lambda a, _: f(a), range(n), v)

    return repeat(lambda v: np.sin(v) * x[1], 3)(x[0]) * repeat(np.tanh, 2)(x[2])


@program(V3)
def sums_and_products(x):
    return math.prod(v + 1.0 for v in x) * math.fsum([v * v for v in x]) * sum(x, start=x[0])


@program(V3)
def a_map_over_several(x):
    return sum(map(lambda a, b, c: a * b + c**2, x, x[::-1], [1.0, x[0], x[1]]))


@program(V3)
def reversed_and_enumerated(x):
    return sum(k * v**2 for k, v in enumerate(reversed([x[0], x[1], x[2]]), start=1))


@program(V3, refused="this call of next()")
def one_iterator_twice_in_a_zip(x):
    values = iter([x[0], x[1], x[2], x[0] ** 2])
    total = 0.0
    for a in values:
        b = next(values)
        total = total + a * b**2
    return total


@program(V3, refused="that is not walked to its end")
def side_effects_happen_when_walked(x):
    log = []

    def seen(v):
        log.append(v)
        return v * v

    values = map(seen, [x[0], x[1], x[2]])
    before = len(log)
    a = next(values)
    b = next(values)
    return a * b * sum(log) * (before + 1)


@program(V5)
def a_nest_of_generators(x):
    return sum(sum(w * v for w in x if w < v) for v in x if v > 0.5)


@program(0.7)
def newton_by_a_function(x):
    def solve(f, df, start, steps):
        for _ in range(steps):
            start = start - f(start) / df(start)
        return start

    return solve(lambda y: y**3 - x, lambda y: 3.0 * y**2, 1.0, 4) ** 2


@pytest.mark.parametrize("program", PROGRAMS.differentiated, ids=str)
def test_program(program: Program) -> None:
    check_once(program)


@pytest.mark.parametrize("program", PROGRAMS.twice, ids=str)
def test_second_derivatives(program: Program) -> None:
    check_twice(program)


@pytest.mark.parametrize("program", PROGRAMS.refused, ids=str)
def test_refused(program: Program) -> None:
    check_refused(program)
