"""Kalman filters as classes: linear, extended, and the smoother."""

import copy
import warnings
from typing import NamedTuple

import numpy as np


class Gaussian(NamedTuple):
    mean: np.ndarray
    cov: np.ndarray

    @property
    def std(self):
        return np.sqrt(np.diag(self.cov))


class KalmanFilter:
    def __init__(self, F, H, Q, R, x0, P0):
        self.F, self.H = F, H
        self.Q, self.R = Q, R
        self.x = x0
        self.P = P0
        self.log_likelihood = 0.0
        self.history = []

    @property
    def dim(self):
        return self.x.shape[0]

    def predict(self, u=None):
        self.x = self.F @ self.x
        if u is not None:
            self.x = self.x + u
        self.P = self.F @ self.P @ self.F.T + self.Q

    def innovation(self, z):
        y = z - self.H @ self.x
        S = self.H @ self.P @ self.H.T + self.R
        return y, S

    def update(self, z):
        y, S = self.innovation(z)
        K = np.linalg.solve(S, self.H @ self.P).T
        self.x = self.x + K @ y
        I_KH = np.eye(self.dim) - K @ self.H
        self.P = I_KH @ self.P @ I_KH.T + K @ self.R @ K.T
        _, logdet = np.linalg.slogdet(2 * np.pi * S)
        self.log_likelihood -= 0.5 * (y @ np.linalg.solve(S, y) + logdet)
        self.history.append(Gaussian(self.x, self.P))
        return y

    def run(self, measurements):
        """Filters a series in which missing measurements are NaN."""
        for z in measurements:
            self.predict()
            if np.isnan(z).any():
                self.history.append(Gaussian(self.x, self.P))
                continue
            self.update(z)
        return self


class ExtendedKalmanFilter(KalmanFilter):
    """With a measurement function in place of a matrix."""

    def __init__(self, *args, h, jacobian, **kwargs):
        super().__init__(*args, **kwargs)
        self.h = h
        self.jacobian = jacobian

    def innovation(self, z):
        self.H = self.jacobian(self.x)
        y = z - self.h(self.x)
        return y, self.H @ self.P @ self.H.T + self.R


def smooth(kf):
    """Rauch-Tung-Striebel pass over the history of a filter."""
    smoothed = [kf.history[-1]]
    for state in reversed(kf.history[:-1]):
        after = smoothed[0]
        predicted = kf.F @ state.cov @ kf.F.T + kf.Q
        G = np.linalg.solve(predicted, kf.F @ state.cov).T
        mean = state.mean + G @ (after.mean - kf.F @ state.mean)
        cov = state.cov + G @ (after.cov - predicted) @ G.T
        smoothed.insert(0, Gaussian(mean, cov))
    return smoothed


def constant_velocity(dt, q):
    F = np.array([[1.0, dt], [0.0, 1.0]])
    Q = q * np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]])
    return F, Q


def tracking_nll(q, r, x0, measurements):
    F, Q = constant_velocity(0.5, q)
    H = np.array([[1.0, 0.0]])
    kf = KalmanFilter(F, H, Q, r * np.eye(1), x0, np.eye(2))
    kf.run(measurements)
    return -kf.log_likelihood


def smoother_loss(log_params, measurements, truth):
    q, r = np.exp(log_params)
    F, Q = constant_velocity(0.5, q)
    kf = KalmanFilter(F, np.eye(2)[:1], Q, np.array([[r]]), np.zeros(2), 2.0 * np.eye(2))
    states = smooth(kf.run(measurements))
    errors = np.array([s.mean[0] - x for s, x in zip(states, truth, strict=True)])
    return np.mean(errors**2) + 0.1 * np.mean([s.std[0] for s in states])


def radar(x):
    """Range and bearing of a position."""
    return np.array([np.sqrt(x[0] ** 2 + x[1] ** 2), np.arctan2(x[1], x[0])])


def radar_jacobian(x):
    r2 = x[0] ** 2 + x[1] ** 2
    r = np.sqrt(r2)
    return np.array([[x[0] / r, x[1] / r], [-x[1] / r2, x[0] / r2]])


def radar_nll(x0, noise, measurements):
    ekf = ExtendedKalmanFilter(
        np.eye(2),
        None,
        noise["process"] * np.eye(2),
        np.diag([noise["range"], noise["bearing"]]),
        x0,
        0.5 * np.eye(2),
        h=radar,
        jacobian=radar_jacobian,
    )
    for z in measurements:
        ekf.predict(u=np.array([0.1, 0.05]))
        ekf.update(z)
    return -ekf.log_likelihood


def scalar_filter(z, q, r):
    """A random walk, in plain numbers."""
    x, p, out = 0.0, 1.0, []
    for value in z:
        p += q
        if value is not None:
            k = p / (p + r)
            x += k * (value - x)
            p *= 1 - k
        out.append(x)
    return out, p


def scalar_loss(z, q, r):
    xs, p = scalar_filter([*z, None, z[0]], q, r)
    return sum((a - b) ** 2 for a, b in zip(xs, xs[1:], strict=False)) + p


def ensemble_loss(q, measurements, n_members=4, seed=0):
    """An ensemble of filters with perturbed starts, copied from one."""
    rng = np.random.default_rng(seed)
    F, Q = constant_velocity(0.5, q)
    template = KalmanFilter(F, np.array([[1.0, 0.0]]), Q, 0.3 * np.eye(1), np.zeros(2), np.eye(2))
    members = []
    for _ in range(n_members):
        member = copy.copy(template)
        member.history = []
        member.x = rng.normal(size=2)
        members.append(member.run(measurements))
    if any(not np.isfinite(m.log_likelihood) for m in members):
        warnings.warn("a filter has diverged", stacklevel=2)
    finals = np.stack([m.x for m in members])
    return finals.var(axis=0).sum() - np.mean([m.log_likelihood for m in members])


def make_track(missing=True):
    rng = np.random.default_rng(8)
    truth = 0.4 * np.arange(6.0)
    z = (truth + 0.3 * rng.normal(size=6))[:, None]
    if missing:
        z[3] = np.nan
    return z, truth


def make_radar():
    rng = np.random.default_rng(6)
    path = np.array([1.0, 0.5]) + np.arange(1, 5)[:, None] * np.array([0.1, 0.05])
    measurements = [radar(p) + 0.05 * rng.normal(size=2) for p in path]
    return np.array([1.1, 0.4]), {"process": 0.05, "range": 0.1, "bearing": 0.02}, measurements


ENTRIES = [
    (tracking_nll, lambda: (0.5, 0.2, np.array([0.1, 0.3]), make_track()[0]), (0, 1, 2)),
    (smoother_loss, lambda: (np.log([0.5, 0.2]), *make_track()), (0, 2)),
    (radar_nll, make_radar, (0, 1, 2)),
    (scalar_loss, lambda: ([0.3, 0.7, 0.4, 0.9], 0.1, 0.3), (0, 1, 2)),
    (ensemble_loss, lambda: (0.5, make_track(missing=False)[0]), (0, 1)),
]

if __name__ == "__main__":
    print(tracking_nll(0.5, 0.2, np.array([0.1, 0.3]), make_track()[0]), radar_nll(*make_radar()))
