"""Portfolio optimisation: risk measures, transaction costs, and a backtest."""

import logging
from dataclasses import dataclass
from operator import itemgetter

import numpy as np

log = logging.getLogger("portfolio")


@dataclass(frozen=True)
class Market:
    returns: np.ndarray  # periods x assets
    risk_free: float = 0.001
    names: tuple = ("AAA", "BBB", "CCC", "DDD")

    @property
    def mean(self):
        return self.returns.mean(axis=0)

    @property
    def covariance(self):
        centred = self.returns - self.mean
        return centred.T @ centred / (len(self.returns) - 1)

    def shrunk_covariance(self, intensity):
        S = self.covariance
        target = np.trace(S) / len(S) * np.eye(len(S))
        return (1 - intensity) * S + intensity * target


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def project_to_simplex(v):
    """The nearest weights that are not negative and sum to one."""
    u = np.sort(v)[::-1]
    css = np.cumsum(u) - 1.0
    rho = np.nonzero(u - css / np.arange(1, len(v) + 1) > 0)[0][-1]
    theta = css[rho] / (rho + 1.0)
    return np.maximum(v - theta, 0.0)


def sharpe(weights, market):
    excess = weights @ market.mean - market.risk_free
    return excess / np.sqrt(weights @ market.covariance @ weights)


def negative_sharpe(logits, market):
    return -sharpe(softmax(logits), market)


def value_at_risk(pnl, level):
    return -np.quantile(pnl, 1 - level)


def expected_shortfall(pnl, level):
    ordered = np.sort(pnl)
    k = max(1, int(np.ceil((1 - level) * len(pnl))))
    return -ordered[:k].mean()


def max_drawdown(values):
    peak = np.maximum.accumulate(values)
    return np.max((peak - values) / peak)


def drawdown_by_hand(values):
    peak, worst = values[0], 0.0
    for v in values:
        peak = v if v > peak else peak
        worst = max(worst, (peak - v) / peak)
    return worst


RISKS = {
    "variance": lambda w, m: w @ m.covariance @ w,
    "shortfall": lambda w, m: expected_shortfall(m.returns @ w, 0.8),
    "drawdown": lambda w, m: drawdown_by_hand(np.cumprod(1.0 + m.returns @ w)),
    "numpy_drawdown": lambda w, m: max_drawdown(np.cumprod(1.0 + m.returns @ w)),
    "var": lambda w, m: value_at_risk(m.returns @ w, 0.75),
}


def risk_loss(weights, returns, kind, aversion=2.0):
    market = Market(returns)
    gross = np.sum(np.abs(weights))
    w = weights / gross
    return aversion * RISKS[kind](w, market) - w @ market.mean


def transaction_cost(old, new, rate=0.01, impact=0.5):
    trade = np.abs(new - old)
    return np.sum(rate * trade + impact * trade**1.5)


def backtest(weights, returns, band=0.015, rate=0.01):
    """Final wealth when holdings are brought back to the weights as soon as one drifts away."""
    wealth = 1.0
    holdings = weights * wealth
    rebalanced = []
    for t, r in enumerate(returns):
        holdings = holdings * (1.0 + r)
        wealth = holdings.sum()
        drift = holdings / wealth - weights
        if np.any(np.abs(drift) > band):
            cost = wealth * transaction_cost(holdings / wealth, weights, rate)
            wealth -= cost
            holdings = wealth * weights
            rebalanced.append(t)
            log.debug("rebalanced at %d for %.4f", t, cost)
    return wealth, {"rebalanced": rebalanced, "turnover": len(rebalanced) / len(returns)}


def negative_log_wealth(logits, returns):
    wealth, info = backtest(softmax(logits), returns)
    if info["turnover"] > 0.9:
        log.warning("traded in nearly every period")
    return -np.log(wealth)


def optimise(objective_gradient, w, steps, lr):
    """Projected gradient descent."""
    for _ in range(steps):
        w = project_to_simplex(w - lr * objective_gradient(w))
    return w


def hindsight_loss(intensity, aversion, returns, future):
    """Later risk of the portfolio that is best for a shrunk covariance."""
    market = Market(returns=returns)
    S, mu = market.shrunk_covariance(intensity), market.mean
    w = optimise(lambda w: aversion * S @ w - mu, np.full(4, 0.25), steps=15, lr=2.0)
    pnl = future @ w
    return pnl.var() - pnl.mean()


def risk_parity(weights, returns):
    S = Market(returns).covariance
    contribution = weights * (S @ weights)
    share = contribution / contribution.sum()
    ranked = sorted(zip(Market.names, share, strict=True), key=itemgetter(1), reverse=True)
    (_, top), *_, (_, bottom) = ranked
    return np.sum((share - 1 / len(share)) ** 2) + 0.1 * (top - bottom)


def make_returns(seed=0, periods=10):
    rng = np.random.default_rng(seed)
    factor = rng.normal(0.004, 0.03, size=(periods, 1))
    return factor * [1.0, 0.8, -0.2, 1.5] + rng.normal(0.003, 0.04, size=(periods, 4))


LOGITS = np.array([0.1, 0.4, -0.3, 0.2])
WEIGHTS = np.array([0.3, 0.35, 0.15, 0.2])

ENTRIES = [
    (negative_sharpe, lambda: (LOGITS.copy(), Market(make_returns())), 0),
    *(
        (risk_loss, lambda kind=kind: (WEIGHTS.copy(), make_returns(), kind), (0, 1))
        for kind in RISKS
    ),
    (negative_log_wealth, lambda: (LOGITS.copy(), make_returns(3)), (0, 1)),
    (hindsight_loss, lambda: (0.4, 3.0, make_returns(), make_returns(1)), (0, 1)),
    (risk_parity, lambda: (WEIGHTS.copy(), make_returns()), (0, 1)),
]

if __name__ == "__main__":
    print(
        backtest(WEIGHTS, make_returns()), {k: risk_loss(WEIGHTS, make_returns(), k) for k in RISKS}
    )
