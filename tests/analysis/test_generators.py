"""Generators: they may run all at once wherever nobody can tell."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from support.every_way import Program, Programs, check_once, check_refused, check_twice

V4 = np.array([0.4, 0.9, 0.2, 0.5])
PROGRAMS = Programs()
program = PROGRAMS.register


class Pair:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def __iter__(self):
        yield self.a
        yield self.b


def neighbours(x):
    for i in range(len(x) - 1):
        if x[i] > 0.3:
            yield i, x[i] * x[i + 1]


def flat(tree):
    for part in tree:
        if isinstance(part, tuple):
            yield from flat(part)
        else:
            yield part


def both(a, b):
    yield from a
    yield from b
    yield a[0] * b[0]


def evens(n):
    k = 0
    while k < n:
        yield k
        k += 2


def for_ever(v):
    while True:
        yield v
        v = v * 1.5


@program(V4)
def walked_by_a_loop(x):
    total = 0.0
    for i, p in neighbours(x):
        total += p * p * i
    return total


@program(V4)
def summed_and_listed(x):
    squares = np.array(list(p for _, p in neighbours(x))) ** 2
    return sum(p for _, p in neighbours(x)) + np.sum(squares)


@program(V4)
def an_object_with_an_iterator(x):
    pair = Pair(x[0], x[1])
    a, b = pair
    return a * b + sum(pair) + max(*pair)


@program(V4)
def nested_with_an_early_end(x):
    def steps(n):
        h = x[0]
        for k in range(n):
            h = h * x[1] + k
            yield h
        return

    return sum(steps(3)) * x[2] + next(steps(2))


@program(V4)
def one_after_another(x):
    total = 0.0
    for v in both(x[:2], x[2:]):
        total += v * v * v
    return total


@program(V4)
def one_that_calls_itself(x):
    return sum(flat(((x[0], (x[1], x[2])), x[3]))) * x[0]


@program(V4)
def side_by_side(x):
    return sum(w * p for w, (_, p) in zip(x, neighbours(x), strict=False))


@program(V4)
def over_indices(x):
    return sum(x[k] ** 2 for k in evens(len(x)))


@program(V4)
def arrays_made_and_filled(x):
    def rows():
        for k in range(2):
            row = np.zeros(2)
            row[k] = x[k] ** 2
            yield row

    return np.sum(np.stack(list(rows())) @ x[:2])


@program(V4)
def a_state_that_goes_on(x):
    def beliefs():
        belief = None
        for k in range(3):
            belief = x * x[k] if belief is None else belief * x + x[k]
            scale = belief.sum()
            belief /= scale
            yield belief, scale

    total = 0.0
    for belief, scale in beliefs():
        total += np.log(scale) + belief[0]
    return total


@program(V4)
def an_object_of_its_own(x):
    def states():
        pair = Pair(x[0], x[1])
        for _ in range(3):
            yield pair.a
            pair.a = pair.a * pair.b

    return sum(s * s for s in states())


@program(V4)
def one_inside_another(x):
    def inner():
        for v in x:
            yield v * v

    def outer():
        for k, v in enumerate(inner()):
            yield k * v
        yield from inner()

    return sum(outer())


@program(V4)
def pairs_of_objects_that_change(x):
    pairs = [Pair(*p) for p in zip(x, x[::-1], strict=True)]
    t = 0.0
    while t < 0.3:
        for one, other in itertools.combinations(pairs, 2):
            if one.a < other.a:
                one.b = one.b * 0.9
        t += 0.1
    return sum(p.a * p.b for p in pairs)


@program(V4)
def left_early(x):
    def roots():
        for v in x:
            if v < 0:
                raise ValueError("negative")
            yield np.sqrt(v)

    total = 0.0
    for r in roots():
        total += r
        if total > 1.0:
            break
    return total


@program(V4)
def walked_twice(x):
    def values():
        for v in x:
            yield v * v

    it = values()
    return sum(it) + 2.0 * sum(it)


@program(V4, refused="a generator that changes what it yields")
def one_list_at_different_times(x):
    def states():
        kept = [x[0]]
        yield kept
        kept.append(x[1])
        yield kept

    total = 0.0
    for s in states():
        total += sum(s) * len(s)
    return total


@program(V4, refused="a generator that changes what it yields")
def one_object_at_different_times(x):
    def states():
        pair = Pair(x[0], x[1])
        for _ in range(3):
            yield pair
            pair.a = pair.a * pair.b

    total = 0.0
    for s in states():
        total += s.a
    return total


@program(V4, refused="a generator that changes what it yields")
def one_array_at_different_times(x):
    kept = x.copy()

    def states():
        for _ in range(3):
            kept[0] = kept[0] * 2
            yield kept

    total = 0.0
    for s in states():
        total += np.sum(s * s)
    return total


@program(V4, refused="a loop over an iterator that looks into what the loop changes")
def what_it_goes_on_with_is_changed(x):
    def states():
        h = x * 2
        yield h
        yield h * h

    total = 0.0
    for h in states():
        total += np.sum(h * h)
        h *= 2
    return total


@program(V4, refused="a loop over an iterator that looks into what the loop changes")
def what_it_reads_is_changed(x):
    total = [0.0]

    def rows():
        for v in x:
            yield v * total[0]

    for r in rows():
        total[0] = total[0] + r + 1.0
    return total[0]


@program(V4, refused="a generator that changes what it yields")
def what_others_see_is_changed(x):
    pair = Pair(x[0], x[1])

    def states():
        for _ in range(3):
            yield pair
            pair.a = pair.a * pair.b

    total = 0.0
    for s in states():
        total += s.a
    return total


class Progress:
    def __init__(self, iterable):
        self.iterable, self.done = iterable, 0

    def __iter__(self):
        for item in self.iterable:
            self.done += 1
            yield item


@program(V4)
def a_progress_bar(x):
    bar = Progress(range(4))
    total = 0.0
    for i in bar:
        total = total * x[i] + x[i]
    return total * bar.done


@program(V4)
def a_count_that_is_read_afterwards(x):
    calls = [0]

    def counted():
        for v in x:
            calls[0] += 1
            yield v * calls[0]

    return sum(counted()) * x[0] * calls[0]


@program(V4, refused="a loop over an iterator that looks into what the loop changes")
def a_count_that_is_read_meanwhile(x):
    bar = Progress(range(4))
    total = 0.0
    for i in bar:
        total = total + x[i] * bar.done
    return total


@program(V4, refused="counted() that is not walked to its end")
def a_count_left_early(x):
    calls = [0]

    def counted():
        for v in x:
            calls[0] += 1
            yield v

    total = 0.0
    for v in counted():
        total += v
        if total > 1.0:
            break
    return total * calls[0]


@program(V4, refused="a generator that does more than compute")
def draws_in_turns(x):
    rng = np.random.default_rng(0)

    def noisy():
        for v in x:
            yield v * rng.normal()

    total = 0.0
    for v in noisy():
        total += v * rng.normal()
    return total


@program(V4, refused="a generator that has a while in it, and is not walked to its end")
def without_an_end(x):
    total = 0.0
    for v in for_ever(x[0]):
        total += v
        if total > 3:
            break
    return total


@program(V4, refused="a generator that is sent values")
def is_sent_values(x):
    def answers():
        r = yield x[0]
        yield r

    return sum(answers())


@program(V4, refused="a generator that yields inside try or with")
def inside_try(x):
    def values():
        for v in x:
            try:
                yield v
            finally:
                pass

    return sum(values())


@program(V4, refused="a value returned by a generator")
def returns_a_value(x):
    def values():
        yield x[0]
        return x[1]

    return sum(values())


@pytest.mark.parametrize("program", PROGRAMS.differentiated, ids=str)
def test_program(program: Program) -> None:
    check_once(program)


@pytest.mark.parametrize("program", PROGRAMS.twice, ids=str)
def test_second_derivatives(program: Program) -> None:
    check_twice(program)


@pytest.mark.parametrize("program", PROGRAMS.refused, ids=str)
def test_refused(program: Program) -> None:
    check_refused(program)
