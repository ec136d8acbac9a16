"""An object with methods: its attributes become variables."""

import numpy as np


class Neuron:
    def __init__(self, weights, bias):
        self.weights = weights
        self.bias = bias

    def __call__(self, x):
        return np.tanh(self.activation(x))

    def activation(self, x):
        return self.weights @ x + self.bias


def class_with_methods(w, b, x, y):
    neuron = Neuron(w, b)
    error = neuron(x) - y
    return error**2


EXAMPLE = (np.array([0.5, -0.3]), 0.1, np.array([1.0, 2.0]), 0.7)
ARGNUMS = (0, 1)


# gradient


import numpy as np


def class_with_methods_grad(w, b, x, y):  # w: float64[n]; b: float; x: float64[m]; y: float
    # forward sweep
    tanh = np.tanh(w @ x + b)
    error = tanh - y

    # reverse sweep
    # 21: return error**2
    error_bar = 2.0 * error
    # 12: return np.tanh(self.activation(x))
    b_bar = error_bar * (1 - tanh * tanh)
    # 15: return self.weights @ x + self.bias
    w_bar = b_bar * x
    return w_bar, b_bar
