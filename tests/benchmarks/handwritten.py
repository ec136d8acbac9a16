"""Functions as users write them, each with a gradient as a careful person writes it with NumPy.

The benchmark compares generated gradients with these.  It loads this module a second time with
autograd's NumPy in place of NumPy, so that the same functions run there.
"""

import numpy as np

# scalars ------------------------------------------------------------------------------------------


def cubic(x):
    return x**3 + 2 * x**2 + x + 1


def cubic_grad(x):
    return 3 * x**2 + 4 * x + 1.0


def tanh_by_exp(x):
    y = np.exp(-2.0 * x)
    return (1.0 - y) / (1.0 + y)


def tanh_by_exp_grad(x):
    y = np.exp(-2.0 * x)
    s = 1.0 + y
    y_bar = -1.0 / s - (1.0 - y) / (s * s)
    return -2.0 * y_bar * y


def recurrence(a, b):
    z = 0
    for i in range(100):
        z = a * np.cos(z + i) + z * np.sin(b - i)
    return z


def recurrence_grad(a, b):
    tape = []
    z = 0
    for i in range(100):
        c = np.cos(z + i)
        s = np.sin(b - i)
        tape.append((z, c, s))
        z = a * c + z * s

    a_bar = 0.0
    b_bar = 0.0
    z_bar = 1.0
    for i in range(99, -1, -1):
        z, c, s = tape.pop()
        a_bar += z_bar * c
        b_bar += z_bar * z * np.cos(b - i)
        z_bar = z_bar * s - z_bar * a * np.sin(z + i)
    return a_bar, b_bar


def newton_sqrt(a):
    if a <= 0:
        return 0.0 * a
    x = a
    while True:
        step = 0.5 * (a / x - x)
        if abs(step) < 1e-12:
            break
        x = x + step
    return x


def newton_sqrt_grad(a):
    if a <= 0:
        return 0.0
    tape = []
    x = a
    while True:
        step = 0.5 * (a / x - x)
        if abs(step) < 1e-12:
            break
        tape.append(x)
        x = x + step

    a_bar = 0.0
    x_bar = 1.0
    for _ in range(len(tape)):
        x = tape.pop()
        t_bar = 0.5 * x_bar
        a_bar += t_bar / x
        x_bar -= t_bar * a / x**2 + t_bar
    return a_bar + x_bar


slope = 2.0
intercept = 1.0


def line(x):
    return slope * x + intercept


def line_loss(x, y):
    return (y - line(x)) ** 2


def line_loss_grad(x, y):
    """With respect to the module's `slope` and `intercept`."""
    t_bar = -2 * (y - (slope * x + intercept))
    return t_bar * x, t_bar


# arrays -------------------------------------------------------------------------------------------


def least_squares(params, X, y):
    w, b = params
    return np.mean((w * X + b - y) ** 2)


def least_squares_grad(params, X, y):
    w, b = params
    r = w * X + b - y
    r_bar = (2.0 / r.size) * r
    params_bar = np.empty_like(params)
    params_bar[0] = np.sum(r_bar * X)
    params_bar[1] = np.sum(r_bar)
    return params_bar


def logistic_loss(weights, inputs, targets):
    preds = 0.5 * (np.tanh(inputs @ weights / 2.0) + 1)
    label_probabilities = preds * targets + (1 - preds) * (1 - targets)
    return -np.sum(np.log(label_probabilities))


def logistic_loss_grad(weights, inputs, targets):
    t = np.tanh(inputs @ weights / 2.0)
    preds = 0.5 * (t + 1)
    label_probabilities = preds * targets + (1 - preds) * (1 - targets)

    label_probabilities_bar = -1.0 / label_probabilities
    preds_bar = label_probabilities_bar * targets - label_probabilities_bar * (1 - targets)
    t_bar = 0.5 * preds_bar
    return inputs.T @ (t_bar * (1 - t * t) / 2.0)


