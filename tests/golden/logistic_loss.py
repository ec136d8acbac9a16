"""Array code: an inner value that the reverse sweep needs gets a name."""

import numpy as np


def logistic_loss(weights, inputs, targets):
    preds = 0.5 * (np.tanh(inputs @ weights / 2.0) + 1)
    label_probabilities = preds * targets + (1 - preds) * (1 - targets)
    return -np.sum(np.log(label_probabilities))


EXAMPLE = (
    np.array([0.3, -0.2, 0.5]),
    np.array([[0.52, 1.12, 0.77], [0.88, -1.08, 0.15], [0.52, 0.06, -1.3], [0.74, -2.49, 1.39]]),
    np.array([True, True, False, True]),
)


# gradient


import numpy as np


# weights: float64[n]; inputs: float64[m, k]; targets: bool[p]
def logistic_loss_grad(weights, inputs, targets):
    # forward sweep
    tanh = np.tanh(inputs @ weights / 2.0)
    preds = 0.5 * (tanh + 1)
    t = 1 - targets
    label_probabilities = preds * targets + (1 - preds) * t

    # reverse sweep
    # 9: return -np.sum(np.log(label_probabilities))
    label_probabilities_bar = -1.0 / label_probabilities
    # 8: label_probabilities = preds * targets + (1 - preds) * (1 - targets)
    preds_bar = label_probabilities_bar * targets - label_probabilities_bar * t
    # 7: preds = 0.5 * (np.tanh(inputs @ weights / 2.0) + 1)
    weights_bar = inputs.T @ (0.5 * preds_bar * (1 - tanh * tanh) / 2.0)
    return weights_bar
