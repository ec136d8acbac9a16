"""Refused deliberately: generators, async, code in texts, and values that leave as no number."""

from __future__ import annotations

import array
import asyncio
import bisect
import ctypes
import functools
import inspect
import json
import pickle
import queue
import random
import struct
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from fractions import Fraction

import numpy as np

from census.registry import V3, refused
from srcgrad import NoRuleError, SrcgradError, UnsupportedError

# generators and async -----------------------------------------------------------------------------


@refused("ast.Yield", args=(0.7,), error=UnsupportedError, words="generator", fix="list")
def is_a_generator(x):
    yield x * x  # here: yield


@refused("ast.YieldFrom", args=(V3,), error=UnsupportedError, words="generator", fix="list")
def is_a_generator_of_another(x):
    yield from (v * v for v in x)  # here: yield


def for_ever(v):
    while True:
        yield v
        v = v * 0.5


@refused(
    "Functions: a generator with a `while` that is not walked to its end",
    args=(0.7,),
    error=UnsupportedError,
    words="generator",
    fix="list",
)
def leaves_a_generator(x):
    total = 0.0
    for v in for_ever(x):  # here: for
        total = total + v * v
        if v < 0.1:
            break
    return total


def running_mean():
    total, n = 0.0, 0
    while True:
        total, n = total + (yield total / max(n, 1)), n + 1


@refused(
    "Functions: values sent to a generator",
    args=(V3,),
    error=UnsupportedError,
    words="next() of an iterator",
    fix="loop over it",
)
def sends_to_a_generator(x):
    mean = running_mean()
    next(mean)  # here: next
    mean.send(x[0])
    return mean.send(x[1])


@refused("ast.AsyncFunctionDef", args=(0.7,), error=UnsupportedError, words="async", fix="def")
async def is_async(x):  # here: async
    return x * x


async def squared(v):
    return v * v


@refused("ast.Await", args=(0.7,), error=UnsupportedError, words="async", fix="def")
async def awaits(x):  # here: async
    return await squared(x)


@refused("ast.AsyncFor", args=(V3,), error=UnsupportedError, words="async", fix="def")
async def loops_asynchronously(x):  # here: async
    total = 0.0
    async for v in x:
        total += v
    return total


@refused("ast.AsyncWith", args=(0.7,), error=UnsupportedError, words="async", fix="def")
async def in_async_with(x):  # here: async
    async with asyncio.timeout(1.0):
        return x * x


@refused(
    "Functions: coroutines that are run",
    args=(0.7,),
    error=NoRuleError,
    words="asyncio",
)
def runs_a_coroutine(x):
    return asyncio.run(squared(x))  # here: asyncio.run


# code in texts, and frames ------------------------------------------------------------------------


@refused("builtins.exec", args=(0.7,), error=UnsupportedError, words="exec", fix="name")
def executes(x):
    names = {"x": x}
    exec("y = x * x", names)  # here: exec
    return names["y"]


@refused("builtins.eval", args=(0.7,), error=UnsupportedError, words="eval", fix="name")
def evaluates_compiled_code(x):
    return eval(compile("x * x", "<text>", "eval"), {"x": x})  # here: eval


@refused("builtins.eval", args=(0.7,), error=UnsupportedError, words="eval", fix="name")
def evaluates_in_its_own_scope(x):
    return eval("x * x")  # here: eval


@refused("builtins.locals", args=(0.7,), error=UnsupportedError, words="locals", fix="name")
def reads_its_locals(x):
    y = x * x
    return locals()["y"]  # here: locals


@refused("builtins.vars", args=(0.7,), error=UnsupportedError, words="vars", fix="name")
def reads_its_variables(x):
    y = x * x
    return vars()["y"]  # here: vars


@refused(
    "inspect.currentframe", args=(0.7,), error=UnsupportedError, words="currentframe", fix="name"
)
def reads_its_frame(x):
    y = x * x
    return inspect.currentframe().f_locals["y"]  # here: inspect


@refused("builtins.type", args=(0.7,), error=NoRuleError, words="type")
def makes_a_class_by_type(x):
    point = type("Point", (), {"value": x})  # here: type
    return point.value * x


@refused(
    "Objects: a class defined inside that holds active values",
    args=(0.7,),
    error=UnsupportedError,
    words="class",
    fix="module",
)
def class_of_active_values(x):
    class Point:  # here: class
        value = x * x

    return Point.value * x


@refused("builtins.iter", args=([0.7, 1.2],), error=NoRuleError, words="pop")
def iterates_until_a_sentinel(x):
    values = [0.0, *x]
    total = 0.0
    for v in iter(values.pop, 0.0):  # here: iter
        total += v * v
    return total


# sets and keys ------------------------------------------------------------------------------------


@refused("ast.Set", args=(0.7,), error=NoRuleError, words="set")
def set_of_active_values(x):
    return sum({x, x * x})  # here: {x


@refused("ast.SetComp", args=(V3,), error=SrcgradError, words="")
def set_comprehension_of_active_values(x):
    return max({v * v for v in x})  # here: max


@refused("builtins.set", args=(V3,), error=NoRuleError, words="set")
def distinct_values(x):
    return sum(set(x * x))  # here: set


@refused("builtins.frozenset", args=(V3,), error=SrcgradError, words="")
def frozen_values(x):
    return max(frozenset(v * v for v in x))  # here: max


