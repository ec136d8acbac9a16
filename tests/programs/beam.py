"""Euler-Bernoulli beams by finite elements."""

from dataclasses import dataclass
from enum import Enum, auto

import numpy as np


class Support(Enum):
    FREE = auto()
    PINNED = auto()
    CLAMPED = auto()


@dataclass
class Section:
    width: float
    height: float

    @property
    def area(self):
        return self.width * self.height

    @property
    def inertia(self):
        return self.width * self.height**3 / 12.0


@dataclass
class Material:
    young: float
    density: float = 1.0


def element_stiffness(EI, L):
    return (
        EI
        / L**3
        * np.array(
            [
                [12.0, 6 * L, -12.0, 6 * L],
                [6 * L, 4 * L**2, -6 * L, 2 * L**2],
                [-12.0, -6 * L, 12.0, -6 * L],
                [6 * L, 2 * L**2, -6 * L, 4 * L**2],
            ]
        )
    )


def element_load(q, L):
    """Of a load that is constant over the element."""
    return q * L / 12.0 * np.array([6.0, L, 6.0, -L])


class Beam:
    def __init__(self, length, material, sections, supports):
        self.n = len(sections)
        self.L = length / self.n
        self.material = material
        self.sections = sections
        self.supports = supports
        self.loads = np.zeros(2 * (self.n + 1))
        self._solution = None

    @property
    def dofs(self):
        return 2 * (self.n + 1)

    def add_point_load(self, node, force, moment=0.0):
        self.loads[2 * node] += force
        self.loads[2 * node + 1] += moment
        self._solution = None
        return self

    def add_distributed(self, load):
        for e in range(self.n):
            q = load((e + 0.5) * self.L) if callable(load) else load
            self.loads[2 * e : 2 * e + 4] += element_load(q, self.L)
        self._solution = None
        return self

    def add_self_weight(self, g=9.81):
        for e, section in enumerate(self.sections):
            q = -self.material.density * section.area * g
            self.loads[2 * e : 2 * e + 4] += element_load(q, self.L)
        return self

    def stiffness(self):
        K = np.zeros((self.dofs, self.dofs))
        for e, section in enumerate(self.sections):
            idx = np.arange(2 * e, 2 * e + 4)
            K[np.ix_(idx, idx)] += element_stiffness(self.material.young * section.inertia, self.L)
        return K

    def free_dofs(self):
        fixed = set()
        for node, support in self.supports.items():
            match support:
                case Support.CLAMPED:
                    fixed |= {2 * node, 2 * node + 1}
                case Support.PINNED:
                    fixed.add(2 * node)
                case _:
                    pass
        return [d for d in range(self.dofs) if d not in fixed]

    def solve(self):
        if self._solution is None:
            free = self.free_dofs()
            K = self.stiffness()[np.ix_(free, free)]
            u = np.zeros(self.dofs)
            u[free] = np.linalg.solve(K, self.loads[free])
            self._solution = u
        return self._solution

    @property
    def compliance(self):
        return self.loads @ self.solve()

    @property
    def deflections(self):
        return self.solve()[::2]

    def bending_moments(self):
        u = self.solve()
        moments = np.empty(self.n)
        L = self.L
        for e, section in enumerate(self.sections):
            w1, t1, w2, t2 = u[2 * e : 2 * e + 4]
            curvature = (t2 - t1) / L
            moments[e] = self.material.young * section.inertia * curvature
        return moments

    def stresses(self):
        return np.array(
            [
                abs(M) * s.height / 2 / s.inertia
                for M, s in zip(self.bending_moments(), self.sections, strict=True)
            ]
        )


def cantilever_tip(heights, young, force):
    """Tip deflection of a cantilever of varying height."""
    beam = Beam(
        2.0,
        Material(young),
        [Section(0.1, h) for h in heights],
        {0: Support.CLAMPED},
    )
    beam.add_point_load(len(heights), force)
    return -beam.deflections[-1] * 1e3


def bridge_compliance(heights, widths, load):
    sections = [Section(width=w, height=h) for w, h in zip(widths, heights, strict=True)]
    n = len(sections)
    beam = Beam(4.0, Material(200.0, 2.0), sections, {0: Support.PINNED, n: Support.PINNED})
    beam.add_distributed(lambda x: -load * np.sin(np.pi * x / 4.0)).add_self_weight()
    return beam.compliance


def stress_penalty(heights, limit, p=6):
    """A smooth maximum of the stresses above a limit, plus the weight."""
    sections = [Section(0.2, h) for h in heights]
    beam = Beam(3.0, Material(100.0), sections, {0: Support.CLAMPED, len(heights): Support.PINNED})
    beam.add_distributed(-1.0)
    ratio = beam.stresses() / limit
    weight = sum(s.area for s in sections) * beam.L
    return np.sum(ratio**p) ** (1 / p) + weight


def natural_frequency(heights, young):
    """The first frequency by inverse iteration with lumped masses."""
    beam = Beam(2.0, Material(young), [Section(0.1, h) for h in heights], {0: Support.CLAMPED})
    K = beam.stiffness()[2:, 2:]
    m = np.zeros(beam.dofs)
    for e, s in enumerate(beam.sections):
        mass = beam.material.density * s.area * beam.L
        m[[2 * e, 2 * e + 2]] += mass / 2
        m[[2 * e + 1, 2 * e + 3]] += mass * beam.L**2 / 78
    M = np.diag(m[2:])
    v = np.ones(len(K))
    for _ in range(12):
        v = np.linalg.solve(K, M @ v)
        v /= np.linalg.norm(v)
    omega2 = (v @ K @ v) / (v @ M @ v)
    return np.sqrt(omega2)


HEIGHTS = np.array([0.4, 0.35, 0.3, 0.25])

ENTRIES = [
    (cantilever_tip, lambda: (HEIGHTS.copy(), 210.0, -0.05), (0, 1, 2)),
    (bridge_compliance, lambda: (HEIGHTS.copy(), [0.2, 0.25, 0.3, 0.2], 5.0), (0, 1, 2)),
    (stress_penalty, lambda: (HEIGHTS.copy(), 30.0), (0, 1)),
    (natural_frequency, lambda: (HEIGHTS.copy(), 50.0), (0, 1)),
]

if __name__ == "__main__":
    print(cantilever_tip(HEIGHTS, 210.0, -0.05), natural_frequency(HEIGHTS, 50.0))
