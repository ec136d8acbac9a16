"""Checks of arguments come back as they are."""

import numpy as np


def assert_and_raise(x, mode):
    assert x > 0, f"x is {x}"
    if mode not in ("square", "cube"):
        raise ValueError(f"unknown mode {mode!r}")
    return x * np.sqrt(x)


EXAMPLE = (0.6, "cube")


# gradient


import numpy as np


def assert_and_raise_grad(x, mode):  # x: float; mode: str
    # forward sweep
    if not x > 0:
        raise AssertionError(f"x is {x}")
    sqrt = np.sqrt(x)

    # reverse sweep
    # 10: return x * np.sqrt(x)
    x_bar = 0.5 * x / sqrt + sqrt
    return x_bar
