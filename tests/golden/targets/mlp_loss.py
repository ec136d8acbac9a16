"""The gradient of `mlp_loss` by hand."""

import numpy as np


def mlp_loss_grad(params, x, y):
    # forward sweep
    tape = []
    h = x
    for w, b in params:
        h_in = h
        h = np.tanh(h @ w + b)
        tape.append((h_in, h))

    # reverse sweep
    params_bar = [None] * len(params)
    # return np.mean((h - y) ** 2)
    h_bar = (2.0 / h.size) * (h - y)
    for k in range(len(params) - 1, -1, -1):
        w, b = params[k]
        h_in, h = tape.pop()
        # h = np.tanh(h @ w + b)
        t_bar = h_bar * (1 - h * h)
        b_bar = np.sum(t_bar, axis=0)
        w_bar = h_in.T @ t_bar
        h_bar = t_bar @ w.T
        params_bar[k] = (w_bar, b_bar)
    return params_bar
