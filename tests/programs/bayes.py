"""A hierarchical model whose log joint density is summed over a dict of parameters."""

import math
from functools import partial

import numpy as np

LOG_2PI = math.log(2 * math.pi)


def normal(x, mu=0.0, sigma=1.0):
    return np.sum(-0.5 * ((x - mu) / sigma) ** 2 - np.log(sigma) - 0.5 * LOG_2PI)


def half_cauchy(x, scale):
    if np.any(x < 0):
        return -np.inf
    return np.sum(np.log(2.0) - np.log(np.pi * scale) - np.log1p((x / scale) ** 2))


def student_t(x, nu, mu, sigma):
    z = (x - mu) / sigma
    const = math.lgamma(0.5 * (nu + 1)) - math.lgamma(0.5 * nu) - 0.5 * math.log(nu * math.pi)
    return np.sum(const - np.log(sigma) - 0.5 * (nu + 1) * np.log1p(z * z / nu))


def bernoulli_logit(y, logit):
    return np.sum(y * logit - np.logaddexp(0.0, logit))


def poisson_log(y, eta):
    const = np.array([math.lgamma(k + 1.0) for k in y])
    return np.sum(y * eta - np.exp(eta) - const)


def dirichlet(p, alpha):
    return math.lgamma(sum(alpha)) + sum(
        (a - 1.0) * math.log(q) - math.lgamma(a) for a, q in zip(alpha, p, strict=True)
    )


PRIORS = {
    "mu": partial(normal, mu=0.0, sigma=5.0),
    "tau": partial(half_cauchy, scale=2.5),
    "theta": None,
}

TRANSFORMS = {"tau": (np.exp, lambda u: u)}
"""Of positive parameters: from the real line, and the log of the Jacobian."""


def constrain(unconstrained):
    """The parameters themselves, and the log of the Jacobian's determinant."""
    values, log_jacobian = {}, 0.0
    for name, u in unconstrained.items():
        if name in TRANSFORMS:
            forward, log_det = TRANSFORMS[name]
            values[name] = forward(u)
            log_jacobian += np.sum(log_det(u))
        else:
            values[name] = u
    return values, log_jacobian


def eight_schools(unconstrained, data):
    """Negative log posterior of the schools, centred."""
    p, total = constrain(unconstrained)
    for name, prior in PRIORS.items():
        if prior is not None:
            total += prior(p[name])
    total += normal(p["theta"], p["mu"], p["tau"])
    total += normal(data["y"], p["theta"], data["sigma"])
    return -total


class Model:
    """Collects log densities as statements of a model run."""

    def __init__(self, **data):
        self.data = data
        self.log_density = 0.0
        self.terms = {}

    def observe(self, name, density, *args, weight=1.0):
        term = weight * density(self.data[name], *args)
        self.terms[name] = term
        self.log_density += term
        return self

    def prior(self, name, value, density, *args, **kwargs):
        term = density(value, *args, **kwargs)
        self.terms["prior_" + name] = term
        self.log_density += term
        return value


def regression_loss(params, X, counts, clicks):
    """Counts and clicks share their coefficients."""
    m = Model(counts=counts, clicks=clicks)
    beta = m.prior("beta", params["beta"], normal, sigma=2.0)
    offset = m.prior("offset", params["offset"], student_t, 4.0, 0.0, 1.0)
    eta = X @ beta
    m.observe("counts", poisson_log, eta + offset[0])
    m.observe("clicks", bernoulli_logit, 0.5 * eta + offset[1], weight=2.0)
    return -m.log_density


def stick_breaking(v):
    """Weights of a mixture from numbers between 0 and 1."""
    weights, rest = [], 1.0
    for fraction in v:
        weights.append(fraction * rest)
        rest *= 1.0 - fraction
    return weights + [rest]


def mixture_loss(params, x):
    v = [1.0 / (1.0 + math.exp(-u)) for u in params["sticks"]]
    weights = stick_breaking(v)
    total = dirichlet(weights, [2.0] * len(weights))
    for xi in x:
        logs = [
            math.log(w) - 0.5 * ((xi - m) / s) ** 2 - math.log(s) - 0.5 * LOG_2PI
            for w, m, s in zip(weights, params["means"], params["scales"], strict=True)
        ]
        top = max(logs)
        total += top + math.log(sum(math.exp(v - top) for v in logs))
    return -total


def elbo(variational, data, eps):
    """Evidence lower bound with reparametrised draws that were made beforehand."""
    mean, log_std = variational["mean"], variational["log_std"]
    samples = []
    for e in eps:
        flat = mean + np.exp(log_std) * e
        draw = {"mu": flat[0], "tau": flat[1], "theta": flat[2:]}
        samples.append(-eight_schools(draw, data))
    entropy = np.sum(log_std) + 0.5 * len(mean) * (1.0 + LOG_2PI)
    return -(sum(samples) / len(samples) + entropy)


DATA = {
    "y": np.array([28.0, 8.0, -3.0, 7.0, -1.0]) / 10,
    "sigma": np.array([15.0, 10.0, 16.0, 11.0, 9.0]) / 10,
}


def make_schools():
    theta = np.array([1.0, 0.5, -0.2, 0.3, 0.1])
    return {"mu": 0.4, "tau": -0.3, "theta": theta}, DATA


def make_regression():
    rng = np.random.default_rng(4)
    X = rng.normal(size=(6, 2))
    params = {"beta": np.array([0.3, -0.6]), "offset": np.array([0.2, -0.1])}
    return params, X, rng.poisson(2.0, size=6), rng.integers(0, 2, size=6)


def make_mixture():
    params = {
        "sticks": [0.1, -0.4],
        "means": [-1.0, 0.3, 2.0],
        "scales": [0.7, 0.5, 0.9],
    }
    return params, np.array([-0.8, 0.1, 0.4, 2.2, 1.5])


def make_variational():
    rng = np.random.default_rng(9)
    variational = {"mean": 0.3 * rng.normal(size=7), "log_std": -1.0 + 0.1 * rng.normal(size=7)}
    return variational, DATA, rng.normal(size=(3, 7))


ENTRIES = [
    (eight_schools, make_schools, 0),
    (regression_loss, make_regression, (0, 1)),
    (mixture_loss, make_mixture, (0, 1)),
    (elbo, make_variational, 0),
]

if __name__ == "__main__":
    print(eight_schools(*make_schools()), elbo(*make_variational()))
