"""Objects: classes of one's own, their methods, properties, operators and inheritance."""

from __future__ import annotations

from functools import total_ordering

import numpy as np

from census.registry import M23, V3, differentiated, inactive, refused
from srcgrad import SrcgradError, UnsupportedError


class Oscillator:
    damping = 0.1
    made = 0

    def __init__(self, stiffness, mass=1.0):
        self.stiffness = stiffness
        self.mass = mass
        self.position = 1.0
        self.speed = 0.0

    @property
    def energy(self):
        return 0.5 * self.mass * self.speed**2 + 0.5 * self.stiffness * self.position**2

    @property
    def frequency(self):
        return np.sqrt(self.stiffness / self.mass)

    @frequency.setter
    def frequency(self, value):
        self.stiffness = self.mass * value**2

    def step(self, dt):
        force = -self.stiffness * self.position - self.damping * self.speed
        self.speed += dt * force / self.mass
        self.position = self.position + dt * self.speed
        return self

    @classmethod
    def of_frequency(cls, frequency):
        return cls(frequency**2)

    @staticmethod
    def period(frequency):
        return 6.28 / frequency


@differentiated("Objects: made from active values", args=(0.7,))
def made(x):
    spring = Oscillator(x, mass=2.0)
    return spring.stiffness * spring.mass


@differentiated("Objects: methods that write attributes", args=(0.7,))
def methods_that_write(x):
    spring = Oscillator(x)
    for _ in range(3):
        spring.step(0.1).step(0.05)
    return spring.position * x


@differentiated("Objects: attributes written from outside", args=(0.7,))
def attributes_written(x):
    spring = Oscillator(2.0)
    spring.speed = x
    spring.position += x * x
    spring.step(0.1)
    return spring.energy


@differentiated("Objects: properties and setters", "builtins.property", args=(0.7,))
def properties(x):
    spring = Oscillator(1.0)
    spring.frequency = x
    return spring.energy * spring.frequency


@differentiated(
    "Objects: class methods", "builtins.classmethod", "builtins.staticmethod", args=(0.7,)
)
def class_methods(x):
    return Oscillator.of_frequency(x).energy * Oscillator.period(x)


@inactive("Objects: class attributes", args=(0.7,))
def class_attributes(x):
    return x * x * Oscillator.damping + Oscillator(x).damping


class Damped(Oscillator):
    def __init__(self, stiffness, damping):
        super().__init__(stiffness)
        self.damping = damping

    def step(self, dt):
        super().step(dt)
        self.speed = self.speed * (1.0 - self.damping)
        return self


@differentiated("Objects: inheritance and `super()`", "builtins.super", args=(0.7, 0.2))
def inheritance(x, damping):
    spring = Damped(x, damping * x)
    for _ in range(3):
        spring.step(0.1)
    return spring.energy


class Layer:
    def __init__(self, weights):
        self.weights = weights
        self.calls = 0

    def __call__(self, v):
        self.calls += 1
        return np.tanh(self.weights @ v)


@differentiated("Objects: `__call__`", args=(M23,))
def callable_objects(x):
    layers = [Layer(x.T), Layer(x)]
    v = np.ones(2)
    for layer in layers:
        v = layer(v)
    return np.sum(v) * layers[0].calls


@differentiated("Objects: `__call__` of an object of the module", args=(V3,))
def callable_object_of_the_module(x):
    return np.sum(ROTATE(x) ** 2)


class Vector:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __mul__(self, by):
        return Vector(self.x * by, self.y * by)

    __rmul__ = __mul__

    def __neg__(self):
        return -1.0 * self

    def __matmul__(self, other):
        return self.x * other.x + self.y * other.y

    def __getitem__(self, index):
        return (self.x, self.y)[index]

    def __len__(self):
        return 2

    def __iter__(self):
        return iter((self.x, self.y))

    def __abs__(self):
        return np.sqrt(self @ self)

    def __eq__(self, other):
        return self.x == other.x and self.y == other.y

    def __repr__(self):
        return f"Vector({self.x}, {self.y})"


@differentiated("Objects: operators", args=(0.7,))
def operators(x):
    a, b = Vector(x, 1.0), Vector(2.0, x * x)
    c = 2.0 * a + -b * x
    print(c)
    return c @ a + abs(c) * c[0]


