"""A neural network for the handwritten digits of scikit-learn, trained with Adam.

Needs scikit-learn for its images (`pip install 'srcgrad[examples]'`).
"""

import time
from itertools import pairwise

import numpy as np
from sklearn.datasets import load_digits

import srcgrad


def split_digits(seed=0, held_out=360):
    """Images as rows of 64 numbers in [0, 1] and their labels: for training, and held out."""
    digits = load_digits()
    images, labels = digits.data / 16.0, digits.target
    order = np.random.default_rng(seed).permutation(len(images))
    train, test = order[held_out:], order[:held_out]
    return (images[train], labels[train]), (images[test], labels[test])


def initial_params(sizes, seed=1):
    """A list of (W, b), one for each layer."""
    rng = np.random.default_rng(seed)
    return [(rng.standard_normal((m, n)) / np.sqrt(m), np.zeros(n)) for m, n in pairwise(sizes)]


def scores(params, images):
    """The unnormalised log-probabilities of the ten digits."""
    hidden = images
    for W, b in params:
        outputs = hidden @ W + b
        hidden = np.tanh(outputs)
    return outputs


def logsumexp(x):
    peak = np.max(x, axis=1, keepdims=True)
    return peak + np.log(np.sum(np.exp(x - peak), axis=1, keepdims=True))


def loss(params, images, labels):
    """The mean cross entropy of a batch."""
    outputs = scores(params, images)
    log_probabilities = outputs - logsumexp(outputs)
    return -np.mean(log_probabilities[np.arange(len(labels)), labels])


def accuracy(params, images, labels):
    return np.mean(np.argmax(scores(params, images), axis=1) == labels)


loss_grad = srcgrad.grad(loss)


def adam(params, batches, rate=0.003, decay=0.9, decay2=0.999):
    """Adam, written out on the list of tuples: `batches` yields (images, labels)."""
    mean = [(np.zeros_like(W), np.zeros_like(b)) for W, b in params]
    square = [(np.zeros_like(W), np.zeros_like(b)) for W, b in params]
    for step, (images, labels) in enumerate(batches, 1):
        gradient = loss_grad(params, images, labels)
        for k, layer in enumerate(gradient):
            moved = []
            for value, bar, m, v in zip(params[k], layer, mean[k], square[k]):
                m += (1 - decay) * (bar - m)
                v += (1 - decay2) * (bar**2 - v)
                unbiased = m / (1 - decay**step)
                scale = np.sqrt(v / (1 - decay2**step)) + 1e-8
                moved.append(value - rate * unbiased / scale)
            params[k] = tuple(moved)
    return params


def minibatches(images, labels, epochs, size=64, seed=2):
    """Shuffled batches; the last one of an epoch is smaller."""
    rng = np.random.default_rng(seed)
    for _ in range(epochs):
        order = rng.permutation(len(images))
        for start in range(0, len(order), size):
            batch = order[start : start + size]
            yield images[batch], labels[batch]


def main():
    """Train; the held-out accuracy, and how many times the gradient was compiled."""
    train, test = split_digits()
    start = time.perf_counter()
    params = adam(initial_params([64, 64, 32, 10]), minibatches(*train, epochs=30))
    seconds = time.perf_counter() - start
    result = float(accuracy(params, *test))
    compiled = len(loss_grad.variants)
    print(f"held-out accuracy {result:.4f} after {seconds:.2f} s, {compiled} compilation(s)")
    return result, compiled


if __name__ == "__main__":
    main()
