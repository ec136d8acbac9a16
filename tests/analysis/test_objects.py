"""Objects made and changed in differentiated code: attributes, methods, aliases, operators."""

# Programs as users write them, and worse: the odd constructs are what is tested.
# ruff: noqa: B905

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass, field
from functools import cached_property
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest

from support.every_way import Program, Programs, check_once, check_refused, check_twice

V3 = np.array([0.7, 1.3, 0.4])
PROGRAMS = Programs()
program = PROGRAMS.register


class Account:
    """Its balance changes, and a log of what was paid."""

    fee = 0.1

    def __init__(self, balance, owner=None):
        self.balance = balance
        self.owner = owner
        self.log = []

    def pay(self, amount):
        self.balance -= amount * (1.0 + self.fee)
        self.log.append(amount)
        return self

    @property
    def paid(self):
        return sum(self.log)


class Node:
    def __init__(self, value, following=None):
        self.value = value
        self.following = following


class Vector:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def __add__(self, other):
        return Vector(self.a + other.a, self.b + other.b)

    def __iadd__(self, other):
        self.a += other.a
        self.b += other.b
        return self

    def __mul__(self, factor):
        if isinstance(factor, Vector):
            return self.a * factor.a + self.b * factor.b
        return Vector(self.a * factor, self.b * factor)

    __rmul__ = __mul__

    def __sub__(self, other):
        return self + -1.0 * other

    def __neg__(self):
        return Vector(-self.a, -self.b)

    def __pow__(self, n):
        return Vector(self.a**n, self.b**n)

    def __abs__(self):
        return np.sqrt(self.a**2 + self.b**2)

    def __getitem__(self, index):
        return (self.a, self.b)[index]

    def __setitem__(self, index, value):
        if index == 0:
            self.a = value
        else:
            self.b = value

    def __call__(self, scale):
        return self.a * scale + self.b

    def __lt__(self, other):
        return abs(self) < abs(other)

    def __eq__(self, other):
        return self.a == other.a and self.b == other.b

    __hash__ = None

    def __contains__(self, value):
        return value == self.a

    def __float__(self):
        return float(self.a)


@dataclass
class State:
    position: Any
    velocity: Any
    seen: list[Any] = field(default_factory=list)

    def step(self, h):
        self.velocity = self.velocity - h * np.sin(self.position)
        self.position = self.position + h * self.velocity
        self.seen.append(self.position)


@dataclass(frozen=True)
class Frozen:
    value: Any
    factor: Any = 2.0

    def grown(self, by):
        return dataclasses.replace(self, value=self.value * by)


class Layer:
    def __init__(self, weight, bias):
        self.weight = weight
        self.bias = bias
        self.last = None

    def __call__(self, x):
        self.last = self.activation(self.weight * x + self.bias)
        return self.last

    def activation(self, x):
        return np.tanh(x)


class Linear(Layer):
    def activation(self, x):
        return x


class Scaled(Layer):
    def __init__(self, weight, bias, scale):
        super().__init__(weight, bias)
        self.scale = scale

    def __call__(self, x):
        return super().__call__(x) * self.scale


class Net:
    def __init__(self, *layers):
        self.layers = list(layers)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def penalty(self):
        return sum(layer.weight**2 for layer in self.layers)


@program(V3)
def one_object_under_two_names(x):
    a = Account(x[0])
    b = a
    b.pay(x[1])
    return a.balance**2 * b.paid


@program(V3)
def two_objects_made_alike(x):
    a, b = Account(x[0]), Account(x[0])
    a.pay(x[1])
    return a.balance * b.balance + a.paid + b.paid


@program(V3)
def objects_that_hold_each_other(x):
    a = Node(x[0])
    b = Node(x[1], a)
    a.following = b
    a.following.following.value = x[2] * a.value
    return b.following.value * a.following.value**2


@program(V3)
def a_linked_list_walked_through(x):
    head = None
    for v in x:
        head = Node(v * v, head)
    total, node = 1.0, head
    while node is not None:
        total = total * 0.5 + node.value
        node = node.following
    return total


@program(V3)
def one_object_twice_in_a_list(x):
    a, b = Account(x[0]), Account(x[1])
    for account in [a, b, a]:
        account.pay(x[2])
    return a.balance * b.balance


@program(V3, refused="a value that may or may not have been changed by a store before")
def which_object_a_branch_chooses(x):
    a, b = Vector(x[0], x[1]), Vector(x[1], x[2])
    chosen = a if x[0] > 0.5 else b
    chosen.a = chosen.a * x[2]
    return a.a * a.b + b.a * b.b


@program(V3)
def a_choice_in_a_loop(x):
    a, b = Vector(x[0], x[1]), Vector(x[1], x[2])
    for k in range(5):
        chosen = a if k % 2 else b
        chosen.a = chosen.a * chosen.b + x[0]
    return a.a * b.a


@program(V3)
def an_attribute_set_in_one_branch(x):
    a = Account(x[0])
    if x[1] > 1.0:
        a.balance = x[1] ** 2
        a.bonus = x[2]
    else:
        a.bonus = 0.0
    return a.balance * a.bonus


