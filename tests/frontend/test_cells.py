"""Variables that several functions share: `nonlocal`, late capture, closures that keep state."""

from __future__ import annotations

import numpy as np
import pytest

from support.every_way import Program, Programs, check_once, check_refused, check_twice

V3 = np.array([0.7, 1.3, 0.4])
PROGRAMS = Programs()
program = PROGRAMS.register


@program(V3)
def an_accumulator(x):
    total = 0.0

    def add(v):
        nonlocal total
        total = total + v**2

    for v in x:
        add(v)
    return total * x[0]


@program(V3)
def a_counter_that_is_made_twice(x):
    def counter(step):
        count = 0.0

        def more():
            nonlocal count
            count = count * step + step
            return count

        return more

    one, two = counter(x[0]), counter(x[1])
    return one() * two() + one() * one() * two()


@program(V3)
def a_capture_seen_late(x):
    s = x[0]
    f = lambda v: v * s  # noqa: E731
    a = f(x[1])
    s = x[2] * a
    return a * f(x[1])


@program(V3)
def an_augmented_capture(x):
    s = x[0]

    def f(v):
        return v * s

    total = 0.0
    for v in x:
        s *= v
        total += f(v)
    return total


@program(V3)
def two_functions_of_one_variable(x):
    balance = x[0]

    def deposit(v):
        nonlocal balance
        balance += v
        return balance

    def grow(rate):
        nonlocal balance
        balance *= 1.0 + rate
        return deposit(rate)

    deposit(x[1])
    grow(x[2])
    return balance**2


@program(V3)
def set_in_one_branch(x):
    best = 0.0

    def offer(v):
        nonlocal best
        if v > best:
            best = v

    for v in x:
        offer(v * v)
    return best**2


@program(V3)
def two_levels_of_nonlocal(x):
    a = x[0]

    def outer():
        b = x[1]

        def inner():
            nonlocal a, b
            a, b = a * b, a + b

        inner()
        inner()
        return b

    return outer() * a


@program(V3)
def the_inner_name_hides_the_outer(x):
    v = x[0]

    def square(v):
        v = v * v
        return v

    def shift():
        nonlocal v
        v = square(v) + v

    shift()
    return v * square(x[1])


@program(V3, refused="'v' is read before it is assigned")
def a_name_of_a_comprehension_hides_it(x):
    v = x[0]

    def double():
        nonlocal v
        v = 2.0 * v
        return sum([v * v for v in x])

    return double() * v


@program(V3)
def assigned_behind_its_function(x):
    def f():
        return later**2

    later = x[1]
    a = f()
    later = x[2]
    return a * f()


@program(V3)
def a_parameter_that_is_nonlocal(x):
    def scaled(v, n):
        def step():
            nonlocal v
            v = np.sin(v) * x[0]

        for _ in range(n):
            step()
        return v

    return scaled(x[1], 3) * scaled(x[2], 1)


@program(V3)
def shared_in_a_while_loop(x):
    h = x[0]
    n = 0

    def step():
        nonlocal h, n
        h = h + 0.3 * np.cos(h)
        n += 1

    while n < 4:
        step()
    return h * x[1]


@program(V3)
def an_array_bound_anew(x):
    state = x * 1.0

    def advance():
        nonlocal state
        state = np.tanh(state) * x[0]

    advance()
    kept = state
    advance()
    return np.sum(state * kept)


@program(V3)
def an_array_changed_in_place(x):
    state = x * 1.0

    def advance(k):
        state[k] = state[k] * state[k - 1]

    for k in range(3):
        advance(k)
    return np.sum(state**2)


@program(V3)
def an_alias_of_what_is_shared(x):
    state = [x[0], x[1]]
    same = state

    def advance():
        nonlocal state
        state[0] = state[0] * state[1]
        state = [state[1], x[2]]

    advance()
    advance()
    return same[0] * same[1] + state[0] * state[1] ** 2


@program(V3)
def a_function_bound_anew(x):
    f = np.sin

    def apply(v):
        return f(v)

    a = apply(x[0])
    f = np.exp
    return a * apply(x[1])


@program(V3)
def a_function_that_calls_itself_changed(x):
    def f(v):
        return v * x[0]

    g = f

    def f(v):
        return g(v) + v**2

    return f(x[1]) * g(x[2])


@program(V3, refused="a value that may or may not have been changed by a store before")
def shared_in_an_exception(x):
    tried = 0.0

    def attempt(v):
        nonlocal tried
        tried += v
        if v > 1.0:
            raise ValueError("too large")
        return v**2

    total = x[0]
    for v in x:
        try:
            total *= attempt(v)
        except ValueError:
            total += tried
    return total * tried


@program(V3)
def a_default_is_taken_early(x):
    s = x[0]

    def f(v, s=s):
        return v * s

    s = x[1]
    return f(x[2]) * s


@program(V3)
def a_memo(x):
    memo = {}

    def power(n):
        if n not in memo:
            memo[n] = x[0] ** n
        return memo[n]

    return power(2) * power(3) + power(2) * x[1]


@program(0.6)
def a_shared_number_in_a_nested_loop(x):
    total, scale = 0.0, 1.0

    def add(v):
        nonlocal total, scale
        total += scale * v
        scale *= v

    for i in range(3):
        for j in range(i):
            add(x + i * j)
    return total * scale


@pytest.mark.parametrize("program", PROGRAMS.differentiated, ids=str)
def test_program(program: Program) -> None:
    check_once(program)


@pytest.mark.parametrize("program", PROGRAMS.twice, ids=str)
def test_second_derivatives(program: Program) -> None:
    check_twice(program)


@pytest.mark.parametrize("program", PROGRAMS.refused, ids=str)
def test_refused(program: Program) -> None:
    check_refused(program)