def sigmoid(x):
    return 0.5 * (np.tanh(x / 2.0) + 1)


def predictions(weights, inputs):
    return sigmoid(np.dot(inputs, weights))


def logistic_by_calls(weights, inputs, targets):
    """The same loss, through three functions."""
    preds = predictions(weights, inputs)
    label_probabilities = preds * targets + (1 - preds) * (1 - targets)
    return -np.sum(np.log(label_probabilities))


def mlp_loss(params, x, y):
    h = x
    for w, b in params:
        h = np.tanh(h @ w + b)
    return np.mean((h - y) ** 2)


def mlp_loss_grad(params, x, y):
    tape = []
    h = x
    for w, b in params:
        h_in = h
        h = np.tanh(h @ w + b)
        tape.append((h_in, h))

    params_bar = [None] * len(params)
    h_bar = (2.0 / h.size) * (h - y)
    for k in range(len(params) - 1, -1, -1):
        w, b = params[k]
        h_in, h = tape.pop()
        t_bar = h_bar * (1 - h * h)
        params_bar[k] = (h_in.T @ t_bar, np.sum(t_bar, axis=0))
        h_bar = t_bar @ w.T
    return params_bar


def digits_loss(params, images, labels):
    """Softmax cross entropy; the last layer's tanh is not used."""
    hidden = images
    for W, b in params:
        outputs = hidden @ W + b
        hidden = np.tanh(outputs)
    peak = np.max(outputs, axis=1, keepdims=True)
    log_sum = peak + np.log(np.sum(np.exp(outputs - peak), axis=1, keepdims=True))
    log_probabilities = outputs - log_sum
    return -np.mean(log_probabilities[np.arange(len(labels)), labels])


def digits_loss_grad(params, images, labels):
    tape = []
    hidden = images
    for W, b in params:
        hidden_in = hidden
        outputs = hidden @ W + b
        hidden = np.tanh(outputs)
        tape.append(hidden_in)
    exps = np.exp(outputs - np.max(outputs, axis=1, keepdims=True))

    params_bar = [None] * len(params)
    outputs_bar = exps / np.sum(exps, axis=1, keepdims=True)
    outputs_bar[np.arange(len(labels)), labels] -= 1.0
    outputs_bar /= len(labels)
    for k in range(len(params) - 1, -1, -1):
        W, b = params[k]
        hidden_in = tape.pop()
        params_bar[k] = (hidden_in.T @ outputs_bar, np.sum(outputs_bar, axis=0))
        if k > 0:
            outputs_bar = (outputs_bar @ W.T) * (1 - hidden_in * hidden_in)
    return params_bar


def sum_of_squares(x):
    s = 0.0
    for i in range(len(x)):
        s += x[i] ** 2
    return s


def sum_of_squares_grad(x):
    x_bar = np.zeros_like(x)
    for i in range(len(x) - 1, -1, -1):
        x_bar[i] += 2 * x[i]
    return x_bar


def cell(h, x, w):
    return np.tanh(h @ w + x)


def rnn_loss(w, h0, xs):
    h = h0
    for x in xs:
        h = cell(h, x, w)
    return np.sum(h**2)


def rnn_loss_grad(w, h0, xs):
    tape = []
    h = h0
    for x in xs:
        h_in = h
        h = np.tanh(h @ w + x)
        tape.append((h_in, h))

    w_bar = np.zeros_like(w)
    h_bar = 2 * h
    for _ in range(len(xs)):
        h_in, h = tape.pop()
        t_bar = h_bar * (1 - h * h)
        w_bar += h_in.T @ t_bar
        h_bar = t_bar @ w.T
    return w_bar


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def rosenbrock_grad(x):
    t_bar = 200.0 * (x[1:] - x[:-1] ** 2)
    x_bar = np.zeros_like(x)
    x_bar[1:] += t_bar
    x_bar[:-1] -= t_bar * (2 * x[:-1]) + 2 * (1 - x[:-1])
    return x_bar
