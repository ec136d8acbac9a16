"""Refused deliberately: classes that change what a call or a store of an attribute means."""

from __future__ import annotations

import numpy as np

from census.programs.special_methods import Cost
from census.registry import V3, refused
from srcgrad import NoRuleError, UnsupportedError


class Doubled:
    def __get__(self, owner, cls):
        return owner.value * 3.0

    def __set__(self, owner, value):
        owner.value = value * 2.0


class Described:
    double = Doubled()

    def __init__(self, value):
        self.value = value


@refused(
    "Special methods: `__set__`",
    args=(0.7,),
    error=UnsupportedError,
    words="double",
    fix="property",
)
def stores_by_a_descriptor(x):
    described = Described(x)
    described.double = x * x  # here: described.double
    return described.value


class Doubling(type):
    def __call__(cls, value):
        return super().__call__(value * 2.0)


class Made(metaclass=Doubling):
    def __init__(self, value):
        self.value = value


@refused("Special methods: `__call__` of a metaclass", args=(0.7,), error=NoRuleError, words="Made")
def makes_by_a_metaclass(x):
    return Made(x).value * x  # here: Made


class Watched:
    def __init__(self, value):
        self.value = value

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value * 2.0)


@refused("Special methods: `__setattr__`", args=(0.7,), error=NoRuleError, words="Watched")
def makes_what_watches_its_attributes(x):
    return Watched(x).value * x  # here: Watched


class Dollars(float):
    pass


@refused("Objects: subclasses of `float`", args=(0.7,), error=NoRuleError, words="Dollars")
def makes_a_kind_of_float(x):
    return Dollars(x) * x  # here: Dollars


class Picture(np.ndarray):
    pass


@refused("Objects: subclasses of arrays", args=(V3,), error=NoRuleError, words="view")
def views_as_a_subclass(x):
    return np.sum(x.view(Picture) ** 2)  # here: x.view


@refused(
    "Special methods: `__hash__` of active objects",
    args=(0.7,),
    error=UnsupportedError,
    words="key",
    fix="list",
)
def active_objects_as_keys(x):
    table = {Cost(x): 1.0}  # here: {Cost
    return max(table).value * x
