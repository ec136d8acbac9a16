"""The gradient of `rnn_loss` by hand."""

import numpy as np


def cell_vjp(h, x, w):
    y = np.tanh(h @ w + x)

    def pullback(y_bar):
        # return np.tanh(h @ w + x)
        t_bar = y_bar * (1 - y * y)
        h_bar = t_bar @ w.T
        w_bar = h.T @ t_bar
        return h_bar, w_bar

    return y, pullback


def rnn_loss_grad(w, h0, xs):
    # forward sweep
    tape = []
    h = h0
    for x in xs:
        h, cell_pullback = cell_vjp(h, x, w)
        tape.append(cell_pullback)

    # reverse sweep
    w_bar = np.zeros_like(w)
    # return np.sum(h**2)
    h_bar = 2 * h
    for _ in range(len(xs)):
        cell_pullback = tape.pop()
        # h = cell(h, x, w)
        h_bar, w_bar_step = cell_pullback(h_bar)
        w_bar += w_bar_step
    return w_bar
