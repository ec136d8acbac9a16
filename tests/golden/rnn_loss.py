"""A call of a function of the user's in a loop."""

import numpy as np


def cell(h, x, w):
    return np.tanh(h @ w + x)


def rnn_loss(w, h0, xs):
    h = h0
    for x in xs:
        h = cell(h, x, w)
    return np.sum(h**2)


EXAMPLE = (
    np.array([[0.4, -0.3], [0.2, 0.6]]),
    np.array([[0.1, 0.5], [-0.2, 0.3], [0.7, -0.6]]),
    0.5 * np.sin(np.arange(24.0)).reshape(4, 3, 2),
)


# gradient


import numpy as np


def rnn_loss_grad(w, h0, xs):  # w: float64[n, m]; h0: float64[k, p]; xs: float64[q, r, s]
    # forward sweep
    tape = []
    h = h0
    for x in xs:
        h_in = h
        h = np.tanh(h_in @ w + x)
        tape.append((h_in, h))

    # reverse sweep
    # 14: return np.sum(h**2)
    h_bar = 2.0 * h
    w_bar = np.zeros_like(w)
    for k in range(len(xs) - 1, -1, -1):
        h_in, h = tape.pop()
        # 7: return np.tanh(h @ w + x)
        t = h_bar * (1 - h * h)
        if k != 0:
            h_bar = t @ w.T
        w_bar += h_in.T @ t
    return w_bar
