"""Solvers of ordinary differential equations that take the right-hand side as a function."""

from dataclasses import dataclass, field

import numpy as np


def euler_step(f, t, y, h):
    return y + h * f(t, y)


def midpoint_step(f, t, y, h):
    return y + h * f(t + h / 2, y + h / 2 * f(t, y))


def rk4_step(f, t, y, h):
    k1 = f(t, y)
    k2 = f(t + h / 2, y + h / 2 * k1)
    k3 = f(t + h / 2, y + h / 2 * k2)
    k4 = f(t + h, y + h * k3)
    return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


METHODS = {"euler": euler_step, "midpoint": midpoint_step, "rk4": rk4_step}


@dataclass
class Solution:
    t: list = field(default_factory=list)
    y: list = field(default_factory=list)
    evaluations: int = 0
    success: bool = True
    message: str = ""

    def append(self, t, y):
        self.t.append(t)
        self.y.append(y)

    @property
    def final(self):
        return self.y[-1]

    def __call__(self, t):
        """Linear interpolation between the steps."""
        i = min(max(np.searchsorted(self.t, t) - 1, 0), len(self.t) - 2)
        w = (t - self.t[i]) / (self.t[i + 1] - self.t[i])
        return (1 - w) * self.y[i] + w * self.y[i + 1]


def solve(f, t_span, y0, n_steps=20, method="rk4", callback=None):
    try:
        step = METHODS[method]
    except KeyError:
        raise ValueError(f"unknown method {method!r}, expected one of {sorted(METHODS)}") from None
    t, t_end = t_span
    h = (t_end - t) / n_steps
    y = np.asarray(y0, dtype=float)
    solution = Solution()
    solution.append(t, y)
    for _ in range(n_steps):
        y = step(f, t, y, h)
        t = t + h
        solution.append(t, y)
        if callback is not None and callback(t, y):
            solution.message = "stopped by the callback"
            break
    return solution


# Bogacki-Shampine, with an error estimate
A = [[], [1 / 2], [0, 3 / 4], [2 / 9, 1 / 3, 4 / 9]]
B_LOW = [7 / 24, 1 / 4, 1 / 3, 1 / 8]
C = [0, 1 / 2, 3 / 4, 1]


def solve_adaptive(f, t_span, y0, *args, rtol=1e-3, atol=1e-4, max_steps=500, **options):
    """Embedded pair of order 3(2); extra arguments go to the right-hand side."""
    t, t_end = t_span
    h = options.get("first_step", (t_end - t) / 20)
    safety = options.get("safety", 0.9)
    y = y0
    sol = Solution()
    sol.append(t, y)
    while t < t_end:
        if len(sol.t) > max_steps:
            sol.success = False
            break
        h = min(h, t_end - t)
        k = []
        for a, c in zip(A, C, strict=True):
            dy = sum((aij * kj for aij, kj in zip(a, k, strict=True)), np.zeros_like(y))
            k.append(f(t + c * h, y + h * dy, *args))
            sol.evaluations += 1
        y_new = y + h * sum(w * kj for w, kj in zip(A[3], k[:3], strict=True))
        y_low = y + h * sum(w * kj for w, kj in zip(B_LOW, k, strict=True))
        scale = atol + rtol * np.maximum(np.abs(y), np.abs(y_new))
        error = float(np.sqrt(np.mean(((y_new - y_low) / scale) ** 2)))
        if error <= 1.0:
            t, y = t + h, y_new
            sol.append(t, y)
        factor = 5.0 if error == 0.0 else safety * error ** (-1 / 3)
        h = h * min(5.0, max(0.2, factor))
    return sol


def lotka_volterra(t, y, a, b, c, d):
    prey, predator = y
    return np.array([a * prey - b * prey * predator, -c * predator + d * prey * predator])


def fit_loss(params, y0, observed):
    def rhs(t, y):
        return lotka_volterra(t, y, *params)

    solution = solve(rhs, (0.0, 2.0), y0)
    loss = 0.0
    for t_obs, y_obs in observed:
        loss += np.sum((solution(t_obs) - y_obs) ** 2)
    return loss / len(observed)


def method_loss(y0, k, method="midpoint"):
    solution = solve(lambda t, y: -k * y + np.sin(t), (0, 1), y0, n_steps=10, method=method)
    return np.sum(np.stack(solution.y) ** 2)


def event_loss(height, drag):
    """Where a thrown ball is after it has passed its highest point."""
    flags = {"past_top": False}

    def fall(t, s):
        return np.array([s[1], -9.81 - drag * s[1] * abs(s[1])])

    def stop(t, s):
        flags["past_top"] = s[1] < 0
        return flags["past_top"]

    end = solve(fall, (0.0, 2.0), [height, 8.0], n_steps=40, callback=stop).final
    return end[0] ** 2 + end[1]


def adaptive_loss(params, y0):
    sol = solve_adaptive(lotka_volterra, (0.0, 1.0), y0, *params, rtol=10.0, atol=10.0, safety=1.0)
    return (sol.final**2).sum() if sol.success else np.inf


def van_der_pol(mu):
    def f(t, y):
        x, v = y
        return np.array([v, mu * (1 - x**2) * v - x])

    return f


def oscillator_loss(mu, amplitude):
    sol = solve(van_der_pol(mu), (0.0, 1.5), [amplitude, 0.0], n_steps=15)
    xs = np.array([y[0] for y in sol.y])
    return np.trapezoid(xs**2, dx=0.1)


PARAMS = (1.1, 0.4, 0.9, 0.3)
OBSERVED = [
    (0.33, np.array([1.2, 0.9])),
    (1.07, np.array([1.9, 0.8])),
    (1.81, np.array([3.0, 1.0])),
]

ENTRIES = [
    (fit_loss, lambda: (PARAMS, np.array([1.0, 1.0]), OBSERVED), (0, 1)),
    (method_loss, lambda: (np.array([1.0, -0.5]), 0.8), (0, 1)),
    (event_loss, lambda: (1.0, 0.05), (0, 1)),
    (adaptive_loss, lambda: (np.array(PARAMS), np.array([1.0, 1.0])), (0, 1)),
    (oscillator_loss, lambda: (1.5, 2.0), (0, 1)),
]

if __name__ == "__main__":
    print(solve_adaptive(lotka_volterra, (0.0, 5.0), np.array([1.0, 1.0]), *PARAMS).evaluations)