@refused("ast.Dict", args=(0.7,), error=UnsupportedError, words="key", fix="list")
def active_key(x):
    table = {x * x: "square"}  # here: {x
    return max(table)


@refused("collections.Counter", args=(V3,), error=SrcgradError, words="")
def counts_active_values(x):
    counts = Counter(x * x)
    return max(counts)  # here: max


# what is no number any more -----------------------------------------------------------------------


@refused("builtins.str", args=(0.7,), error=NoRuleError, words="text", fix="number")
def through_a_text(x):
    return float(str(x)) * x  # here: float


@refused("ast.JoinedStr", args=(0.7,), error=NoRuleError, words="text", fix="number")
def through_a_formatted_text(x):
    return float(f"{x:.17g}") * x  # here: float


@refused("builtins.format", args=(0.7,), error=NoRuleError, words="text", fix="number")
def through_a_format(x):
    return float(format(x, ".17g")) * x  # here: float


@refused(
    "Expressions: numbers read back from `%`",
    args=(0.7,),
    error=NoRuleError,
    words="text",
    fix="number",
)
def through_a_formatting_operator(x):
    return float("%.17g" % x) * x  # here: float


@refused("np.ndarray.astype", args=(V3,), error=NoRuleError, words="text", fix="number")
def through_an_array_of_texts(x):
    return np.sum(x.astype(str).astype(float) ** 2)  # here: x.astype


@refused("decimal.Decimal", args=(0.7,), error=NoRuleError, words="Decimal")
def through_a_decimal(x):
    return float(Decimal(x) * 2) * x  # here: Decimal


@refused("fractions.Fraction", args=(0.7,), error=NoRuleError, words="Fraction")
def through_a_fraction(x):
    return float(Fraction(x) * 2) * x  # here: Fraction


@refused("json.dumps", args=(0.7,), error=NoRuleError, words="dumps")
def through_json(x):
    return json.loads(json.dumps([x]))[0] * x  # here: json.dumps


@refused("pickle.dumps", args=(V3,), error=NoRuleError, words="loads")
def through_pickle(x):
    y = pickle.loads(pickle.dumps(x))  # here: pickle.loads
    return np.sum(y * y)


@refused("struct.pack", args=(0.7,), error=NoRuleError, words="unpack")
def through_bytes(x):
    (y,) = struct.unpack("d", struct.pack("d", x))  # here: struct.unpack
    return y * x


@refused("np.ndarray.tobytes", args=(V3,), error=NoRuleError, words="frombuffer")
def through_the_bytes_of_an_array(x):
    return np.sum(np.frombuffer(x.tobytes()) ** 2)  # here: np.frombuffer


@refused("builtins.memoryview", args=(V3,), error=NoRuleError, words="memoryview")
def through_a_view_of_memory(x):
    return memoryview(x)[0] * x[1]  # here: memoryview


@refused("array.array", args=(V3,), error=NoRuleError, words="array.array")
def through_an_array_of_the_library(x):
    return sum(array.array("d", x))  # here: array.array


@refused("ctypes.c_double", args=(0.7,), error=NoRuleError, words="c_double")
def through_c(x):
    return ctypes.c_double(x).value * x  # here: ctypes.c_double


# random numbers, threads and heaps ----------------------------------------------------------------


@refused("random.gauss", args=(0.7,), error=NoRuleError, words="random.gauss", fix="rules")
def draws_around_an_active_value(x):
    return x * random.gauss(x, 1.0)  # here: random.gauss


@refused("np.random.normal", args=(V3,), error=NoRuleError, words="'normal'", fix="rules")
def draws_arrays_around_active_values(x):
    rng = np.random.default_rng(0)
    return np.sum(rng.normal(x, 1.0))  # here: rng.normal


@refused("random.choice", args=([0.7, 1.2],), error=NoRuleError, words="choice")
def chooses_an_active_value(x):
    return random.choice(x) ** 2  # here: random.choice


@refused("random.shuffle", args=([0.7, 1.2],), error=NoRuleError, words="shuffle")
def shuffles_active_values(x):
    y = [v * v for v in x]
    random.shuffle(y)  # here: random.shuffle
    return y[0]


def square(v):
    return v * v


@refused(
    "concurrent.futures.ThreadPoolExecutor",
    args=(V3,),
    error=NoRuleError,
    words="map",
)
def maps_in_threads(x):
    with ThreadPoolExecutor() as pool:
        return sum(pool.map(square, x))  # here: pool.map


@refused("threading.Thread", args=(0.7,), error=UnsupportedError, words="lambda", fix="call")
def runs_a_thread(x):
    results = []
    thread = threading.Thread(target=lambda: results.append(x * x))  # here: threading
    thread.start()
    thread.join()
    return results[0]


@refused("queue.Queue", args=(0.7,), error=NoRuleError, words="put")
def goes_through_a_queue(x):
    waiting = queue.Queue()
    waiting.put(x * x)  # here: waiting.put
    return waiting.get()


@refused("bisect.insort", args=(0.7,), error=NoRuleError, words="insort")
def inserts_in_order(x):
    values = [0.1, 2.0]
    bisect.insort(values, x)  # here: bisect.insort
    return values[1] ** 2


@functools.lru_cache
def slow_square(v):
    return v * v


@refused(
    "functools.lru_cache",
    args=(0.7,),
    error=NoRuleError,
    words="slow_square",
    fix="functions that have rules",
)
def cached_on_active_values(x):
    return slow_square(x) * x  # here: slow_square
