"""A list that grows."""

import numpy as np


def trajectory(x0, k, n):
    xs = [x0]
    for i in range(n):
        xs.append(xs[-1] + k * np.sin(xs[-1]))
    return np.mean(np.stack(xs) ** 2)


EXAMPLE = (np.array([0.4, -0.9]), 0.3, 4)
ARGNUMS = (0, 1)


# gradient


import numpy as np


def trajectory_grad(x0, k, n):  # x0: float64[n]; k: float; n: int
    # forward sweep
    xs = [x0]
    for _ in range(n):
        xs.append(xs[-1] + k * np.sin(xs[-1]))
    stack = np.stack(xs)

    # reverse sweep
    # 10: return np.mean(np.stack(xs) ** 2)
    xs_bar = list(2.0 / stack.size * stack)
    k_bar = 0.0
    for i in range(n - 1, -1, -1):
        # 9: xs.append(xs[-1] + k * np.sin(xs[-1]))
        t = xs_bar.pop()
        xs_bar[-1] = xs_bar[-1] + (t * k * np.cos(xs[i]) + t)
        k_bar += t @ np.sin(xs[i])
    x0_bar = np.copy(xs_bar[0])
    return x0_bar, k_bar