@program(V3)
def state_carried_through_a_loop(x):
    s = State(x[0], x[1])
    for _ in range(4):
        s.step(x[2])
    return s.position * s.velocity + sum(s.seen)


@program(State(0.7, 1.3, [0.5]))
def an_argument_that_is_changed(s):
    for _ in range(3):
        s.step(0.1)
    return s.position * s.velocity * s.seen[0] + s.seen[-1]


@program({"one": State(0.7, 1.3), "other": State(0.2, -0.4)})
def arguments_that_are_changed(states):
    one, other = states["one"], states["other"]
    for _ in range(3):
        one.step(0.1)
        other.velocity = other.velocity + one.position * other.position
    return states["other"].velocity * states["one"].position


@program(V3)
def a_callee_that_changes_its_object(x):
    def spoil(account, v):
        account.balance = account.balance * v
        account = Account(v)
        account.balance = 100.0 * v

    a = Account(x[0])
    spoil(a, x[1])
    spoil(a, x[2])
    return a.balance


@program(V3)
def a_callee_that_gives_its_object_back(x):
    a = Account(x[0])
    b = a.pay(x[1]).pay(x[2])
    b.balance *= x[1]
    return a.balance * b.balance


@program(V3)
def bound_methods_as_values(x):
    a, b = Account(x[0]), Account(x[1])
    for pay, v in ((a.pay, x[1]), (b.pay, x[2]), (a.pay, x[0])):
        pay(v)
    return a.balance * b.balance


@program(V3)
def operators_of_the_class(x):
    u, v = Vector(x[0], x[1]), Vector(x[1], x[2])
    w = 2.0 * u - v * x[0] + (-u) ** 3
    return w * u + abs(v) * w[0] + w(x[2])


@program(V3)
def in_place_operators_and_aliases(x):
    u = Vector(x[0], x[1])
    same = u
    u += Vector(x[1], x[2])
    u = u + Vector(1.0, 1.0)
    u[0] = same.a * x[2]
    return same * u + same[1]


@program(V3)
def comparisons_of_the_class(x):
    vectors = [Vector(x[0], x[1]), Vector(x[1], x[2]), Vector(x[2], x[0])]
    least = vectors[0]
    for v in vectors[1:]:
        if v < least:
            least = v
    return least.a * least.b**2 if x[2] in least else least.a


@program(V3)
def equality_of_the_class(x):
    same = Vector(x[0], x[1]) == Vector(x[0], x[1] * 1.0)
    return x[0] ** 2 if same else x[1] ** 2


@program(V3)
def a_small_network(x):
    net = Net(Layer(x[0], x[1]), Linear(x[1], x[2]), Scaled(x[2], x[0], x[1]))
    return net.forward(0.5) ** 2 + net.penalty() + net.layers[0].last


@program(V3)
def the_same_layer_twice(x):
    shared = Layer(x[0], x[1])
    net = Net(shared, Linear(x[1], x[2]), shared)
    y = net.forward(x[2])
    return y * shared.last


@program(V3)
def gradient_steps_on_attributes(x):
    net = Net(Layer(x[0], 0.1), Linear(x[1], 0.2))
    for _ in range(3):
        error = net.forward(x[2]) - 1.0
        for layer in net.layers:
            layer.weight = layer.weight - 0.1 * error * layer.last
    return net.forward(x[2])


@program(V3)
def frozen_objects_replaced(x):
    f = Frozen(x[0])
    kept = f
    for v in x:
        f = f.grown(v)
    return f.value * kept.value * f.factor


@program(V3)
def a_namespace(x):
    n = SimpleNamespace(a=x[0], inner=SimpleNamespace(b=x[1]))
    same = n.inner
    n.inner.b *= n.a
    n.c = same.b * x[2]
    return n.c * n.inner.b


class Lazy:
    def __init__(self, v):
        self.v = v
        self.count = 0

    @cached_property
    def squared(self):
        self.count += 1
        return self.v**2


@program(V3)
def a_property_worked_out_once(x):
    a = Lazy(x[0])
    first = a.squared
    a.v = x[1]
    return first * a.squared * a.v * a.count


class Checked:
    def __init__(self, v):
        self.level = v

    @property
    def level(self):
        return self._level * 2.0

    @level.setter
    def level(self, v):
        self._level = v**2
        self.touched = v


@program(V3)
def a_property_that_is_set(x):
    c = Checked(x[0])
    c.level = c.level * x[1]
    c.level += x[2]
    return c.level * c.touched


class Registry:
    shared: list[Any] = []  # noqa: RUF012

    def __init__(self):
        self.own = []

    def add(self, v):
        self.own.append(v)
        return self


@program(V3)
def lists_in_attributes(x):
    r = Registry().add(x[0]).add(x[1])
    own = r.own
    own[0] = own[0] * x[2]
    r.own = [*own, 1.0]
    own.append(x[2])
    return sum(r.own) * r.own[0] + len(own) * own[-1]


