"""Prices of options by Monte Carlo, by trees and in closed form, and their sensitivities."""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np


@dataclass(frozen=True)
class Contract:
    strike: float
    maturity: float
    kind: str = "call"

    def __post_init__(self):
        if self.kind not in {"call", "put"}:
            raise ValueError(f"unknown kind of option: {self.kind}")

    @property
    def sign(self):
        return 1.0 if self.kind == "call" else -1.0

    def payoff(self, spot):
        return np.maximum(self.sign * (spot - self.strike), 0.0)


@dataclass
class BlackScholes:
    spot: float
    rate: float
    vol: float

    def price(self, contract):
        T, K = contract.maturity, contract.strike
        if T <= 0:
            return contract.payoff(self.spot)
        sd = self.vol * math.sqrt(T)
        d1 = (math.log(self.spot / K) + (self.rate + 0.5 * self.vol**2) * T) / sd
        d2 = d1 - sd
        s = contract.sign
        return s * (self.spot * norm_cdf(s * d1) - K * math.exp(-self.rate * T) * norm_cdf(s * d2))

    def paths(self, T, normals):
        """Paths of shape (steps + 1, draws)."""
        n_steps = normals.shape[0]
        dt = T / n_steps
        increments = (self.rate - 0.5 * self.vol**2) * dt + self.vol * np.sqrt(dt) * normals
        logs = np.vstack([np.zeros(normals.shape[1]), np.cumsum(increments, axis=0)])
        return self.spot * np.exp(logs)


class Heston:
    """Stochastic variance, by an Euler scheme with full truncation."""

    def __init__(self, spot, rate, *, kappa, theta, xi, rho, v0):
        self.spot, self.rate = spot, rate
        self.kappa, self.theta, self.xi, self.rho, self.v0 = kappa, theta, xi, rho, v0

    def paths(self, T, normals):
        n_steps, draws = normals.shape[1:]
        dt = T / n_steps
        s = np.empty((n_steps + 1, draws))
        s[0] = self.spot
        v = np.full(draws, self.v0)
        for i, (z1, z2) in enumerate(zip(*normals, strict=True)):
            w = self.rho * z1 + np.sqrt(1 - self.rho**2) * z2
            vp = np.clip(v, 0.0, None)
            s[i + 1] = s[i] * np.exp((self.rate - vp / 2) * dt + np.sqrt(vp * dt) * z1)
            v += self.kappa * (self.theta - vp) * dt + self.xi * np.sqrt(vp * dt) * w
        return s


def norm_cdf(x):
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


