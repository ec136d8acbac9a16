"""itertools and operator."""

from __future__ import annotations

import itertools
import operator
from itertools import chain, product

import numpy as np

from census.registry import M23, V3, V4, differentiated, inactive, refused
from srcgrad import NoRuleError, SrcgradError, UnsupportedError


@differentiated("itertools.product", args=(V3,))
def products(x):
    total = 0.0
    for a, b in product(x, x):
        total += a * b * b
    for i, j in product(range(3), repeat=2):
        total += i * x[j]
    return total * x[0]


@differentiated("itertools.accumulate", args=(V3,))
def accumulated(x):
    sums = list(itertools.accumulate(x))
    products = list(itertools.accumulate(x, operator.mul, initial=2.0))
    largest = list(itertools.accumulate(x, max))
    states = list(itertools.accumulate(x, lambda state, v: 0.5 * state + v * v))
    return sums[-1] * products[-1] + largest[1] * states[2] * sums[1]


@differentiated("itertools.chain", "itertools.chain.from_iterable", args=(V3, [0.5, 1.5]))
def chained(x, more):
    total = 0.0
    for v in chain(x, more, [x[0] * x[1]]):
        total = total * 0.5 + v * v
    flat = list(chain.from_iterable([[v, v * v] for v in x]))
    return total * flat[3] * flat[4]


@differentiated("itertools.pairwise", args=(V4,))
def neighbours(x):
    return sum((b - a) ** 2 for a, b in itertools.pairwise(x))


@differentiated("itertools.islice", args=(V4,))
def parts_of_iterators(x):
    total = sum(v * v for v in itertools.islice(x, 1, None, 2))
    y = x[0]
    for n in itertools.count():
        if n > 3:
            break
        y = y * x[1] + n
    return total * y


@differentiated("itertools.count", args=(V4,))
def numbered(x):
    total = 0.0
    for n, v in zip(itertools.count(2), x):
        total += n * v * v
    return total


@refused(
    "Operators: `+=` of a sum of unknown length and a product with `itertools.count`",
    args=(V4,),
    error=UnsupportedError,
    words="an update in place of a value of kind ?",
    fix="y = y + x",
)
def adds_to_a_part(x):
    total = sum(v * v for v in itertools.islice(x, 1, None, 2))
    for n, v in zip(itertools.count(2), x):
        total += n * v  # here: total
    return total


@differentiated("itertools.repeat", "itertools.starmap", args=(V3,))
def repeated(x):
    total = 1.0
    for v in itertools.repeat(x[0], 3):
        total = total * v
    return total + sum(itertools.starmap(lambda a, b: a * b, [(x[0], x[1]), (x[2], 2.0)]))


@refused("itertools.repeat", args=(V3,), error=SrcgradError, words="repeat()")
def repeated_for_ever(x):
    return sum(map(pow, x, itertools.repeat(2)))  # here: sum


@differentiated("itertools.zip_longest", args=(V3, [0.5]))
def unequal_lengths(x, y):
    return sum(a * a * b for a, b in itertools.zip_longest(x, y, fillvalue=2.0))


@differentiated(
    *("itertools.combinations", "itertools.permutations"),
    "itertools.combinations_with_replacement",
    args=(V4,),
)
def combined(x):
    total = 0.0
    for a, b in itertools.combinations(x, 2):
        total += (a - b) ** 2
    for i, j in itertools.combinations(range(4), 2):
        total += x[i] * x[j]
    for a, b in itertools.permutations(x[:3], 2):
        total += a * b * b
    return total + sum(a * b for a, b in itertools.combinations_with_replacement(x, 2))


@differentiated("itertools.cycle", args=(V3,))
def cycled(x):
    y = 1.0
    for sign, v in zip(itertools.cycle([1.0, -1.0]), x):
        y = y + sign * v * v * y
    return y


@differentiated("itertools.takewhile", "itertools.dropwhile", "itertools.compress", args=(V4,))
def chosen(x):
    first = sum(v * v for v in itertools.takewhile(lambda v: v > 0.0, x))
    rest = sum(v**3 for v in itertools.dropwhile(lambda v: v > 0.0, x))
    kept = list(itertools.compress(x, [1, 0, 1, 0]))
    odd = list(itertools.filterfalse(lambda v: v > 0.5, x))
    return first * rest * kept[1] + odd[0] ** 2


@refused(
    "itertools.tee",
    args=(V4,),
    error=NoRuleError,
    words="itertools.tee",
    fix="functions that have rules",
)
def split(x):
    one, two = itertools.tee(x)  # here: itertools
    return sum(one) * sum(two)


@differentiated("itertools.filterfalse", args=(V4,))
def largest_left(x):
    return max(itertools.filterfalse(lambda v: v > 0.5, x)) ** 2


@refused(
    "itertools.groupby",
    args=([0.7, 1.2, -0.3, -0.5],),
    error=UnsupportedError,
    words="the nested function 'lambda' used as data",
    fix="call",
)
def grouped(x):
    total = 0.0
    for positive, group in itertools.groupby(x, key=lambda v: v > 0.0):  # here: itertools
        total += sum(group) ** 2 * (2.0 if positive else 1.0)
    return total


