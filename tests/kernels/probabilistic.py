"""Models of sequences with hidden states."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.by_hand import sequences
from kernels.registry import kernel, normal, uniform


def chain(n: int) -> tuple[Any, ...]:
    symbols = np.random.default_rng(100).integers(0, 4, n)
    return normal(101, 3), normal(102, 3, 3), normal(103, 3, 4), symbols


def normalise_rows(scores: Any) -> None:
    """Scores become log-probabilities, in place."""
    for i in range(scores.shape[0]):
        peak = np.max(scores[i])
        scores[i] -= peak + np.log(np.sum(np.exp(scores[i] - peak)))


@kernel(chain, (5, 50, 500), by_hand=sequences.hmm_forward_grad, order=1)
def hmm_forward(start: Any, moves: Any, emissions: Any, symbols: Any) -> Any:
    """The log-probability of symbols under a hidden Markov model, by the forward algorithm."""
    states = len(start)
    steps = len(symbols)
    alpha = np.zeros((steps, states))
    for j in range(states):
        alpha[0, j] = start[j] + emissions[j, symbols[0]]
    for t in range(1, steps):
        for j in range(states):
            s = alpha[t - 1] + moves[:, j]
            peak = np.max(s)
            alpha[t, j] = peak + np.log(np.sum(np.exp(s - peak))) + emissions[j, symbols[t]]
    last = alpha[steps - 1]
    peak = np.max(last)
    return peak + np.log(np.sum(np.exp(last - peak)))


@kernel(chain, (5, 30, 300), order=1)
def baum_welch_loss(start: Any, moves: Any, emissions: Any, symbols: Any) -> Any:
    """The same for parameters without constraint, scaled instead of in logarithms."""
    log_moves = moves.copy()
    log_emissions = emissions.copy()
    normalise_rows(log_moves)
    normalise_rows(log_emissions)
    transition = np.exp(log_moves)
    emission = np.exp(log_emissions)
    belief = np.exp(start - np.max(start))
    belief /= np.sum(belief)
    log_likelihood = 0.0
    for t in range(len(symbols)):
        if t > 0:
            belief[:] = belief @ transition
        belief *= emission[:, symbols[t]]
        total = np.sum(belief)
        log_likelihood += np.log(total)
        belief /= total
    return -log_likelihood


@kernel(chain, (5, 50, 500), by_hand=sequences.viterbi_grad, order=1)
def viterbi(start: Any, moves: Any, emissions: Any, symbols: Any) -> Any:
    """The score of the best path, and of the states that it goes through."""
    states = len(start)
    steps = len(symbols)
    score = np.zeros((steps, states))
    came_from = np.zeros((steps, states), dtype=int)
    score[0] = start + emissions[:, symbols[0]]
    for t in range(1, steps):
        for j in range(states):
            candidates = score[t - 1] + moves[:, j]
            best = np.argmax(candidates)
            came_from[t, j] = best
            score[t, j] = candidates[best] + emissions[j, symbols[t]]
    state = np.argmax(score[steps - 1])
    total = score[steps - 1, state]
    for t in range(steps - 1, 0, -1):
        total += 0.1 * emissions[state, symbols[t]] ** 2
        state = came_from[t, state]
    return total


def track(n: int) -> tuple[Any, ...]:
    observed = 0.1 * np.arange(n) + 0.3 * normal(104, n)
    return observed, np.array([0.1, 0.05]), np.array([[0.02, 0.01], [0.01, 0.03]]), 0.2, 1.0


@kernel(track, (5, 50, 500), order=1)
def kalman(observed: Any, mean: Any, noise: Any, variance: float, dt: float) -> Any:
    """Position and speed from noisy positions: the likelihood, and how smooth the track is."""
    move = np.eye(2)
    move[0, 1] = dt
    state = mean.copy()
    covariance = np.eye(2)
    path = np.zeros((len(observed), 2))
    loss = 0.0
    for t in range(len(observed)):
        state = move @ state
        covariance = move @ covariance @ move.T + noise
        innovation = observed[t] - state[0]
        spread = covariance[0, 0] + variance
        gain = covariance[:, 0] / spread
        state += gain * innovation
        covariance -= np.outer(gain, covariance[0])
        path[t] = state
        loss += 0.5 * (innovation**2 / spread + np.log(spread))
    return loss + np.sum((path[1:, 1] - path[:-1, 1]) ** 2)


def mixture(n: int) -> tuple[Any, ...]:
    points = np.concatenate([normal(105, n) - 2.0, 0.5 * normal(106, n) + 1.5])
    return points, np.array([-1.0, 1.0]), uniform(107, 0.5, 1.0, 2), 3


@kernel(mixture, (4, 30, 200), order=1)
def expectation_maximisation(points: Any, means0: Any, scales0: Any, rounds: int) -> Any:
    """A mixture of two Gaussians fitted in place: how close the means come."""
    n = len(points)
    means = means0.copy()
    scales = scales0.copy()
    weights = np.full(2, 0.5)
    belongs = np.zeros((n, 2))
    for _ in range(rounds):
        for i in range(n):
            for k in range(2):
                z = (points[i] - means[k]) / scales[k]
                belongs[i, k] = weights[k] * np.exp(-0.5 * z**2) / scales[k]
            belongs[i] /= np.sum(belongs[i])
        for k in range(2):
            total = np.sum(belongs[:, k])
            weights[k] = total / n
            means[k] = np.sum(belongs[:, k] * points) / total
            scales[k] = np.sqrt(0.1 + np.sum(belongs[:, k] * (points - means[k]) ** 2) / total)
    return means[0] * means[1] + np.sum(scales**2) + weights[0] ** 2
