"""The gradient of `trajectory` by hand."""

import numpy as np


def trajectory_grad(x0, k, n):  # x0: float64[n]; k: float; n not differentiated
    # forward sweep
    xs = [x0]
    for i in range(n):
        xs.append(xs[-1] + k * np.sin(xs[-1]))
    s = np.stack(xs)

    # reverse sweep
    k_bar = 0.0
    # return np.mean(np.stack(xs) ** 2)
    xs_bar = list((2.0 / s.size) * s)
    for i in range(n - 1, -1, -1):
        # xs.append(xs[-1] + k * np.sin(xs[-1]))
        t_bar = xs_bar.pop()
        k_bar += np.sum(t_bar * np.sin(xs[i]))
        xs_bar[-1] += t_bar + t_bar * k * np.cos(xs[i])
    # xs = [x0]
    x0_bar = xs_bar[0]
    return x0_bar, k_bar
