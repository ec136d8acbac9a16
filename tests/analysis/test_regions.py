"""`try` and `with` around what is differentiated: tapes, stores, jumps, state, managers."""

# Programs as users write them, and worse: the odd constructs are what is tested.
# ruff: noqa: SIM105

from __future__ import annotations

import contextlib
import warnings

import numpy as np
import pytest

import srcgrad
from support.every_way import Program, Programs, check_once, check_refused, check_twice

V3 = np.array([0.7, 1.3, 0.4])
V5 = np.array([0.7, 1.3, 0.4, 1.1, 0.9])
PROGRAMS = Programs()
program = PROGRAMS.register


def small(v):
    if v > 1.0:
        raise ValueError("too large")
    return v * np.sin(v)


@program(V5, refused="'h' is read where an exception has been caught")
def a_tape_in_a_loop_with_exceptions(x):
    h = x[0]
    for v in x:
        try:
            h = np.sin(h) * v
            h = h * small(v)
            h = np.exp(h)
        except ValueError:
            h = np.cos(h) + v
    return h


@program(V5, refused="'h' is read where an exception has been caught")
def nested_loops_with_exceptions(x):
    h = x[0]
    for v in x:
        for w in x[:3]:
            try:
                h = np.tanh(h * w)
                h = h + small(v * w)
                h = h * h
            except ValueError:
                h = h - w
                if v > 1.2:
                    break
    return h


@program(V5, refused="'h' is read where an exception has been caught")
def a_loop_inside_a_try(x):
    h, passes = x[0], 0
    try:
        for v in x:
            h = np.sin(h) * v + small(v)
            passes += 1
        h = 0.0
    except ValueError:
        h = h * h * x[2]
    return h * passes


@program(V5, refused="'h' is read where an exception has been caught")
def an_exception_out_of_two_loops(x):
    h = x[0]
    try:
        for v in x:
            for w in x:
                h = np.sin(h + w) * v
                h = h + small(v * w)
    except ValueError:
        h = h**2
    return h * x[1]


@program(V5, refused="'h' is read where an exception has been caught")
def a_while_loop_in_a_try_in_a_loop(x):
    h = x[0]
    for v in x:
        try:
            k = 0
            while k < 3:
                h = np.sin(h) + v
                h = h * small(v * k)
                k += 1
        except ValueError:
            h = h * k
    return h


@program(V5, refused="a value that may or may not have been changed by a store before")
def stores_before_an_exception(x):
    y = np.zeros(5)
    for k in range(5):
        try:
            y[k] = x[k] ** 2
            y[k] = y[k] * small(x[k])
            y[k - 1] = y[k] + 1.0
        except ValueError:
            y[k] *= x[k - 1]
    return np.sum(y**2)


@program(V5, refused="'y' is read where an exception has been caught")
def overwritten_in_place_before_an_exception(x):
    y = x * 1.0
    try:
        y *= y
        y[1:] += np.sin(y[:-1])
        small(y[1])
        y[:] = 0.0
    except ValueError:
        y[0] = y[1] * y[2]
    return np.sum(y * x)


@program(V5, refused="a value that may or may not have been changed by a store before")
def appended_before_an_exception(x):
    values = []
    for v in x:
        try:
            values.append(v * v)
            values.append(small(v))
        except ValueError:
            values.append(values[-1] * v)
    return sum(values) * values[3]


@program(V5, refused_twice="a value that may or may not have been changed by a store before")
def the_exception_is_an_object(x):
    h = x[0]
    for v in x:
        try:
            h = h + small(v)
        except ValueError as error:
            h = h * v * len(str(error))
    return h


@program(V5, refused_twice="a value that may or may not have been changed by a store before")
def a_flag_set_in_the_handler(x):
    h, failed = x[0], False
    for v in x:
        try:
            h = h + small(v)
        except ValueError:
            failed = True
        if failed:
            h = h * v
            failed = False
    return h


@program(V5, refused_twice="a value that may or may not have been changed by a store before")
def a_return_out_of_a_loop_with_a_try(x):
    h = x[0]
    for v in x:
        try:
            h = np.sin(h) * small(v)
        except ValueError:
            if h < 0.5:
                return h * v
        h = h + 0.1 * v
    return h**2