@differentiated("Objects: `__len__`, `__iter__` and unpacking", args=(0.7,))
def iteration(x):
    a = Vector(x, x * x)
    p, q = a
    total = p * q
    for v in a:
        total = total * v
    return total * len(a)


@total_ordering
class Version:
    def __init__(self, number):
        self.number = number

    def __eq__(self, other):
        return self.number == other.number

    def __lt__(self, other):
        return self.number < other.number


@inactive("Objects: comparisons of one's own", "functools.total_ordering", args=(0.7,))
def own_comparisons(x):
    return x * x if Version(2) >= Version(1) else x


class Ramp:
    def __init__(self, stop):
        self.stop = stop
        self.at = 0.0

    def __iter__(self):
        return self

    def __next__(self):
        self.at = self.at + 0.25
        if self.at > 1.0:
            raise StopIteration
        return self.at * self.stop


@refused(
    "Objects: `__next__` of one's own",
    args=(0.7,),
    error=UnsupportedError,
    words="a loop over a value of kind Ramp",
    fix="a list of its parts",
)
def own_iterators(x):
    total = 0.0
    for v in Ramp(x):  # here: for
        total = total * 0.5 + v * v
    return total


class Table:
    def __init__(self):
        self.rows = {}

    def __setitem__(self, key, value):
        self.rows[key] = value

    def __getitem__(self, key):
        return self.rows[key]

    def __contains__(self, key):
        return key in self.rows

    def __getattr__(self, name):
        return self.rows[name]


@differentiated("Objects: `__setitem__`, `__contains__` and `__getattr__`", args=(0.7,))
def own_containers(x):
    table = Table()
    table["a"] = x * x
    table["b"] = table["a"] * x
    return table.b * table.a if "b" in table else x


class Network:
    def __init__(self, sizes, seed=0):
        rng = np.random.default_rng(seed)
        self.layers = [Layer(rng.normal(size=(n, m))) for m, n in zip(sizes, sizes[1:])]

    def forward(self, v):
        for layer in self.layers:
            v = layer(v)
        return v


@differentiated("Objects: objects of objects", args=(V3,))
def objects_of_objects(x):
    network = Network([3, 4, 2])
    return np.sum(network.forward(x))


NETWORK = Network([3, 2])


@differentiated("Objects: a method of an object that was made before", args=(V3,))
def object_made_before(x):
    v = x
    for layer in NETWORK.layers:
        v = np.tanh(layer.weights @ v)
    return np.sum(v)


@differentiated("Objects: `getattr` and `hasattr` by name", args=(0.7,))
def attributes_by_name(x):
    spring = Oscillator(x)
    total = 0.0
    for name in ("stiffness", "mass", "charge"):
        if hasattr(spring, name):
            total += getattr(spring, name) * getattr(spring, "charge", x)
    setattr(spring, "mass", x * x)
    return total * spring.mass


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a, b):
        self.a = a
        self.b = b


@differentiated("Objects: `__slots__`", args=(0.7,))
def slots(x):
    pair = Slotted(x, 2.0)
    pair.b = pair.b * pair.a
    return pair.a * pair.b


class Rotation:
    def __init__(self, shift):
        self.shift = shift

    def __call__(self, v):
        return np.roll(v, self.shift) * v


ROTATE = Rotation(1)


@differentiated("Objects: aliases, and objects in several containers", args=(0.7,))
def aliases_of_objects(x):
    spring = Oscillator(x)
    same, springs = spring, {"a": spring, "b": [spring]}
    same.mass = x * x
    springs["b"][0].speed = springs["a"].mass * x
    return spring.energy * springs["a"].speed


@differentiated("Objects: made in a loop, after None", args=(0.7,))
def made_in_a_loop(x):
    spring = None
    for i in range(3):
        if spring is None:
            spring = Oscillator(x)
        else:
            spring.step(0.1 * i)
    return spring.energy


@refused("Objects: a class chosen by a test", args=(0.7,), error=SrcgradError, words="")
def class_chosen_by_a_test(x):
    kind = Slotted if x > 0.0 else Vector
    pair = kind(x, x * x)
    return pair.a * pair.b  # here: pair


@differentiated("Objects: methods kept in a variable", args=(0.7,))
def bound_methods(x):
    spring = Oscillator(x)
    step = spring.step
    for _ in range(2):
        step(0.1)
    steps = [spring.step, Oscillator.step]
    steps[0](x)
    steps[1](spring, 0.2)
    return spring.energy
