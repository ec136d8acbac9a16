"""Special methods of classes of one's own: each through an active value."""

from __future__ import annotations

import math

import numpy as np

from census.registry import differentiated, inactive, refused
from srcgrad import NoRuleError, SrcgradError, UnsupportedError


class Number:
    """A number whose operators are none of those of floats."""

    def __init__(self, value):
        self.value = value

    def __add__(self, other):
        return Number(self.value * 2.0 + (other.value if isinstance(other, Number) else other))

    def __radd__(self, other):
        return Number(other * self.value)

    def __sub__(self, other):
        return Number(self.value - other * other)

    def __rsub__(self, other):
        return Number(other / self.value)

    def __truediv__(self, other):
        return Number(self.value * other + 1.0)

    def __pow__(self, n):
        return Number(self.value * n)

    def __floordiv__(self, other):
        return Number(self.value * other.value)

    def __mod__(self, other):
        return Number(self.value * other * other)

    def __divmod__(self, other):
        return self.value * other, self.value + other

    def __or__(self, other):
        return Number(self.value * other.value)

    def __and__(self, other):
        return Number(self.value * self.value * other.value)

    def __xor__(self, other):
        return Number(self.value - other.value * self.value)

    def __lshift__(self, other):
        return Number(self.value * other)

    def __rshift__(self, other):
        return Number(self.value / other)

    def __neg__(self):
        return Number(3.0 * self.value)

    def __pos__(self):
        return Number(5.0 * self.value)

    def __invert__(self):
        return Number(self.value * self.value)

    def __abs__(self):
        return self.value * self.value

    def __float__(self):
        return float(self.value * 2.0)

    def __round__(self, digits=None):
        return self.value * 7.0

    def __floor__(self):
        return self.value * 11.0

    def __ceil__(self):
        return self.value * 13.0

    def __trunc__(self):
        return self.value * 17.0


@differentiated(
    *("Special methods: `__add__`", "Special methods: `__radd__`", "Special methods: `__sub__`"),
    *(
        "Special methods: `__rsub__`",
        "Special methods: `__truediv__`",
        "Special methods: `__pow__`",
    ),
    args=(0.7,),
)
def arithmetic(x):
    a = Number(x)
    total = (a + a).value + (a + x).value * (2.0 + a).value + (a - x).value * (3.0 - a).value
    return total + (a / x).value * (a**x).value


