"""Planted faults: functions whose gradient goes wrong, each with the line and the cause.

A fault's line is the one that ends in the comment `# fault`; without one, it is the definition.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import srcgrad

RNG = np.random.default_rng(7)


@dataclass(frozen=True)
class Fault:
    """A function, arguments, what its first finding is, and words that it says."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    kind: str
    words: tuple[str, ...]
    sweep: str = ""
    where: tuple[int, ...] | None = None
    argnums: Any = 0

    def __str__(self) -> str:
        return self.function.__name__

    @property
    def line(self) -> int:
        """The line that is to blame, in this file."""
        lines, first = inspect.getsourcelines(self.function)
        marked = [i for i, text in enumerate(lines) if text.rstrip().endswith("# fault")]
        return first + (marked[0] if marked else 0)


def sqrt_at_zero(x):
    h = x * x - 1.0
    s = np.sqrt(h)  # fault
    return np.sum(s * s)


def log_of_a_negative(p, y):
    q = p / np.sum(p, axis=1, keepdims=True)
    losses = -y * np.log(q)  # fault
    return np.mean(np.sum(losses, axis=1))


def zero_by_zero_under_where(x):
    ratio = np.sin(x) / x  # fault
    return np.sum(np.where(x == 0, 1.0, ratio))


def overflow_of_exp(x):
    e = np.exp(x)  # fault
    p = e / np.sum(e)
    return np.sum(p * p)


def dead_relu(w, v, x):
    a = x @ w - 100.0
    h = np.maximum(a, 0.0)  # fault
    return np.sum((h @ v) ** 2) + np.sum(v**2)


def detached(x, y):
    steps = int(x * 10.0)  # fault
    return steps * y + y**2


def vanishing_rnn(w, h, x):
    for t in range(60):
        h = np.tanh(h @ w + x[t])  # fault
    return np.sum(h**2)


def exploding_loop(x, n):
    y = x
    for _ in range(n):
        y = 3.0 * y + np.sin(y)  # fault
    return np.sum(y)


@srcgrad.custom_vjp
def softplus(x):
    return np.logaddexp(0.0, x)


softplus.defvjp(lambda x: (softplus(x), x), lambda x, g: (g * np.tanh(x),))


def wrong_custom_rule(w, x):
    a = x @ w
    h = softplus(a)  # fault
    return np.sum(h * h)


def norm_at_zero(x, y):
    d = x - y
    r = np.linalg.norm(d)  # fault
    return r + np.sum(x) * 0.0


def variance(x):
    return np.mean(x**2) - np.mean(x) ** 2  # fault


def unused_input(w, b, x):
    h = np.tanh(x @ w)
    shifted = h + b
    h = h if len(shifted) else -h
    return np.sum(h**2)


FAULTS = [
    Fault(sqrt_at_zero, (np.array([2.0, 3.0, 1.0, 4.0]),), "nonfinite",
          ("derivative of np.sqrt", "infinite", "h[2] is 0"), "reverse", (2,)),
    Fault(log_of_a_negative, (np.array([[1.0, 2.0], [3.0, -0.5], [1.0, 1.0]]), np.eye(3)[:, :2]),
          "nonfinite", ("np.log of a negative number", "q[1, 1] is -0.2"), "forward", (1, 1)),
    Fault(zero_by_zero_under_where, (np.array([1.0, 0.0, 2.0]),), "nonfinite",
          ("0/0", "x[1] is 0"), "forward", (1,)),
    Fault(overflow_of_exp, (np.array([1.0, 2.0, 800.0]),), "nonfinite",
          ("np.exp overflows", "x[2] is 800"), "forward", (2,)),
    Fault(dead_relu, (RNG.normal(size=(4, 5)), RNG.normal(size=(5, 2)), RNG.normal(size=(8, 4))),
          "dead input", ("derivative by w", "np.maximum"), argnums=(0, 1)),
    Fault(detached, (0.73, 2.0), "dead input", ("derivative by x", "int"), argnums=(0, 1)),
    Fault(vanishing_rnn, (0.3 * np.eye(4), np.ones(4), RNG.normal(size=(60, 4))), "vanishing",
          ("adjoint of h", "pass 59"), "reverse"),
    Fault(exploding_loop, (np.array([0.5, 1.0]), 40), "exploding", ("adjoint of y",), "reverse"),
    Fault(wrong_custom_rule, (RNG.normal(size=(4, 3)), RNG.normal(size=(6, 4))), "mismatch",
          ("softplus", "differences"), "reverse"),
    Fault(norm_at_zero, (np.ones(3), np.ones(3)), "dead input", ("np.linalg.norm", "0")),
    Fault(variance, (1e7 + np.array([0.1, 0.2, 0.3, 0.4]),), "cancellation",
          ("cancels", "digits"), "forward"),
    Fault(unused_input, (RNG.normal(size=(3, 2)), np.zeros(2), RNG.normal(size=(5, 3))),
          "dead input", ("derivative by b", "never reaches the result"), argnums=(0, 1)),
]  # fmt: skip
BY_NAME = {str(fault): fault for fault in FAULTS}
