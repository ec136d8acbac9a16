"""Splines: natural cubic interpolation, B-splines by recursion, and smoothing."""

from bisect import bisect_right
from functools import lru_cache

import numpy as np


def thomas(lower, diag, upper, rhs):
    """Solves a tridiagonal system, in place of copies of the diagonals."""
    n = len(diag)
    c, d = upper.copy(), rhs.copy()
    c[0] /= diag[0]
    d[0] /= diag[0]
    for i in range(1, n):
        m = diag[i] - lower[i - 1] * c[i - 1]
        if i < n - 1:
            c[i] /= m
        d[i] = (d[i] - lower[i - 1] * d[i - 1]) / m
    for i in range(n - 2, -1, -1):
        d[i] -= c[i] * d[i + 1]
    return d


class CubicSpline:
    """Natural cubic spline through points."""

    def __init__(self, x, y):
        if len(x) != len(y):
            raise ValueError("x and y differ in length")
        if len(x) < 3:
            raise ValueError("too few points")
        self.x, self.y = x, y
        h = np.diff(x)
        slope = np.diff(y) / h
        inner = thomas(h[1:-1], 2 * (h[:-1] + h[1:]), h[1:-1], 6 * np.diff(slope))
        self.second = np.concatenate([[0.0], inner, [0.0]])

    def _locate(self, t):
        return min(max(bisect_right(self.x, t) - 1, 0), len(self.x) - 2)

    def __call__(self, t):
        if np.ndim(t) > 0:
            return np.array([self(ti) for ti in t])
        i = self._locate(t)
        h = self.x[i + 1] - self.x[i]
        a = (self.x[i + 1] - t) / h
        b = 1.0 - a
        cubic = ((a**3 - a) * self.second[i] + (b**3 - b) * self.second[i + 1]) * h**2 / 6
        return a * self.y[i] + b * self.y[i + 1] + cubic

    def integral(self):
        h = np.diff(self.x)
        trapezoid = 0.5 * h * (self.y[1:] + self.y[:-1])
        return np.sum(trapezoid - h**3 / 24 * (self.second[1:] + self.second[:-1]))

    @property
    def bending_energy(self):
        m0, m1 = self.second[:-1], self.second[1:]
        return np.sum(np.diff(self.x) / 3 * (m0**2 + m0 * m1 + m1**2))


def basis(knots, i, k, t):
    """Cox-de Boor recursion."""
    if k == 0:
        return 1.0 if knots[i] <= t < knots[i + 1] else 0.0
    left = right = 0.0
    if knots[i + k] > knots[i]:
        left = (t - knots[i]) / (knots[i + k] - knots[i]) * basis(knots, i, k - 1, t)
    if knots[i + k + 1] > knots[i + 1]:
        right = (
            (knots[i + k + 1] - t)
            / (knots[i + k + 1] - knots[i + 1])
            * basis(knots, i + 1, k - 1, t)
        )
    return left + right


def de_boor(knots, coefficients, degree, t):
    """The value of a B-spline from the knots around t."""
    k = bisect_right(knots, t) - 1
    k = min(max(k, degree), len(coefficients) - 1)
    d = [coefficients[j + k - degree] for j in range(degree + 1)]
    for r in range(1, degree + 1):
        for j in range(degree, r - 1, -1):
            lo, hi = knots[j + k - degree], knots[j + 1 + k - r]
            alpha = (t - lo) / (hi - lo)
            d[j] = (1.0 - alpha) * d[j - 1] + alpha * d[j]
    return d[degree]


@lru_cache(maxsize=None)
def difference_matrix(n, order):
    D = np.eye(n)
    for _ in range(order):
        D = np.diff(D, axis=0)
    return D


def interpolation_loss(y, x, t, target):
    spline = CubicSpline(x, y)
    return np.mean((spline(t) - target) ** 2) + 1e-3 * spline.bending_energy


def area_loss(y, x):
    spline = CubicSpline(x, y)
    return (spline.integral() - 2.0) ** 2


def bspline_loss(coefficients, interior, t, target):
    """Squared error of a curve with coefficients and movable inner knots."""
    knots = np.concatenate([[0.0] * 4, interior, [1.0] * 4])
    values = np.array([de_boor(knots, coefficients, 3, ti) for ti in t])
    return np.sum((values - target) ** 2)


def p_spline_gcv(log_lambda, y, t):
    """Generalised cross-validation of a penalised B-spline fit."""
    degree, n = 2, 6
    knots = [-0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5]
    B = np.array([[basis(knots, i, degree, ti) for i in range(n)] for ti in t])
    D = difference_matrix(n, 2)
    A = B.T @ B + np.exp(log_lambda) * D.T @ D
    hat = B @ np.linalg.solve(A, B.T)
    residual = y - hat @ y
    return len(y) * np.sum(residual**2) / (len(y) - np.trace(hat)) ** 2


def basis_loss(t, coefficients):
    """The recursion itself, at points that can move."""
    knots = list(range(len(coefficients) + 3))
    total = 0.0
    for ti in t:
        curve = sum(c * basis(knots, i, 2, ti) for i, c in enumerate(coefficients))
        total += (curve - 1.0) ** 2
    return total


X = np.array([0.0, 0.7, 1.5, 2.1, 3.0])
Y = np.array([0.1, 0.9, 0.4, -0.3, 0.6])
T = np.array([0.2, 0.9, 1.3, 1.8, 2.7])


ENTRIES = [
    (interpolation_loss, lambda: (Y.copy(), X.copy(), T.copy(), np.cos(T)), (0, 1, 2, 3)),
    (area_loss, lambda: (Y.copy(), X.copy()), (0, 1)),
    (
        bspline_loss,
        lambda: (
            np.array([0.0, 0.5, 1.0, 0.2, -0.4, 0.3]),
            np.array([0.3, 0.65]),
            T / 3,
            np.sin(T),
        ),
        (0, 1, 2),
    ),
    (p_spline_gcv, lambda: (-1.0, np.sin(5 * T / 3), T / 3), (0, 1)),
    (basis_loss, lambda: (T + 1.05, np.array([1.0, 2.0, 0.5, -1.0, 0.3])), (0, 1)),
]

if __name__ == "__main__":
    print(interpolation_loss(Y, X, T, np.cos(T)), CubicSpline(X, Y).integral())
