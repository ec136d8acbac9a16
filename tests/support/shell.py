"""For tests of the command line: a module to name, and programs that run where srcgrad is not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

MODEL = """\
import numpy as np

import srcgrad

print("loading")
data = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
scale = 2.0


def square(x: float):
    return x * x


def loss(w, X):
    return np.sum((X @ w) ** 2)


def scaled(x: float, y: float):
    return scale * x * y


def layered(params, x: float):
    w, b = params
    return w * x + b


@srcgrad.grad
def cube(x: float):
    return x**3


class Model:
    def energy(self, x: float):
        return 0.5 * x * x


def store(state, x: float):
    state.last = x
    return x * x


def half(x: float):
    if x < 0:
        raise ValueError("negative")
    return 0.5 * x


def logarithm(x: float):
    y = np.log(x)
    return y * y


def rough(x):
    return np.sum(np.abs(x))


number = 3

if __name__ == "__main__":
    raise SystemExit("run as a script")
"""


def line_of(text: str) -> int:
    """The number of the module's line that holds a text."""
    return next(i for i, line in enumerate(MODEL.splitlines(), 1) if text in line)


Run = Callable[..., tuple[int, str, str]]
"""Runs a command in this process: its exit code, and what it printed to both streams."""


def namespace(text: str) -> dict[str, Any]:
    space: dict[str, Any] = {}
    exec(compile(text, "<shown>", "exec"), space)
    return space


def run_alone(text: str, last: str) -> str:
    """What a program prints where srcgrad cannot be imported."""
    block = "import sys\nimport numpy as np\n\nsys.modules['srcgrad'] = None\n"
    command = [sys.executable, "-c", f"{block}{text}\n{last}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
