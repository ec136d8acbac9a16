"""A context manager in a loop, around what the reverse sweep needs."""

import numpy as np


def with_errstate(x, n):
    for _ in range(n):
        with np.errstate(divide="ignore"):
            x = x * np.log(x)
    return np.sum(x)


EXAMPLE = (np.array([2.5, 3.5]), 3)


# gradient


import numpy as np


def with_errstate_grad(x, n):  # x: float64[n]; n: int
    # forward sweep
    tape = []
    for _ in range(n):
        with np.errstate(divide="ignore"):
            log = np.log(x)
            tape.append((x, log))
            x = x * log

    # reverse sweep
    x_bar = np.ones_like(x)
    for _ in range(n):
        x, log = tape.pop()
        # 9: x = x * np.log(x)
        x_bar = x_bar * x / x + x_bar * log
    return x_bar
