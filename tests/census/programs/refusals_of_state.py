"""Refused deliberately: active values kept where they outlive the call."""

from __future__ import annotations

import contextvars
from types import SimpleNamespace

import numpy as np

from census.registry import V3, refused
from srcgrad import NoRuleError, SrcgradError, UnsupportedError

TOTAL = 0.0
CACHE = {"a": 1.0}
HISTORY = [1.0]
BUFFER = np.zeros(3)
CONFIG = SimpleNamespace(rate=0.5)
LAST = contextvars.ContextVar("LAST", default=0.0)


@refused("ast.Global", args=(0.7,), error=UnsupportedError, words="TOTAL", fix="return")
def stores_a_global(x):
    global TOTAL  # here: global
    TOTAL = x * x
    return TOTAL * x


@refused("ast.Global", args=(V3,), error=UnsupportedError, words="TOTAL", fix="return")
def adds_to_a_global(x):
    global TOTAL  # here: global
    for v in x:
        TOTAL += v * v
    return TOTAL


def made():
    total = 0.0

    @refused("ast.Nonlocal", args=(0.7,), error=UnsupportedError, words="total", fix="return")
    def stores_in_an_enclosing_function(x):
        nonlocal total  # here: nonlocal
        total = x * x
        return total * x

    return stores_in_an_enclosing_function


stores_in_an_enclosing_function = made()


@refused("builtins.globals", args=(0.7,), error=UnsupportedError, words="globals", fix="name")
def reads_a_global_by_name(x):
    return x * x * globals()["TOTAL"]  # here: globals


@refused("builtins.globals", args=(0.7,), error=UnsupportedError, words="globals", fix="name")
def stores_a_global_by_name(x):
    globals()["TOTAL"] = x * x  # here: globals
    return TOTAL * x


@refused(
    "Objects: attributes of objects of the module",
    args=(0.7,),
    error=UnsupportedError,
    words="CONFIG",
    fix="argument",
)
def stores_an_attribute_of_the_module(x):
    CONFIG.rate = x * x  # here: CONFIG.rate
    return CONFIG.rate * x


@refused("builtins.setattr", args=(0.7,), error=UnsupportedError, words="CONFIG", fix="argument")
def sets_an_attribute_of_the_module(x):
    setattr(CONFIG, "rate", x * x)  # here: setattr
    return CONFIG.rate * x


class Model:
    scale = 2.0
    instance = None

    def __init__(self):
        self.state = 0.0

    def step(self, v):
        self.state = self.state + v * v  # here: self.state
        return self.state


MODEL = Model()


@refused(
    "Objects: methods that write into an object of the module",
    args=(0.7,),
    error=UnsupportedError,
    words="MODEL",
    fix="return",
    place=Model.step,
)
def steps_an_object_of_the_module(x):
    return MODEL.step(x) * MODEL.step(2.0 * x)


@refused(
    "Objects: stores into class attributes",
    args=(0.7,),
    error=UnsupportedError,
    words="a store into an attribute of a value of kind Model",
    fix="as an argument",
)
def stores_a_class_attribute(x):
    Model.scale = x * x  # here: Model.scale
    return Model.scale * x


def remember(v, seen=[]):  # noqa: B006
    seen.append(v)
    return seen[-1]  # here: seen


@refused(
    "Functions: defaults that are changed",
    args=(0.7,),
    error=SrcgradError,
    words="",
    place=remember,
)
def appends_to_a_default(x):
    return remember(x * x) * x


@refused(
    "Functions: defaults of the function itself that are changed",
    args=(0.7,),
    error=UnsupportedError,
    words="seen",
)
def grows_its_default(x, seen=[]):  # noqa: B006
    seen.append(x)  # here: seen.append
    return x * x * len(seen)


def helper(v):
    return v * v


@refused(
    "Functions: attributes of functions",
    args=(0.7,),
    error=UnsupportedError,
    words="a store into an attribute of a value of kind helper",
    fix="as an argument",
)
def stores_an_attribute_of_a_function(x):
    helper.last = helper(x)  # here: helper.last
    return helper.last * x


@refused(
    "Containers: a list of the module that grows",
    args=(0.7,),
    error=NoRuleError,
    words="'extend'",
    fix="make a new value",
)
def extends_a_list_of_the_module(x):
    HISTORY.extend([x, x * x])  # here: HISTORY.extend
    return HISTORY[-1]


@refused(
    "Containers: a dict of the module that is updated",
    args=(0.7,),
    error=UnsupportedError,
    words="CACHE",
    fix="argument",
)
def updates_a_dict_of_the_module(x):
    CACHE.update(a=x * x)  # here: CACHE.update
    return CACHE["a"]


@refused(
    "Containers: a memo of the module",
    args=(0.7,),
    error=UnsupportedError,
    words="CACHE",
    fix="argument",
)
def keeps_a_memo_in_the_module(x):
    if "b" not in CACHE:
        CACHE["b"] = x * x  # here: CACHE["b"]
    return CACHE["b"] * x


@refused(
    "Containers: an array of the module as `out=`",
    args=(V3,),
    error=UnsupportedError,
    words="BUFFER",
    fix="argument",
)
def writes_to_an_array_of_the_module(x):
    np.multiply(x, x, out=BUFFER)  # here: np.multiply
    return np.sum(BUFFER)


@refused("contextvars.ContextVar", args=(0.7,), error=NoRuleError, words="set")
def sets_a_context_variable(x):
    LAST.set(x * x)  # here: LAST.set
    return LAST.get() * x
