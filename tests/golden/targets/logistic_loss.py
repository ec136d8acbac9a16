"""The gradient of `logistic_loss` by hand."""

import numpy as np


def logistic_loss_grad(weights, inputs, targets):
    # forward sweep
    t = np.tanh(inputs @ weights / 2.0)
    preds = 0.5 * (t + 1)
    label_probabilities = preds * targets + (1 - preds) * (1 - targets)

    # reverse sweep
    # return -np.sum(np.log(label_probabilities))
    label_probabilities_bar = -1.0 / label_probabilities
    # label_probabilities = preds * targets + (1 - preds) * (1 - targets)
    preds_bar = label_probabilities_bar * targets - label_probabilities_bar * (1 - targets)
    # preds = 0.5 * (np.tanh(inputs @ weights / 2.0) + 1)
    t_bar = 0.5 * preds_bar
    weights_bar = inputs.T @ (t_bar * (1 - t * t) / 2.0)
    return weights_bar
