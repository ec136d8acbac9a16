"""A list of parameter tuples walked by a loop."""

import numpy as np


def mlp_loss(params, x, y):
    h = x
    for w, b in params:
        h = np.tanh(h @ w + b)
    return np.mean((h - y) ** 2)


EXAMPLE = (
    [
        (np.array([[0.2, -0.5, 1.1], [0.9, 0.3, -0.7]]), np.array([0.3, -1.2, 0.8])),
        (np.array([[0.7, -0.4], [1.3, 0.2], [0.5, -0.3]]), np.array([0.1, 0.6])),
    ],
    np.array([[0.7, -0.4], [1.3, 0.2], [-0.6, 0.1], [0.9, -1.1]]),
    np.array([[0.2, 0.4], [-0.3, 0.2], [0.6, -0.1], [0.9, 0.5]]),
)


# gradient


import numpy as np


# params: list[(float64[m, k], float64[p])]; x: float64[n1, m1]; y: float64[k1, p1]
def mlp_loss_grad(params, x, y):
    # forward sweep
    tape = []
    h = x
    for w, b in params:
        h_in = h
        h = np.tanh(h_in @ w + b)
        tape.append((h_in, h))

    # reverse sweep
    # 10: return np.mean((h - y) ** 2)
    h_bar = 2.0 / h.size * (h - y)
    params_bar = list(params)
    for k in range(len(params) - 1, -1, -1):
        h_in, h = tape.pop()
        w = params[k][0]
        # 9: h = np.tanh(h @ w + b)
        t = h_bar * (1 - h * h)
        b_bar = np.sum(t, axis=0)
        if k != 0:
            h_bar = t @ w.T
        w_bar = h_in.T @ t
        params_bar[k] = w_bar, b_bar
    return params_bar
