"""A damped oscillation on a curved background, fitted to noisy data in three ways with SciPy.

    python examples/curve_fit.py [FIGURE]

The parameters are a dataclass, SciPy's optimisers want vectors: `srcgrad.ravel` goes between them.
Needs SciPy, and Matplotlib for the figure (`pip install 'srcgrad[scipy,matplotlib]'`).
"""

import argparse
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares, minimize

import srcgrad
from srcgrad.trees import leaves


@dataclass(frozen=True)
class Params:
    amplitude: float
    decay: float
    frequency: float
    phase: float
    background: np.ndarray  # constant, linear and quadratic in time scaled to [-1, 1]


NOISE = 0.15
TRUTH = Params(2.0, 0.3, 5.0, 0.6, np.array([0.4, -0.5, 0.8]))
START = Params(1.0, 0.2, 4.8, 0.3, np.zeros(3))


def background(p, t):
    s = t / 5 - 1
    return p.background[0] + p.background[1] * s + p.background[2] * s**2


def model(p, t):
    """The signal at the times t, in [0, 10]."""
    envelope = p.amplitude * np.exp(-p.decay * t)
    return envelope * np.cos(p.frequency * t + p.phase) + background(p, t)


def measure(count=120, seed=5):
    """Times in [0, 10], and the signal there with noise."""
    rng = np.random.default_rng(seed)
    times = np.sort(rng.uniform(0.0, 10.0, count))
    return times, model(TRUTH, times) + NOISE * rng.standard_normal(count)


times, signal = measure()


def residuals(p):
    """How far the model is from each point, in standard deviations."""
    return (model(p, times) - signal) / NOISE


def loss(p):
    """Half of chi squared."""
    return 0.5 * np.sum(residuals(p) ** 2)


loss_and_gradient = srcgrad.value_and_grad(loss)
loss_hvp = srcgrad.hvp(loss)
residuals_jacobian = srcgrad.jacobian(residuals)

# what SciPy calls, in terms of vectors ------------------------------------------------------------

start, unravel = srcgrad.ravel(START)


def value_and_slope(x):
    """The loss and its gradient, of shape (7,)."""
    value, gradient = loss_and_gradient(unravel(x))
    return value, srcgrad.ravel(gradient)[0]


def hessian_times(x, v):
    """The Hessian of the loss times a vector, of shape (7,), without ever having the Hessian."""
    return srcgrad.ravel(loss_hvp(unravel(x), unravel(v)))[0]


def distances(x):
    return residuals(unravel(x))


def jacobian_matrix(x):
    """The Jacobian of the residuals, of shape (120, 7): the columns of each parameter in a row."""
    return np.column_stack(leaves(residuals_jacobian(unravel(x))))


def fit_with_gradient():
    """BFGS: values and gradients."""
    return minimize(value_and_slope, start, jac=True, method="BFGS")


def fit_with_curvature():
    """A trust region method: gradients, and products with the Hessian."""
    return minimize(value_and_slope, start, jac=True, hessp=hessian_times, method="trust-ncg")


def fit_with_jacobian():
    """Levenberg and Marquardt: all residuals, and their Jacobian."""
    return least_squares(distances, start, jac=jacobian_matrix, method="lm")


FITS = {
    "BFGS with gradients": fit_with_gradient,
    "trust-ncg with Hessian products": fit_with_curvature,
    "least_squares with Jacobians": fit_with_jacobian,
}

# what comes out -----------------------------------------------------------------------------------


def uncertainties(x):
    """The standard deviation of each parameter, of shape (7,), from the Jacobian at the minimum."""
    J = jacobian_matrix(x)
    return np.sqrt(np.diag(np.linalg.inv(J.T @ J)))


def report(x):
    """A table of the parameters: true, fitted, uncertain by how much."""
    names = ["amplitude", "decay", "frequency", "phase", "constant", "linear", "quadratic"]
    rows = zip(names, srcgrad.ravel(TRUTH)[0], x, uncertainties(x))
    print(f"{'':12s}{'true':>9s}{'fitted':>10s}")
    for name, true, fitted, error in rows:
        print(f"{name:12s}{true:9.4f}{fitted:10.4f} ± {error:.4f}")


def draw(p, path):
    """Save a figure of the data and the fit, and of the residuals below them."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, 5.5), layout="constrained")
    FigureCanvasAgg(figure)
    above, below = figure.subplots(2, sharex=True, height_ratios=(3, 1))
    t = np.linspace(0.0, 10.0, 500)
    above.errorbar(
        times, signal, NOISE, fmt="o", ms=3, lw=0.8, color="0.45", label="data", zorder=1
    )
    above.plot(t, model(START, t), ":", color="tab:orange", label="start")
    above.plot(t, model(p, t), color="tab:blue", lw=2, label="fit")
    above.plot(t, background(p, t), "--", color="tab:blue", lw=1, label="background")
    above.set(ylabel="signal", title="A damped oscillation on a background", xlim=(-0.1, 10.1))
    above.legend(frameon=False, ncols=4, loc="upper right")
    below.axhspan(-1, 1, color="0.92")
    below.axhline(0, color="tab:blue", lw=1)
    below.plot(times, -residuals(p), "o", ms=3, color="0.45")
    below.set(xlabel="time", ylabel="(data − fit) / σ", ylim=(-4, 4), yticks=(-3, 0, 3))
    figure.savefig(path, dpi=150)


def main(path="curve_fit.png"):
    """Fit, print and draw; the vector of parameters of each fit."""
    found = {}
    for name, fit in FITS.items():
        result = fit()
        found[name] = result.x
        print(f"{name:36s}chi² {2 * loss(unravel(result.x)):.4f}, {result.nfev} evaluations")
    print()
    report(result.x)
    draw(unravel(result.x), path)
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("figure", nargs="?", default="curve_fit.png", help="where to save it")
    main(parser.parse_args().figure)
