"""A straight line through noisy points, by gradient descent."""

import numpy as np

import srcgrad


def make_data():
    """Points near the line y = 4 + 3 x."""
    np.random.seed(0)
    X = 2 * np.random.rand(100, 1)
    y = 4 + 3 * X + np.random.randn(100, 1)
    return X, y


def mean_squared_error(params, X, y):
    w, b = params
    return np.mean((w * X + b - y) ** 2)


def fit(steps=100, rate=0.1):
    """The slope and the intercept."""
    X, y = make_data()
    gradient = srcgrad.grad(mean_squared_error)
    params = np.zeros(2)
    for _ in range(steps):
        params = params - rate * gradient(params, X, y)
    return params


def main():
    w, b = fit()
    print(f"y = {b:.8f} + {w:.8f} x")


if __name__ == "__main__":
    main()