@program(V5, refused_twice="a value that may or may not have been changed by a store before")
def a_try_in_both_arms(x):
    h = x[0]
    for k in range(5):
        if k % 2:
            try:
                h = h * small(x[k])
            except ValueError:
                h = h + x[k]
        else:
            try:
                h = h + small(x[k])
            except ValueError:
                pass
    return h


@program(V5, refused_twice="a value that may or may not have been changed by a store before")
def a_try_in_a_handler(x):
    h = x[0]
    for v in x:
        try:
            h = h * small(v)
        except ValueError:
            try:
                h = h + small(v - 0.2)
            except ValueError:
                h = h + v**2
    return h


@program(V5)
def a_with_in_a_loop_with_break(x):
    h = x[0]
    for v in x:
        with np.errstate(divide="ignore"):
            if v > 1.2:
                continue
            h = np.sin(h) * np.log(v)
            if v == x[3]:
                break
        h = h + v
    return h


@program(V5)
def a_with_left_by_return_in_two_loops(x):
    h = x[0]
    for v in x:
        with np.errstate(all="ignore"):
            for w in x:
                with contextlib.nullcontext():
                    h = h * w + np.sin(v)
                    if h > 5.0:
                        return h * v
    return h


@program(V5)
def warnings_ignored_in_a_loop(x):
    h = x[0]
    for v in x:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            h = np.sin(h) + v * h
    return h


@contextlib.contextmanager
def scaled(v):
    yield v * v


@program(V5)
def a_manager_written_as_a_generator(x):
    with scaled(2.0) as s:
        h = x[0] * s
        h = h * x[1]
    return h


class Timer:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None


@program(V5)
def a_manager_that_is_an_object(x):
    h = x[0]
    for v in x:
        with Timer():
            h = np.sin(h) * v
    return h


class Swallow:
    def __enter__(self):
        return 2.0

    def __exit__(self, kind, error, trace):
        return kind is ValueError


@program(V5, refused="whose __exit__ may swallow exceptions")
def a_manager_that_swallows(x):
    h = x[0]
    for v in x:
        with Swallow() as s:
            h = h * s + v
            h = h + small(v)
            h = h * h
    return h


@program(V5)
def an_assertion_that_fails(x):
    h = x[0]
    for v in x:
        try:
            assert v < 1.0, "too large"
            h = h + np.sin(v)
        except AssertionError:
            h = h * v
    return h


@program(V5, refused_twice="a value that may or may not have been changed by a store before")
def the_value_before_is_restored(x):
    h = x[0]
    for v in x:
        before = h
        try:
            h = np.exp(h * v)
            h = h + small(v)
        except ValueError:
            h = before * v
    return h


@program(V5, refused="'b' is read where an exception has been caught")
def two_variables_and_an_exception_between(x):
    a, b = x[0], x[1]
    for v in x:
        try:
            a = a * v + b
            b = b + a * small(v)
            a = a - b
        except ValueError:
            a, b = b, a
    return a * b


@program(0.7, refused="'y' is read where an exception has been caught")
def rejected_steps(x):
    h, y, t = 0.8, x, 0.0
    while t < 2.0:
        try:
            new = y + h * np.sin(y) * x
            if abs(new - y) > 0.3:
                raise ArithmeticError
            y = new
            t += h
        except ArithmeticError:
            h = h * 0.5
    return y**2


@pytest.mark.parametrize("program", PROGRAMS.differentiated, ids=str)
def test_program(program: Program) -> None:
    check_once(program)


@pytest.mark.parametrize("program", PROGRAMS.twice, ids=str)
def test_second_derivatives(program: Program) -> None:
    check_twice(program)


@pytest.mark.parametrize("program", PROGRAMS.refused, ids=str)
def test_refused(program: Program) -> None:
    check_refused(program)


def fails_for_large(x):
    try:
        y = small(x)
    finally:
        z = x * 2.0
    return y * z


def test_an_exception_that_nobody_catches() -> None:
    gradient = srcgrad.grad(fails_for_large)
    assert np.isfinite(gradient(0.5))
    with pytest.raises(ValueError, match="too large"):
        gradient(2.0)


def test_the_state_of_numpy_is_as_before() -> None:
    before = np.geterr()
    srcgrad.grad(a_with_in_a_loop_with_break)(V5)
    srcgrad.grad(a_with_left_by_return_in_two_loops)(V5)
    assert np.geterr() == before