class Buffer:
    def __init__(self, n):
        self.data = np.zeros(n)
        self.at = 0

    def push(self, v):
        self.data[self.at] = v
        self.at = (self.at + 1) % len(self.data)

    def view(self):
        return self.data[1:]


@program(V3)
def an_array_in_an_attribute(x):
    b = Buffer(3)
    for k in range(5):
        b.push(x[k % 3] * (k + 1) + np.sum(b.data))
    part = b.view()
    part[0] = part[1] ** 2
    return np.sum(b.data**2)


class Pair(NamedTuple):
    first: Any
    second: Any

    def swapped(self):
        return Pair(self.second, self.first)

    @property
    def product(self):
        return self.first * self.second**2


@program(V3)
def methods_of_a_namedtuple(x):
    p = Pair(x[0], x[1])
    for v in x:
        p = p.swapped()._replace(first=p.product * v)
    return p.product


@program(V3)
def attributes_by_name(x):
    a = Account(x[0])
    for name, v in zip(("balance", "owner"), x[1:]):
        setattr(a, name, getattr(a, "balance") * v)  # noqa: B009
    return a.balance * a.owner if not hasattr(a, "missing") else x[0]


@program(V3)
def objects_in_a_dict(x):
    accounts = {name: Account(v) for name, v in zip("abc", x)}
    for name, account in accounts.items():
        account.pay(accounts["a"].balance * 0.1)
        if name == "b":
            accounts["c"].balance = account.balance**2
    return accounts["a"].balance * accounts["b"].balance * accounts["c"].balance


@program(V3)
def swapped_in_a_loop(x):
    a, b = Vector(x[0], x[1]), Vector(x[1], x[2])
    for _ in range(3):
        a, b = b, a
        a.a = a.a * b.b
    return a.a * 2.0 + b.a * a.b


@program(V3)
def made_anew_in_each_pass(x):
    kept = []
    for v in x:
        s = Vector(v, 1.0)
        kept.append(s)
        s.b = s.a * v
    kept[0].a = x[2]
    return sum(k.a * k.b for k in kept)


@program(V3)
def kept_from_the_last_pass(x):
    last = None
    total = 0.0
    for v in x:
        now = Vector(v, v * v)
        if last is not None:
            last.a = last.a * now.b
            total = total + last.a * now.a
        last = now
    return total * last.a


@program(V3)
def left_in_the_middle(x):
    s = Vector(x[0], x[1])
    for k in range(6):
        s.a = s.a * s.b
        if k == 3:
            break
        if k == 1:
            continue
        s.b = s.b + x[2]
    return s.a + s.b


@program(V3)
def two_of_them_made_by_a_function(x):
    def made(v, **options):
        a = Account(v, **options)
        a.balance = a.balance**2
        return a

    first = made(x[0], owner=x[1])
    second = made(x[1])
    first.balance, second.balance = second.balance, first.balance
    return first.balance * first.owner + second.balance


class Squared:
    def __init__(self, k):
        self.k = k

    @functools.cached_property
    def square(self):
        return self.k**2


@program(V3)
def a_cached_property_under_try(x):
    s, total = Squared(x[0]), x[1]
    for _ in range(3):
        try:
            if total > 50.0:
                raise ValueError("large")
            total = total * s.square + x[2]
        except ValueError:
            total = total * s.square * 0.5
    return total * s.square


@program(V3)
def a_cached_property_read_before_try(x):
    s = Squared(x[0])
    before = s.square
    try:
        inside = s.square
    except ValueError:
        inside = 1.0
    s.k = s.k * 2
    return inside * s.square + before


@program(V3, refused="a store into an object whose cached property was read under try")
def a_cached_property_that_may_be_old(x):
    s = Squared(x[0])
    try:
        inside = s.square
    except ValueError:
        inside = 1.0
    s.k = s.k * 2
    return inside * s.square


@dataclass
class Series:
    times: list = field(default_factory=list)
    steps: int = 0
    complete: bool = True


@program(V3)
def a_list_in_an_object_that_grows_beside_a_count(x):
    s, t = Series(), 0.0
    while t < 1.0:
        for _ in (0.0, 0.5):
            s.steps += 1
        t = t + 0.3 * x[0]
        s.times.append(t * x[1])
    return sum(s.times) * s.steps


@program(V3)
def a_list_in_an_object_up_to_an_early_end(x):
    s, t = Series(), 0.0
    while t < 1.0:
        if len(s.times) > 2:
            s.complete = False
            break
        t = t + 0.3 * x[0]
        s.times.append(t * x[1])
    return sum(s.times) * (1.0 if s.complete else 2.0)


@pytest.mark.parametrize("program", PROGRAMS.differentiated, ids=str)
def test_program(program: Program) -> None:
    check_once(program)


@pytest.mark.parametrize("program", PROGRAMS.twice, ids=str)
def test_second_derivatives(program: Program) -> None:
    check_twice(program)


@pytest.mark.parametrize("program", PROGRAMS.refused, ids=str)
def test_refused(program: Program) -> None:
    check_refused(program)
