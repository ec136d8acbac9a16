"""`try` and `with` in their plain forms: several handlers, `else`, `finally`, several managers."""

from __future__ import annotations

import contextlib
import math

import numpy as np
import pytest

from support.every_way import Program, Programs, check_once, check_refused, check_twice

V3 = np.array([0.7, 1.3, 0.4])
PROGRAMS = Programs()
program = PROGRAMS.register


class TooLargeError(ValueError):
    pass


def strict(v):
    if v > 1.0:
        raise TooLargeError("large")
    if v < 0.5:
        raise KeyError("small")
    return v**2


@program(V3)
def the_first_handler_that_fits(x):
    total = 0.0
    for v in x:
        try:
            total += strict(v)
        except ValueError:
            total += v**3
        except TooLargeError:
            total += 100.0 * v
        except Exception:
            total *= v
    return total


@program(V3)
def several_classes_in_one_handler(x):
    total = 1.0
    for v in x:
        try:
            total *= strict(v)
        except (TooLargeError, KeyError):
            total += v
    return total


@program(V3)
def else_behind_try(x):
    total = 1.0
    for v in x:
        try:
            y = strict(v)
        except KeyError:
            total += v
        except ValueError:
            total *= v
        else:
            total += y * v
    return total


@program(V3, refused="'total' is read where an exception has been caught")
def an_exception_in_else_is_not_caught(x):
    total = x[0]
    try:
        try:
            total = total * x[1]
        except ValueError:
            total = 0.0
        else:
            total += strict(x[1])
    except TooLargeError:
        total = total * x[2]
    return total


@program(V3)
def finally_of_either_way(x):
    total, count = x[0], 0
    for v in x:
        try:
            total *= strict(v)
        except ValueError:
            total += v
        except KeyError:
            total -= v**2
        finally:
            count += 1
            total *= 1.0 + v
    return total * count


@program(V3)
def finally_behind_a_return(x):
    log = []

    def attempt(v):
        try:
            return strict(v)
        except ValueError:
            return v
        except KeyError:
            return v**3
        finally:
            log.append(v)

    total = sum([attempt(v) for v in x])
    return total * log[0] * log[2] * len(log)


@program(V3)
def the_result_is_worked_out_before_finally(x):
    def attempt(v):
        try:
            return v * v
        finally:
            v = 100.0

    return attempt(x[0]) * x[1]


@program(V3)
def finally_with_a_break(x):
    total = x[0]
    for v in x:
        try:
            if v > 1.0:
                break
            total = total * v
        finally:
            total = total + v
    return total


@program(V3)
def finally_with_a_continue(x):
    total = x[0]
    for v in x:
        try:
            if v > 1.0:
                continue
            total = total * v
        finally:
            total = total + v
        total = total**2
    return total


@program(V3, refused="'total' is read where an exception has been caught")
def raised_again(x):
    total = x[0]
    try:
        try:
            total = total * x[1]
            total += strict(x[1])
        except ValueError:
            total = total * x[2]
            raise
    except TooLargeError:
        total = total + x[0] ** 2
    return total


@program(V3, refused="'total' is read where an exception has been caught")
def raised_as_another(x):
    total = x[0]
    try:
        try:
            total += strict(x[2])
        except KeyError as error:
            total = total * x[1]
            raise RuntimeError("not found") from error
    except RuntimeError:
        total = total * x[2]
    return total


@program(V3, refused="'total' is read where an exception has been caught")
def what_the_body_did_before_it_failed(x):
    total = x[0]
    state = [x[1], x[2]]
    try:
        total = total * x[1]
        state[0] = total * state[1]
        total = strict(1.0 + total)
        state[1] = 100.0
    except ValueError:
        pass
    return total * state[0] * state[1]


@program(V3, refused="'y' is read where an exception has been caught")
def a_name_bound_again_in_the_handler(x):
    try:
        y = strict(x[0])
        y = y + strict(x[1])
    except ValueError:
        y = y * x[2]
    return y


@program(V3, refused="'total' is read where an exception has been caught")
def nested_to_three(x):
    total = x[0]
    for v in x:
        try:
            try:
                try:
                    total += strict(v)
                except ZeroDivisionError:
                    total = 0.0
            except KeyError:
                total *= v
        except ValueError:
            total += v**3
    return total


@program(V3)
def an_exception_of_python_itself(x):
    table = {"a": x[0], "b": x[1]}
    total = x[2]
    for name in ("a", "c", "b"):
        try:
            total = total * table[name]
        except KeyError:
            total = total + x[0]
    return total


@program(V3)
def division_by_zero(x):
    total = x[0]
    for n in range(3):
        try:
            total = total * x[1] + 1 / n
        except ZeroDivisionError:
            total = total**2
    return total


@program(V3, refused_twice="a value that may or may not have been changed by a store before")
def roots_of_numbers_below_zero(x):
    total = 1.0
    for v in x:
        try:
            total += math.sqrt(v - 0.5) * v
        except ValueError:
            total *= v
    return total


@program(V3, refused="'total' is read where an exception has been caught")
def suppressed_in_a_loop(x):
    total = x[0]
    for v in x:
        with contextlib.suppress(KeyError, TooLargeError):
            total = total + v
            total = total * strict(v)
            total = total + 1.0
    return total


@program(V3, refused="'total' is read where an exception has been caught")
def suppressed_among_other_managers(x):
    total = x[0]
    with (
        np.errstate(all="ignore"),
        contextlib.suppress(ValueError),
        contextlib.nullcontext(x[1]) as y,
    ):
        total = total * y
        total = total + strict(x[1])
    return total**2


@program(V3)
def a_manager_that_is_a_number(x):
    with contextlib.nullcontext(x[0] * x[1]) as y, contextlib.nullcontext(y * x[2]) as z:
        return y * z


@program(V3)
def search_for_the_first_that_works(x):
    for v in x[::-1]:
        try:
            y = strict(v)
        except (KeyError, ValueError):
            continue
        else:
            break
    else:
        y = x[1]
    return y * x[2]


@program(V3)
def steps_halved_until_they_work(x):
    step = 4.0 * x[1]
    tries = 0
    while True:
        try:
            y = strict(step)
            break
        except ValueError:
            step = step * x[0]
            tries += 1
    return y * tries


@pytest.mark.parametrize("program", PROGRAMS.differentiated, ids=str)
def test_program(program: Program) -> None:
    check_once(program)


@pytest.mark.parametrize("program", PROGRAMS.twice, ids=str)
def test_second_derivatives(program: Program) -> None:
    check_twice(program)


@pytest.mark.parametrize("program", PROGRAMS.refused, ids=str)
def test_refused(program: Program) -> None:
    check_refused(program)
