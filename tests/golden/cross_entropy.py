"""The digits' network: layers in a loop, log-sum-exp, labels by fancy index."""

import numpy as np


def scores(params, images):
    hidden = images
    for W, b in params:
        outputs = hidden @ W + b
        hidden = np.tanh(outputs)
    return outputs


def logsumexp(x):
    peak = np.max(x, axis=1, keepdims=True)
    return peak + np.log(np.sum(np.exp(x - peak), axis=1, keepdims=True))


def cross_entropy(params, images, labels):
    """The mean cross entropy of a batch."""
    outputs = scores(params, images)
    log_probabilities = outputs - logsumexp(outputs)
    return -np.mean(log_probabilities[np.arange(len(labels)), labels])


EXAMPLE = (
    [
        (np.array([[0.2, -0.5, 1.1], [0.9, 0.3, -0.7]]), np.array([0.3, -1.2, 0.8])),
        (np.array([[0.7, -0.4], [1.3, 0.2], [0.5, -0.3]]), np.array([0.1, 0.6])),
    ],
    np.array([[0.7, -0.4], [1.3, 0.2], [-0.6, 0.1], [0.9, -1.1]]),
    np.array([1, 0, 0, 1]),
)


# gradient


import numpy as np


# params: list[(float64[m, k], float64[p])]; images: float64[n1, m1]; labels: int64[k1]
def cross_entropy_grad(params, images, labels):
    # forward sweep
    tape = []
    hidden = images
    for W, b in params:
        hidden_in = hidden
        outputs = hidden_in @ W + b
        hidden = np.tanh(outputs)
        tape.append((hidden_in, hidden))
    peak = np.max(outputs, axis=1, keepdims=True)
    exp = np.exp(outputs - peak)

    # reverse sweep
    # 23: return -np.mean(log_probabilities[np.arange(len(labels)), labels])
    log_probabilities_bar = np.zeros_like(outputs)
    log_probabilities_bar[np.arange(len(labels)), labels] = -1.0 / labels.shape[0]
    # 22: log_probabilities = outputs - logsumexp(outputs)
    expand_dims = np.sum(log_probabilities_bar, axis=1)[:, None]
    # 16: return peak + np.log(np.sum(np.exp(x - peak), axis=1, keepdims=True))
    t = expand_dims / np.sum(exp, axis=1, keepdims=True) * exp
    peak_bar = np.sum(t, axis=1)[:, None] - expand_dims
    outputs_bar = log_probabilities_bar - t
    # 15: peak = np.max(x, axis=1, keepdims=True)
    ties = outputs == peak
    outputs_bar += peak_bar / np.sum(ties, axis=1)[:, None] * ties
    hidden_bar = np.zeros_like(hidden)
    params_bar = list(params)
    for k in range(len(params) - 1, -1, -1):
        hidden_in, hidden = tape.pop()
        W = params[k][0]
        # 10: hidden = np.tanh(outputs)
        outputs_bar = outputs_bar + hidden_bar * (1 - hidden * hidden)
        # 9: outputs = hidden @ W + b
        b_bar = np.sum(outputs_bar, axis=0)
        if k != 0:
            hidden_bar = outputs_bar @ W.T
        W_bar = hidden_in.T @ outputs_bar
        params_bar[k] = W_bar, b_bar
        outputs_bar = 0.0
    return params_bar
