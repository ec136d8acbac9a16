"""Kinetics of chemical reactions: rate laws from text, stiff implicit steps, and a fit."""

import re
from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

GAS_CONSTANT = 8.314e-3


@dataclass
class Reaction:
    reactants: dict
    products: dict
    prefactor: float
    energy: float = 0.0

    @classmethod
    def parse(cls, text, prefactor, energy=0.0):
        """For instance `2 A + B -> C`."""
        left, right = (side.strip() for side in text.split("->"))
        return cls(parse_side(left), parse_side(right), prefactor, energy)

    def rate_constant(self, temperature):
        return self.prefactor * np.exp(-self.energy / (GAS_CONSTANT * temperature))


def parse_side(text):
    counts = defaultdict(int)
    for term in text.split("+"):
        number, name = re.fullmatch(r"\s*(\d*)\s*([A-Z]\w*)\s*", term).groups()
        counts[name] += int(number or 1)
    return dict(counts)


class ConvergenceError(RuntimeError):
    pass


@dataclass
class Mechanism:
    reactions: list
    temperature: float = 300.0
    species: OrderedDict = field(init=False)

    def __post_init__(self):
        names = OrderedDict()
        for r in self.reactions:
            for name in [*r.reactants, *r.products]:
                names.setdefault(name, len(names))
        self.species = names

    @cached_property
    def rate_constants(self):
        return np.array([r.rate_constant(self.temperature) for r in self.reactions])

    @cached_property
    def stoichiometry(self):
        S = np.zeros((len(self.species), len(self.reactions)))
        for j, r in enumerate(self.reactions):
            for name, count in r.reactants.items():
                S[self.species[name], j] -= count
            for name, count in r.products.items():
                S[self.species[name], j] += count
        return S

    def rates(self, c):
        out = []
        for k, r in zip(self.rate_constants, self.reactions, strict=True):
            rate = k
            for name, order in r.reactants.items():
                rate = rate * c[self.species[name]] ** order
            out.append(rate)
        return np.array(out)

    def __call__(self, t, c):
        return self.stoichiometry @ self.rates(c)

    def jacobian(self, c):
        n, m = len(self.species), len(self.reactions)
        dr = np.zeros((m, n))
        for j, r in enumerate(self.reactions):
            for name in r.reactants:
                i = self.species[name]
                term = self.rate_constants[j]
                for other, order in r.reactants.items():
                    x = c[self.species[other]]
                    if other == name:
                        term = term * order * x ** (order - 1)
                    else:
                        term = term * x**order
                dr[j, i] = term
        return self.stoichiometry @ dr


def implicit_euler_step(mechanism, c, h, tol=1e-12, max_iter=20):
    """Newton's method for c_new = c + h f(c_new)."""
    x = c.copy()
    for _ in range(max_iter):
        residual = x - c - h * mechanism(0.0, x)
        if np.linalg.norm(residual) < tol:
            return x
        x -= np.linalg.solve(np.eye(len(x)) - h * mechanism.jacobian(x), residual)
    raise ConvergenceError(f"after {max_iter} iterations")


def rosenbrock_step(mechanism, c, h):
    """Two-stage Rosenbrock method (ROS2)."""
    gamma = 1.0 + 1.0 / np.sqrt(2.0)
    W = np.eye(len(c)) - gamma * h * mechanism.jacobian(c)
    k1 = np.linalg.solve(W, mechanism(0.0, c))
    k2 = np.linalg.solve(W, mechanism(0.0, c + h * k1) - 2.0 * k1)
    return c + 1.5 * h * k1 + 0.5 * h * k2


def simulate(mechanism, c0, times, step=implicit_euler_step, substeps=3):
    """Concentrations at the times; a step that fails is done again in two halves."""
    c = np.array(c0)
    record = [c]
    for t0, t1 in zip(times[:-1], times[1:], strict=True):
        h = (t1 - t0) / substeps
        for _ in range(substeps):
            try:
                c = step(mechanism, c, h)
            except (ConvergenceError, np.linalg.LinAlgError):
                for _ in range(2):
                    c = step(mechanism, c, h / 2)
        with np.errstate(invalid="ignore", divide="ignore"):
            if not np.all(np.isfinite(c)):
                raise FloatingPointError("the simulation has diverged")
        record.append(c)
    return np.stack(record)


def robertson(k):
    k1, k2, k3 = k
    return Mechanism(
        [
            Reaction({"A": 1}, {"B": 1}, k1),
            Reaction({"B": 2}, {"B": 1, "C": 1}, k2),
            Reaction({"B": 1, "C": 1}, {"A": 1, "C": 1}, k3),
        ]
    )


TIMES = np.array([0.0, 0.1, 0.4, 1.0])


def robertson_loss(k, c0):
    c = simulate(robertson(k), c0, TIMES)
    return np.sum(c[1:, 2] ** 2) + 1e2 * np.sum(c[1:, 1] ** 2)


def arrhenius_loss(prefactors, energies, temperature, c0):
    texts = ["A + B -> C", "C -> A + B", "2 C -> D"]
    mechanism = Mechanism(
        [
            Reaction.parse(text, a, e)
            for text, a, e in zip(texts, prefactors, energies, strict=True)
        ],
        temperature=temperature,
    )
    c = simulate(mechanism, c0, TIMES, step=rosenbrock_step)
    final = {name: c[-1, i] for name, i in mechanism.species.items()}
    return final["D"] / (final["A"] + final["C"])


def conservation(c, mechanism, atoms):
    """How far the atoms of a state differ from those at the start."""
    counts = np.array([atoms[name] for name in mechanism.species])
    return (c @ counts - c[0] @ counts) ** 2


def brusselator_loss(feed, removal, c0):
    """Oscillating, with a rate law written by hand, explicit steps and a guard."""
    x, y = c0
    dt, steps = 0.02, 60
    peak = 0.0
    crossings = 0
    previous = x
    for n in range(steps):
        dx = feed + x * x * y - (removal + 1) * x
        dy = removal * x - x * x * y
        x, y = x + dt * dx, y + dt * dy
        if x > peak:
            peak = x
        if (previous - feed) * (x - feed) < 0:
            crossings += 1
        previous = x
    return peak**2 + 0.1 * y + crossings


def half_life_loss(k, order):
    """The first grid time at which half is used up, made smooth by interpolation."""
    c, t, h = 1.0, 0.0, 0.05
    while True:
        new = c - h * k * c**order
        if new < 0.5:
            break
        c, t = new, t + h
        if t > 100:
            return np.nan
    return t + h * (c - 0.5) / (c - new)


ENTRIES = [
    (robertson_loss, lambda: ([0.04, 300.0, 100.0], np.array([1.0, 0.01, 0.1])), (0, 1)),
    (
        arrhenius_loss,
        lambda: ((20.0, 5.0, 8.0), [3.0, 4.0, 2.5], 320.0, np.array([1.0, 0.8, 0.1, 0.0])),
        (0, 1, 2, 3),
    ),
    (brusselator_loss, lambda: (1.0, 2.3, (1.2, 1.1)), (0, 1, 2)),
    (half_life_loss, lambda: (0.7, 1.5), (0, 1)),
]

if __name__ == "__main__":
    print(simulate(robertson([0.04, 300.0, 100.0]), [1.0, 0.0, 0.0], TIMES)[-1])