@differentiated(
    *("Special methods: `__floordiv__`", "Special methods: `__mod__`"),
    "Special methods: `__divmod__`",
    args=(0.7,),
)
def divisions(x):
    a = Number(x)
    p, q = divmod(a, x)
    return (a // a).value * (a % x).value + p * q


@differentiated(
    *("Special methods: `__or__`", "Special methods: `__and__`", "Special methods: `__xor__`"),
    *("Special methods: `__lshift__`", "Special methods: `__rshift__`"),
    args=(0.7,),
)
def operators_of_bits(x):
    a, b = Number(x), Number(x * x)
    return (a | b).value * (a & b).value + (a ^ b).value * (a << x).value + (b >> x).value * x


@differentiated(
    *("Special methods: `__neg__`", "Special methods: `__pos__`", "Special methods: `__invert__`"),
    "Special methods: `__abs__`",
    args=(0.7,),
)
def signs(x):
    a = Number(x)
    return (-a).value * (+a).value + (~a).value * abs(a)


@differentiated(
    *("Special methods: `__float__`", "Special methods: `__round__`"),
    *(
        "Special methods: `__floor__`",
        "Special methods: `__ceil__`",
        "Special methods: `__trunc__`",
    ),
    args=(0.7,),
)
def conversions(x):
    a = Number(x)
    return float(a) * round(a) + math.floor(a) * math.ceil(a) + math.trunc(a) * math.sin(float(a))


@refused(
    "Special methods: `__float__` by functions of `math`",
    args=(0.7,),
    error=UnsupportedError,
    words="arithmetic on a value of kind Number",
)
def taken_for_a_number(x):
    return math.sin(Number(x))  # here: math.sin


class Total:
    """A sum that is changed in place."""

    def __init__(self, value):
        self.value = value

    def __iadd__(self, other):
        self.value = self.value + 10.0 * other
        return self

    def __imul__(self, other):
        self.value = self.value * other * other
        return self

    def __add__(self, other):
        raise TypeError("only in place")


@differentiated("Special methods: `__iadd__`", "Special methods: `__imul__`", args=(0.7,))
def in_place(x):
    total = Total(x)
    same = total
    same += x
    same *= x
    return total.value * x


class Series:
    """Coefficients, as a container."""

    def __init__(self, values):
        self.values = list(values)

    def __len__(self):
        return len(self.values)

    def __getitem__(self, i):
        return self.values[i]

    def __setitem__(self, i, value):
        self.values[i] = value

    def __delitem__(self, i):
        del self.values[i]

    def __iter__(self):
        return iter(self.values)

    def __reversed__(self):
        return iter(self.values[::-1])

    def __contains__(self, value):
        return value in (1, 2)

    def __call__(self, at):
        total = 0.0
        for value in reversed(self):
            total = total * at + value
        return total


@differentiated(
    *("Special methods: `__len__`", "Special methods: `__getitem__`"),
    *("Special methods: `__setitem__`", "Special methods: `__delitem__`"),
    args=([0.7, 1.2, -0.3],),
)
def elements(x):
    series = Series(x)
    series[1] = series[0] * series[2]
    del series[0]
    return series[0] * series[-1] * len(series)


@differentiated(
    *("Special methods: `__iter__`", "Special methods: `__reversed__`"),
    *("Special methods: `__contains__`", "Special methods: `__call__`"),
    args=([0.7, 1.2, -0.3],),
)
def iteration(x):
    series = Series(v * v for v in x)
    first, *_ = series
    total = sum(series) * max(series)
    for v in series:
        total = total * v + first
    return series(total) if 2 in series and 3 not in series else first


class Old:
    """A sequence by __getitem__ and IndexError alone."""

    def __init__(self, scale):
        self.scale = scale

    def __getitem__(self, i):
        if i > 3:
            raise IndexError(i)
        return self.scale**i


@refused(
    "Special methods: loops by `__getitem__` alone",
    args=(0.7,),
    error=UnsupportedError,
    words="a loop over a value of kind Old",
    fix="a list of its parts",
)
def old_sequences(x):
    total = 0.0
    for v in Old(x):  # here: for
        total += v
    return total * list(Old(x))[2]


class Cost:
    """Something that is compared."""

    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        return self.value < other.value

    def __eq__(self, other):
        return self.value == other.value

    def __hash__(self):
        return 1

    def __bool__(self):
        return bool(self.value > 1.0)


@differentiated("Special methods: `__lt__` and `__eq__` of active values", args=(0.7,))
def comparisons(x):
    a, b = Cost(x), Cost(x * x)
    best = a if a < b else b
    return best.value * x if best == b and not a == b else x


@refused(
    "Special methods: `sorted` by `__lt__`",
    args=(0.7,),
    error=UnsupportedError,
    words="sorting by what is not a number",
    fix="key=",
)
def sorted_by_comparisons(x):
    costs = sorted([Cost(x), Cost(x * x), Cost(2.0)])  # here: sorted
    return costs[1].value ** 2


@refused("Special methods: `min` by `__lt__`", args=(0.7,), error=NoRuleError, words="min")
def smallest_by_comparisons(x):
    return min([Cost(x), Cost(x * x)]).value  # here: min


@differentiated("Special methods: `__bool__`", args=(0.7,))
def truth(x):
    y = x * x if Cost(2.0) and not Cost(x) else x
    found = Cost(x) or Cost(3.0 * x)
    return y * found.value


@refused(
    "Special methods: `__hash__` of inactive objects",
    args=(0.7,),
    error=UnsupportedError,
    words="a key that is not known",
    fix="constant keys",
)
def hashed(x):
    table = {Cost(3.0): 2.0}  # here: {Cost
    return x * x * table[Cost(3.0)]


class Config(dict):
    def __getattr__(self, name):
        return self[name]


CONFIG = Config(rate=0.5, steps=3)


@inactive("Objects: dicts with attributes, made before", args=(0.7,))
def subclass_of_dict(x):
    y = x
    for _ in range(CONFIG.steps):
        y = y - CONFIG["rate"] * y * y
    return y * CONFIG.rate


class Recorded:
    def __init__(self, value):
        self.value = value

    def __repr__(self):
        return f"Recorded({self.value:.2f})"

    __str__ = __repr__

    def __format__(self, spec):
        return format(self.value, spec)


@inactive("Special methods: `__repr__`, `__str__` and `__format__`", args=(0.7,))
def shown(x):
    recorded = Recorded(x * x)
    print(recorded, repr(recorded), f"{recorded:.3f}", [recorded])
    return recorded.value * x


class Registered:
    kinds = []

    def __init_subclass__(cls, **options):
        Registered.kinds.append(cls)


class Sine(Registered):
    def of(self, v):
        return np.sin(v)


class Square(Registered):
    def of(self, v):
        return v * v


@differentiated("Objects: classes in a registry of the module", args=(0.7,))
def registered_classes(x):
    y = x
    for kind in Registered.kinds:
        y = kind().of(y)
    return y * x


class Stack:
    def __init__(self):
        self.values = []

    def __enter__(self):
        self.values.append(1.0)
        return self

    def __exit__(self, kind, error, trace):
        self.values.append(self.values[-1] * 3.0)


@differentiated("Special methods: `__enter__` and `__exit__` of active values", args=(0.7,))
def contexts(x):
    stack = Stack()
    with stack as same:
        same.values.append(x * x)
    return sum(stack.values) * stack.values[2]


class Swallowing(Stack):
    def __exit__(self, kind, error, trace):
        return kind is KeyError


@refused(
    "Special methods: `__exit__` that swallows exceptions",
    args=(0.7,),
    error=UnsupportedError,
    words="may swallow exceptions",
    fix="use try and except",
)
def swallowed(x):
    stack = Swallowing()
    with stack:  # here: stack
        stack.values.append(x)
        raise KeyError("suppressed")
    return x * x


@differentiated("Objects: stores by `object.__setattr__`", args=(0.7,))
def stores_around_attributes(x):
    b = Recorded(1.0)
    object.__setattr__(b, "other", x)
    return b.value * b.other**2


@refused("Objects: stores by `vars`", args=(0.7,), error=SrcgradError, words="a store into")
def stores_by_vars(x):
    a = Recorded(1.0)
    vars(a)["value"] = x * x  # here: vars
    return a.value * x


@refused("Objects: stores by `__dict__`", args=(0.7,), error=SrcgradError, words="a store into")
def stores_into_the_dict(x):
    a = Recorded(1.0)
    a.__dict__["value"] = x * x  # here: a.__dict__
    return a.value * x