@differentiated(
    *("operator.add", "operator.sub", "operator.mul", "operator.truediv", "operator.pow"),
    *("operator.neg", "operator.pos", "operator.mod", "operator.floordiv", "operator.abs"),
    args=(2.7,),
)
def arithmetic(x):
    y = operator.add(operator.mul(x, x), operator.neg(x))
    z = operator.truediv(operator.sub(y, 1.0), operator.pow(operator.pos(x), 2))
    return z * operator.mod(x, 2.0) * operator.floordiv(x, 2.0) * operator.abs(x)


@differentiated("operator.matmul", "operator.getitem", "operator.setitem", args=(M23,))
def of_arrays(x):
    y = operator.matmul(x, x.T)
    operator.setitem(y, (0, 0), x[0, 1])
    return operator.getitem(y, (0, 0)) * np.sum(y)


@differentiated("operator.itemgetter", "operator.attrgetter", "operator.methodcaller", args=(M23,))
def getters(x):
    first, last = operator.itemgetter(0, -1)([x[0, 0], 1.0, x[1, 1]])
    turned = operator.attrgetter("T")(x)
    return first * last * np.sum(turned @ x) + operator.methodcaller("sum")(x) ** 2


@differentiated(
    *("operator.iadd", "operator.isub", "operator.imul", "operator.itruediv", "operator.ipow"),
    *("operator.imod", "operator.ifloordiv"),
    args=(2.7,),
)
def in_place_of_numbers(x):
    y = operator.iadd(x * 1.0, x)
    y = operator.imul(operator.isub(y, 1.0), x)
    y = operator.ipow(operator.itruediv(y, 3.0), 2)
    return y * operator.imod(x, 2.0) * operator.ifloordiv(x, 2.0)


@differentiated("operator.imatmul", args=(M23,))
def in_place_of_containers(x):
    y = operator.imatmul(x @ x.T, np.eye(2))
    return np.sum(y) * y[0, 1]


@refused("operator.concat", args=(0.7,), error=NoRuleError, words="concat", fix="rules")
def joined(x):
    values = operator.concat([x], [x * x])  # here: operator
    return values[0] * values[1]


@refused(
    "operator.iconcat", args=(0.7,), error=NoRuleError, words="'iconcat'", fix="make a new value"
)
def extended(x):
    values = operator.iconcat([x], [x * x])  # here: operator
    return values[0] * values[1]


@differentiated("operator.delitem", args=(0.7,))
def deleted(x):
    values = [x, x * x]
    operator.delitem(values, 0)
    return values[0] * len(values)


@differentiated("operator.call", args=(0.7,))
def called(x):
    return operator.call(np.sin, x) * operator.call(lambda v: v * v, x)


@inactive(
    *("operator.lt", "operator.le", "operator.eq", "operator.ne", "operator.ge", "operator.gt"),
    *("operator.is_", "operator.is_not", "operator.not_", "operator.truth"),
    args=(V3,),
)
def tests(x):
    if operator.lt(x[1], x[0]) and operator.le(x[1], x[2]) and operator.ne(x[0], x[1]):
        same = operator.is_(x, x) and operator.is_not(x, None)
        other = operator.eq(x[0], 5.0) or operator.ge(x[1], 0.0) or operator.gt(x[1], 0.0)
        return x[0] * x[1] if same and operator.not_(other) and operator.truth(x[2]) else x[0]
    return x[2]


@inactive(
    *("operator.contains", "operator.countOf", "operator.indexOf", "operator.index"),
    "operator.length_hint",
    args=(V3,),
)
def lookups(x):
    names = ["a", "b", "a"]
    n = operator.countOf(names, "a") + operator.indexOf(names, "b") + operator.index(3)
    return np.sum(x**2) * n * operator.contains(names, "a") * operator.length_hint(names)


@inactive(
    *("operator.and_", "operator.or_", "operator.xor", "operator.invert", "operator.inv"),
    *("operator.lshift", "operator.rshift", "operator.iand", "operator.ior", "operator.ixor"),
    args=(V3,),
)
def bits(x):
    inside = operator.and_(x > -1.0, operator.or_(x < 0.5, operator.invert(x > 0.0)))
    n = operator.xor(6, operator.lshift(1, 1)) + operator.rshift(8, 2) + operator.inv(-3)
    n = operator.ior(operator.iand(n, 7), operator.ixor(1, 2))
    return np.sum(x[inside] ** 2) * n


@refused(
    "operator.ilshift", args=(0.7,), error=NoRuleError, words="'ilshift'", fix="make a new value"
)
def shifted_to_the_left(x):
    return x * x * operator.ilshift(3, 1)  # here: operator


@refused(
    "operator.irshift", args=(0.7,), error=NoRuleError, words="'irshift'", fix="make a new value"
)
def shifted_to_the_right(x):
    return x * x * operator.irshift(8, 1)  # here: operator
