"""Gaussian process regression with kernels that can be added and multiplied."""

import math
from dataclasses import dataclass, field
from functools import partial

import numpy as np


class Kernel:
    def __add__(self, other):
        return Sum(self, other)

    def __mul__(self, other):
        if isinstance(other, (int, float)):
            return Scaled(self, other)
        return Product(self, other)

    __rmul__ = __mul__


def sqdist(a, b):
    return np.sum((a[:, None, :] - b[None, :, :]) ** 2, axis=-1)


class RBF(Kernel):
    def __init__(self, length):
        self.length = length

    def __call__(self, a, b):
        return np.exp(-0.5 * sqdist(a, b) / self.length**2)


class Matern32(Kernel):
    def __init__(self, length):
        self.length = length

    def __call__(self, a, b):
        r = np.sqrt(sqdist(a, b) + 1e-12) * (math.sqrt(3.0) / self.length)
        return (1.0 + r) * np.exp(-r)


class Periodic(Kernel):
    def __init__(self, period, length):
        self.period, self.length = period, length

    def __call__(self, a, b):
        d = a[:, None, 0] - b[None, :, 0]
        return np.exp(-2.0 * (np.sin(np.pi * d / self.period) / self.length) ** 2)


class White(Kernel):
    def __init__(self, noise):
        self.noise = noise

    def __call__(self, a, b):
        if a is b:
            return self.noise * np.eye(len(a))
        return np.zeros((len(a), len(b)))


class Sum(Kernel):
    def __init__(self, left, right):
        self.left, self.right = left, right

    def __call__(self, a, b):
        return self.left(a, b) + self.right(a, b)


class Product(Sum):
    def __call__(self, a, b):
        return self.left(a, b) * self.right(a, b)


class Scaled(Kernel):
    def __init__(self, kernel, factor):
        self.kernel, self.factor = kernel, factor

    def __call__(self, a, b):
        return self.factor * self.kernel(a, b)


@dataclass
class GP:
    kernel: Kernel
    X: np.ndarray
    y: np.ndarray
    jitter: float = 1e-8
    cache: dict = field(default_factory=dict)

    def __post_init__(self):
        K = self.kernel(self.X, self.X)
        K[np.diag_indices(len(K))] += self.jitter
        self.L = np.linalg.cholesky(K)
        self.alpha = np.linalg.solve(self.L.T, np.linalg.solve(self.L, self.y))

    @property
    def log_likelihood(self):
        n = len(self.y)
        fit = -0.5 * self.y @ self.alpha
        volume = -np.sum(np.log(np.diag(self.L)))
        return fit + volume - 0.5 * n * np.log(2 * np.pi)

    def predict(self, X_new, return_std=False):
        K_star = self.kernel(X_new, self.X)
        mean = K_star @ self.alpha
        if not return_std:
            return mean
        v = np.linalg.solve(self.L, K_star.T)
        variance = np.diag(self.kernel(X_new, X_new)) - np.sum(v**2, axis=0)
        return mean, np.sqrt(np.maximum(variance, 1e-12))


def nll(theta, X, y):
    """Negative log marginal likelihood with log-parameters."""
    amplitude, length, noise = np.exp(theta)
    kernel = amplitude * RBF(length) + White(noise)
    return -GP(kernel, X, y).log_likelihood


def nll_composite(params, X, y):
    kernel = (
        params["trend"] * RBF(params["trend_length"])
        + Periodic(params["period"], 1.3) * Matern32(params["decay"])
        + White(0.05)
    )
    return -GP(kernel, X, y, jitter=1e-6).log_likelihood


def stationary(profile, X, Z, length):
    """A kernel as a plain function of the scaled distance."""
    return profile(np.sqrt(sqdist(X, Z) + 1e-10) / length)


def nll_callable(length, noise, X, y):
    profiles = [lambda r: np.exp(-r), lambda r: 1.0 / (1.0 + r**2)]
    total = 0.0
    for profile in profiles:
        k = partial(stationary, profile, length=length)
        K = k(X, X) + noise * np.identity(len(X))
        sign, logdet = np.linalg.slogdet(K)
        if sign <= 0:
            return np.inf
        total += 0.5 * (y @ np.linalg.solve(K, y) + logdet)
    return total / len(profiles)


def acquisition(x, theta, X, y, best):
    """Negative expected improvement at a candidate point."""
    amplitude, length, noise = np.exp(theta)
    gp = GP(RBF(length) * amplitude + White(noise), X, y)
    mean, std = gp.predict(np.array([x]), return_std=True)
    z = (mean[0] - best) / std[0]
    pdf = math.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
    cdf = 0.5 * (1.0 + math.erf(z / math.sqrt(2.0)))
    return -((mean[0] - best) * cdf + std[0] * pdf)


def make_data():
    rng = np.random.default_rng(5)
    X = rng.uniform(-2, 2, size=(8, 2))
    return X, np.sin(2 * X[:, 0]) + 0.3 * X[:, 1] + 0.05 * rng.normal(size=8)


THETA = np.log([1.2, 0.9, 0.1])
COMPOSITE = {"trend": 0.8, "trend_length": 1.5, "period": 1.1, "decay": 2.0}

ENTRIES = [
    (nll, lambda: (THETA.copy(), *make_data()), (0, 1, 2)),
    (nll_composite, lambda: (dict(COMPOSITE), *make_data()), 0),
    (nll_callable, lambda: (0.9, 0.2, *make_data()), (0, 1)),
    (acquisition, lambda: (np.array([0.3, -0.4]), THETA.copy(), *make_data(), 0.5), (0, 1)),
]

if __name__ == "__main__":
    print(nll(THETA, *make_data()))