def antithetic(rng, shape):
    half = rng.standard_normal((*shape[:-1], shape[-1] // 2))
    return np.concatenate([half, -half], axis=-1)


# payoffs of whole paths


def asian(contract):
    return lambda path: contract.payoff(path[1:].mean(axis=0))


def lookback(contract):
    return lambda path: contract.payoff(path.max(axis=0))


def barrier(contract: Contract, level: float) -> Callable:
    def payoff(path):
        alive = ~np.any(path > level, axis=0)
        return np.where(alive, contract.payoff(path[-1]), 0.0)

    return payoff


def smooth_digital(contract, width):
    def payoff(path):
        return 1.0 / (1.0 + np.exp(-(path[-1] - contract.strike) / width))

    return payoff


def monte_carlo(model, payoff, T, normals, control=None):
    """Discounted mean, with a control variate if there is one."""
    path = model.paths(T, normals)
    values = np.exp(-model.rate * T) * payoff(path)
    if control is None:
        return values.mean(), values.std() / np.sqrt(len(values))
    extra, exact = control
    c = np.exp(-model.rate * T) * extra(path)
    dc = c - c.mean()
    beta = np.dot(dc, values) / np.dot(dc, dc)
    adjusted = values - beta * (c - exact)
    return adjusted.mean(), adjusted.std() / math.sqrt(len(adjusted))


def binomial_tree(spot, vol, rate, contract, steps=12, american=True):
    dt = contract.maturity / steps
    u = np.exp(vol * np.sqrt(dt))
    d = 1 / u
    p = (np.exp(rate * dt) - d) / (u - d)
    disc = np.exp(-rate * dt)
    j = np.arange(steps + 1)
    values = contract.payoff(spot * u**j * d ** (steps - j))
    for level in range(steps, 0, -1):
        values = disc * (p * values[1:] + (1 - p) * values[:-1])
        if american:
            j = np.arange(level)
            values = np.maximum(values, contract.payoff(spot * u**j * d ** (level - 1 - j)))
    return values[0]


def implied_vol(price, spot, rate, contract, guess=0.3):
    """By Newton's method."""
    vol = guess
    for _ in range(50):
        model = BlackScholes(spot, rate, vol)
        diff = model.price(contract) - price
        sd = vol * math.sqrt(contract.maturity)
        d1 = math.log(spot / contract.strike) / sd + (rate / vol + 0.5 * vol) * math.sqrt(
            contract.maturity
        )
        vega = spot * math.sqrt(contract.maturity / (2 * math.pi)) * math.exp(-0.5 * d1**2)
        if abs(diff) < 1e-12:
            return vol
        vol -= diff / vega
    raise RuntimeError("no convergence")


def asian_price(spot, rate, vol, normals):
    contract = Contract(1.0, 1.0)
    model = BlackScholes(spot, rate, vol)
    european = (lambda path: contract.payoff(path[-1]), model.price(contract))
    value, error = monte_carlo(model, asian(contract), 1.0, normals, control=european)
    return value


def exotic_price(params, normals, style):
    contract = Contract(strike=1.05, maturity=0.5, kind="put" if style == "put" else "call")
    model = Heston(**params)
    payoffs = {
        "lookback": lookback(contract),
        "barrier": barrier(contract, 1.6),
        "digital": smooth_digital(contract, 0.05),
        "put": lambda path: contract.payoff(path[-1]),
    }
    return monte_carlo(model, payoffs[style], contract.maturity, normals)[0]


def american_put(spot, vol, rate, strike):
    return binomial_tree(spot, vol, rate, Contract(strike, 1.0, "put"))


def calibration_loss(params, quotes):
    """Squared differences of implied volatilities on a smile, with a linear skew."""
    total = 0.0
    for strike, quoted in quotes.items():
        contract = Contract(strike, 0.5)
        vol = params["level"] + params["skew"] * (strike - 1.0)
        price = BlackScholes(params["spot"], params["rate"], vol).price(contract)
        total += (implied_vol(price, 1.0, 0.02, contract) - quoted) ** 2
    return total


HESTON = {
    "spot": 1.0,
    "rate": 0.03,
    "kappa": 1.5,
    "theta": 0.06,
    "xi": 0.3,
    "rho": -0.5,
    "v0": 0.08,
}


def make_normals(*shape):
    return antithetic(np.random.default_rng(21), shape)


CALIBRATION = {"level": 0.25, "skew": -0.1, "spot": 1.02, "rate": 0.03}

ENTRIES = [
    (asian_price, lambda: (1.02, 0.03, 0.25, make_normals(5, 12)), (0, 1, 2, 3)),
    *(
        (exotic_price, lambda style=style: (dict(HESTON), make_normals(2, 4, 8), style), (0, 1))
        for style in ("lookback", "barrier", "digital", "put")
    ),
    (american_put, lambda: (1.013, 0.3, 0.04, 1.05), (0, 1, 2, 3)),
    (calibration_loss, lambda: (dict(CALIBRATION), {0.9: 0.27, 1.0: 0.24, 1.1: 0.23}), 0),
]

if __name__ == "__main__":
    contract = Contract(1.0, 1.0)
    print(asdict(contract), asian_price(1.02, 0.03, 0.25, make_normals(5, 12)))
