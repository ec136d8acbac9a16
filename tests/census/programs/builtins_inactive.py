"""Builtins whose results have no derivative: they run as ordinary Python."""

from __future__ import annotations

import os

import numpy as np

from census.registry import V3, V4, inactive, refused
from srcgrad import NoRuleError


@inactive("builtins.int", "builtins.bool", args=(2.7,))
def whole_numbers(x):
    y = x
    for _ in range(int(x)):
        y = y * x
    return y * bool(x) * int("3") * int(x > 1.0)


@inactive("builtins.len", "builtins.range", args=(V4,))
def lengths_and_ranges(x):
    total = 0.0
    for i in range(len(x) - 1, 0, -2):
        total += x[i] ** 2
    return total * len([x, x]) * len("abc")


@inactive("builtins.any", "builtins.all", args=(V3,))
def tests_of_all(x):
    if any([v > 5.0 for v in x]) or not all(x > -9.0):
        return x[0]
    return x[0] * x[1] * all([])


@inactive("builtins.isinstance", "builtins.issubclass", "builtins.type", args=(0.7, V3))
def types(x, v):
    y = x * x if isinstance(x, int | float) and not isinstance(v, (list, tuple)) else x
    if type(x) is not str and issubclass(type(v), np.ndarray) and type(y) == type(x):
        y = y * x
    return y * len(type(v).__name__)


@inactive("builtins.hasattr", "builtins.callable", args=(V3,))
def capabilities(x):
    n = x.shape[0] if hasattr(x, "shape") else 1
    return np.sum(x**2) * n if callable(np.sum) and not callable(x) else 0.0


@inactive("builtins.id", "builtins.hash", args=(0.7,))
def identities(x):
    y = x * x
    same = id(y) == id(x)
    print(hash(x), hash("a"))
    return y if not same and hash((1, 2)) == hash((1, 2)) else x


@inactive("builtins.str", "builtins.repr", "builtins.format", "builtins.ascii", args=(0.7,))
def texts(x):
    label = str(x) + repr(x) + format(x, ".2f") + ascii("é")
    print(label)
    return x * x * (len(str(12)) + len(format(3, "03d")))


@inactive("builtins.print", args=(V3,))
def prints(x):
    print("x =", x, x[0] * 2.0, sep=" ", end="\n", flush=True)
    return np.sum(x * x)


@inactive(
    "builtins.chr", "builtins.ord", "builtins.bin", "builtins.hex", "builtins.oct", args=(0.7,)
)
def codes(x):
    digits = bin(5) + hex(255) + oct(8)
    return x * x * (ord("b") - ord("a")) * len(chr(97) + digits)


@inactive("builtins.bytes", "builtins.bytearray", "builtins.memoryview", args=(0.7,))
def bytes_of_all_kinds(x):
    data = bytearray(b"abc")
    data[0] = 1
    view = memoryview(bytes([1, 2, 3]))
    return x**2 * data[0] * view[1]


@inactive("builtins.set", "builtins.frozenset", args=(0.7, ["a", "b", "a"]))
def sets(x, names):
    known = frozenset({"a"})
    return x * x * len(set(names)) * len(known & set(names))


@inactive("builtins.complex", args=(0.7,))
def complex_numbers(x):
    z = complex(1.0, 2.0)
    return x * x * abs(z * z) * z.imag


@inactive("builtins.object", args=(0.7,))
def sentinels(x):
    missing = object()
    y = {"a": missing}.get("a")
    return x * x if y is missing else x


@inactive("builtins.dir", args=(0.7,))
def names_of_an_object(x):
    return x * x * ("sin" in dir(np))


@refused("builtins.delattr", args=(0.7,), error=NoRuleError, words="delattr", fix="new value")
def deletes_an_attribute(x):
    box = Box()
    box.scale = 2.0
    y = x * x * box.scale
    delattr(box, "scale")  # here: delattr
    return y * (not hasattr(box, "scale"))


class Box:
    pass


@inactive("builtins.open", args=(0.7,))
def reads_a_file(x):
    with open(os.devnull) as file:
        lines = file.readlines()
    return x * x * (len(lines) + 1)


@inactive("builtins.input", args=(0.7,))
def asks(x):
    answer = input("by how much? ")
    return x * x * float(answer or 2.0)


@inactive("builtins.breakpoint", args=(0.7,))
def stops(x):
    y = x * x
    breakpoint()
    return y * x


@inactive("builtins.compile", args=(0.7,))
def compiled_code(x):
    code = compile("n + 1", "<census>", "eval")
    return x * x * len(code.co_names)


@inactive("builtins.__import__", "builtins.__build_class__", args=(0.7,))
def hidden_builtins(x):
    made = __build_class__(nothing, "Made")
    return x * x * __import__("math").pi * len(made.__name__)


def nothing():
    pass


@inactive("builtins.exit", "builtins.quit", args=(0.7,))
def may_leave(x):
    if x > 100.0:
        exit("too large")
    if x < -100.0:
        quit("too small")
    return x * x


@inactive(
    *("builtins.help", "builtins.copyright", "builtins.credits", "builtins.license"), args=(0.7,)
)
def shows_help(x):
    print(copyright, credits, license)
    help(len)
    return x * x


class Stream:
    def __init__(self):
        self.count = 0

    def __aiter__(self):
        return self

    def __anext__(self):
        self.count += 1
        return iter(())


@inactive("builtins.aiter", "builtins.anext", args=(0.7,))
def asynchronous_iterators(x):
    stream = aiter(Stream())
    anext(stream)
    return x * x * stream.count


@inactive("builtins.exceptions", args=(0.7,))
def exceptions(x):
    problem = ValueError("large", 3)
    if x > 3.0:
        raise problem
    if len(problem.args) > 5:
        raise KeyError(x) from problem
    return x * x * len(problem.args)


@inactive("Builtins: constants", args=(0.7,))
def constants(x):
    return x * x if __debug__ and None is None and ... is not NotImplemented else x
