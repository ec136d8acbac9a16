"""Logistic regression through three functions, and the source of its gradient."""

import numpy as np

import srcgrad

inputs = np.array(
    [
        [0.52, 1.12, 0.77],
        [0.88, -1.08, 0.15],
        [0.52, 0.06, -1.30],
        [0.74, -2.49, 1.39],
    ]
)
targets = np.array([True, True, False, True])


def sigmoid(x):
    return 0.5 * (np.tanh(x / 2.0) + 1)


def predictions(weights, inputs):
    """The probability that each label is True."""
    return sigmoid(np.dot(inputs, weights))


def training_loss(weights):
    """The negative log-likelihood of the training labels."""
    preds = predictions(weights, inputs)
    label_probabilities = preds * targets + (1 - preds) * (1 - targets)
    return -np.sum(np.log(label_probabilities))


training_gradient = srcgrad.grad(training_loss)


def train(steps=100, rate=0.01):
    weights = np.zeros(3)
    for _ in range(steps):
        weights = weights - rate * training_gradient(weights)
    return weights


def main():
    weights = np.zeros(3)
    gradient = training_gradient(weights)
    print(training_gradient.source)
    print("loss at zero:    ", training_loss(weights))
    print("gradient at zero:", gradient)
    print("loss after 100 steps:", training_loss(train()))


if __name__ == "__main__":
    main()
