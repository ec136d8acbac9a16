"""Hidden Markov models: forward, backward and Viterbi passes, and their likelihoods."""

from collections import namedtuple
from itertools import pairwise, product

import numpy as np

HMM = namedtuple("HMM", ["log_start", "log_trans", "means", "log_scales"])


def logsumexp(a, axis=None):
    top = np.max(a, axis=axis, keepdims=True)
    out = np.log(np.sum(np.exp(a - top), axis=axis, keepdims=True)) + top
    return np.squeeze(out, axis=axis)


def normalise(logits):
    return logits - logsumexp(logits, axis=-1)[..., None]


def emission(model, x):
    """log p(x_t | state) for all t and states."""
    z = (x[:, None] - model.means[None, :]) / np.exp(model.log_scales)
    return -0.5 * z**2 - model.log_scales - 0.5 * np.log(2 * np.pi)


def forward_pass(model, x):
    log_b = emission(model, x)
    log_trans = normalise(model.log_trans)
    alphas = [normalise(model.log_start) + log_b[0]]
    for t in range(1, len(x)):
        alphas.append(logsumexp(alphas[-1][:, None] + log_trans, axis=0) + log_b[t])
    return np.array(alphas)


def negative_log_likelihood(model, x):
    return -logsumexp(forward_pass(model, x)[-1])


def viterbi(model, x):
    """The most probable path, and its log probability."""
    log_b = emission(model, x)
    log_trans = normalise(model.log_trans)
    T, K = log_b.shape
    delta = normalise(model.log_start) + log_b[0]
    back = np.zeros((T, K), dtype=int)
    for t in range(1, T):
        scores = delta[:, None] + log_trans
        back[t] = scores.argmax(axis=0)
        delta = scores.max(axis=0) + log_b[t]
    path = [int(np.argmax(delta))]
    for t in range(T - 1, 0, -1):
        path.append(int(back[t, path[-1]]))
    path.reverse()
    return path, delta.max()


def viterbi_loss(model, x):
    path, score = viterbi(model, x)
    switches = sum(a != b for a, b in pairwise(path))
    return -score + 0.1 * switches


def path_log_probability(model, x, path):
    log_b = emission(model, x)
    log_start, log_trans = normalise(model.log_start), normalise(model.log_trans)
    total = log_start[path[0]] + log_b[0, path[0]]
    for t, (i, j) in enumerate(pairwise(path), start=1):
        total += log_trans[i, j] + log_b[t, j]
    return total


def brute_force(model, x):
    """The likelihood as a sum over all paths."""
    K = len(model.means)
    scores = [path_log_probability(model, x, path) for path in product(range(K), repeat=len(x))]
    return -logsumexp(np.array(scores))


class DiscreteHMM:
    """Symbols as observations, scaled probabilities in place of logarithms."""

    def __init__(self, start, trans, emit):
        self.start = start / start.sum()
        self.trans = trans / trans.sum(axis=1, keepdims=True)
        self.emit = emit / np.sum(emit, axis=1)[:, np.newaxis]

    def scaled_forward(self, symbols):
        """Yields the scaled state probabilities and the scales."""
        belief = None
        for s in symbols:
            if belief is None:
                belief = self.start * self.emit[:, s]
            else:
                belief = (belief @ self.trans) * self.emit[:, s]
            scale = belief.sum()
            belief /= scale
            yield belief, scale

    def log_likelihood(self, *sequences):
        total = 0.0
        for symbols in sequences:
            total += sum(np.log(scale) for _, scale in self.scaled_forward(symbols))
        return total

    def posterior(self, symbols):
        """Forward-backward smoothing."""
        T, K = len(symbols), len(self.start)
        forward = np.empty((T, K))
        for t, (belief, _) in enumerate(self.scaled_forward(symbols)):
            forward[t] = belief
        backward = np.ones((T, K))
        for t in reversed(range(T - 1)):
            b = self.trans @ (self.emit[:, symbols[t + 1]] * backward[t + 1])
            backward[t] = b / b.sum()
        gamma = forward * backward
        gamma /= gamma.sum(axis=1, keepdims=True)
        return gamma


def discrete_loss(start, trans, emit):
    hmm = DiscreteHMM(start, trans, emit)
    return -hmm.log_likelihood([0, 1, 2, 2, 1], [2, 2, 0])


def smoothing_loss(start, trans, emit):
    gamma = DiscreteHMM(start, trans, emit).posterior((0, 1, 2, 2, 1, 0))
    entropy = -np.sum(gamma * np.log(gamma), axis=1)
    return entropy.mean() + gamma[:, 0].max()


def make_model():
    rng = np.random.default_rng(2)
    return HMM(
        log_start=rng.normal(size=3),
        log_trans=rng.normal(size=(3, 3)),
        means=np.array([-1.5, 0.2, 1.9]),
        log_scales=np.array([-0.3, 0.1, -0.1]),
    )


OBSERVATIONS = np.array([-1.3, 0.1, 2.2, 1.8, -0.9])


def make_tables():
    rng = np.random.default_rng(3)
    return tuple(rng.uniform(0.2, 1.0, size=s) for s in ((2,), (2, 2), (2, 3)))


ENTRIES = [
    (negative_log_likelihood, lambda: (make_model(), OBSERVATIONS.copy()), (0, 1)),
    (viterbi_loss, lambda: (make_model(), OBSERVATIONS.copy()), 0),
    (brute_force, lambda: (make_model(), OBSERVATIONS[:4].copy()), 0),
    (discrete_loss, make_tables, (0, 1, 2)),
    (smoothing_loss, make_tables, (0, 1, 2)),
]

if __name__ == "__main__":
    model = make_model()
    print(viterbi(model, OBSERVATIONS), negative_log_likelihood(model, OBSERVATIONS))
