"""Optimisation of a truss: areas of bars and positions of joints."""

import itertools
from collections import Counter, namedtuple
from dataclasses import dataclass

import numpy as np

Bar = namedtuple("Bar", "start end area", defaults=(1.0,))


@dataclass
class LoadCase:
    forces: dict
    weight: float = 1.0

    def vector(self, n):
        f = np.zeros(2 * n)
        for joint, (fx, fy) in self.forces.items():
            f[2 * joint] = fx
            f[2 * joint + 1] = fy
        return f


class Truss:
    def __init__(self, joints, bars, fixed, young=1000.0):
        self.joints = np.asarray(joints, dtype=float)
        self.bars = bars
        self.fixed = set(fixed)
        self.young = young
        self._check()

    def _check(self):
        uses = Counter(itertools.chain.from_iterable((b.start, b.end) for b in self.bars))
        lonely = [j for j in range(len(self)) if uses[j] == 0]
        if lonely:
            raise ValueError(f"joints without bars: {lonely}")

    def __len__(self):
        return len(self.joints)

    def __iter__(self):
        """Each bar with its vector and length."""
        for bar in self.bars:
            d = self.joints[bar.end] - self.joints[bar.start]
            yield bar, d, np.linalg.norm(d)

    @property
    def volume(self):
        return sum(bar.area * length for bar, _, length in self)

    def free(self):
        return np.array([d for d in range(2 * len(self)) if d not in self.fixed])

    def stiffness(self):
        n = 2 * len(self)
        K = np.zeros((n, n))
        for bar, d, length in self:
            c = d / length
            k = self.young * bar.area / length * np.outer(c, c)
            i, j = slice(2 * bar.start, 2 * bar.start + 2), slice(2 * bar.end, 2 * bar.end + 2)
            K[i, i] += k
            K[j, j] += k
            K[i, j] -= k
            K[j, i] -= k
        return K

    def displacements(self, f):
        free = self.free()
        u = np.zeros(2 * len(self))
        u[free] = np.linalg.solve(self.stiffness()[free][:, free], f[free])
        return u

    def stresses(self, u):
        out = {}
        for bar, d, length in self:
            du = u[2 * bar.end : 2 * bar.end + 2] - u[2 * bar.start : 2 * bar.start + 2]
            out[bar.start, bar.end] = self.young * (d @ du) / length**2
        return out

    def buckling_margin(self, u):
        """The smallest ratio of Euler's load to the compression in a bar."""
        worst = np.inf
        for bar, _, length in self:
            force = self.stresses(u)[bar.start, bar.end] * bar.area
            if force >= 0:
                continue
            critical = np.pi**2 * self.young * bar.area**2 / (4 * np.pi) / length**2
            worst = min(worst, critical / -force)
        return worst


TOPOLOGY = [(0, 1), (1, 2), (3, 4), (0, 4), (3, 1), (1, 4), (2, 4)]
JOINTS = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [0.0, 1.0], [1.0, 0.9]])
FIXED = (0, 1, 6, 7)
CASES = [
    LoadCase({2: (0.0, -10.0)}),
    LoadCase({2: (3.0, -2.0), 4: (0.0, -5.0)}, weight=0.5),
]


def build(areas, joints=JOINTS):
    bars = [Bar(*ends, area) for ends, area in zip(TOPOLOGY, areas, strict=True)]
    return Truss(joints, bars, FIXED)


def compliance(areas, joints):
    truss = build(areas, joints)
    total = 0.0
    for case in CASES:
        f = case.vector(len(truss))
        total += case.weight * f @ truss.displacements(f)
    return total


def lagrangian(areas, joints, multiplier, budget):
    return compliance(areas, joints) + multiplier * (build(areas, joints).volume - budget)


def stress_loss(areas, limit):
    """Volume with a penalty on every bar that is stressed too much."""
    truss = build(areas)
    penalty, violated = 0.0, []
    for number, case in enumerate(CASES):
        u = truss.displacements(case.vector(len(truss)))
        for ends, stress in truss.stresses(u).items():
            excess = abs(stress) / limit - 1.0
            if excess > 0:
                penalty += excess**2
                violated.append((number, ends))
    return truss.volume + 10.0 * penalty


def height_loss(heights):
    """Shape only: the heights of the upper joints, against buckling and sag."""
    joints = JOINTS.copy()
    joints[3:, 1] = heights
    truss = build([0.5] * len(TOPOLOGY), joints)
    u = truss.displacements(CASES[0].vector(len(truss)))
    return -truss.buckling_margin(u) + 10.0 * np.abs(u).max()


def cable_net(tension, height, sweeps=8):
    """Form finding by relaxation: each inner node moves to the mean of its neighbours."""
    z = np.zeros((4, 4))
    z[0, :] = height
    z[:, 0] += 0.5 * height
    for _ in range(sweeps):
        largest = 0.0
        for i, j in itertools.product(range(1, 3), repeat=2):
            new = 0.25 * (z[i - 1, j] + z[i + 1, j] + z[i, j - 1] + z[i, j + 1]) - 0.1 / tension
            largest = max(largest, abs(new - z[i, j]))
            z[i, j] = new
        if largest < 1e-9:
            break
    else:
        largest = 0.0
    return z


def net_loss(tension, height):
    z = cable_net(tension, height)
    return np.sum(z[1:3, 1:3] ** 2) + (z[1, 1] - z[2, 2]) ** 2


def shape_gradient_descent(areas, lr, steps=3):
    """Optimality criteria: areas follow the energy of their bars, at constant volume."""
    f = CASES[0].vector(5)
    volume = build(areas).volume
    for _ in range(steps):
        truss = build(areas)
        u = truss.displacements(f)
        energies = np.array([s**2 for s in truss.stresses(u).values()])
        areas = areas * (energies / energies.mean()) ** lr
        areas *= volume / build(areas).volume
    return compliance(areas, JOINTS)


AREAS = np.array([0.5, 0.4, 0.6, 0.5, 0.7, 0.3, 0.45])

ENTRIES = [
    (compliance, lambda: (AREAS.copy(), JOINTS.copy()), (0, 1)),
    (lagrangian, lambda: (AREAS.copy(), JOINTS.copy(), 0.7, 3.0), (0, 1, 2, 3)),
    (stress_loss, lambda: (AREAS.copy(), 25.0), (0, 1)),
    (height_loss, lambda: (np.array([1.0, 0.8]),), 0),
    (net_loss, lambda: (2.0, 0.7), (0, 1)),
    (shape_gradient_descent, lambda: (AREAS.copy(), 0.1), (0, 1)),
]

if __name__ == "__main__":
    print(compliance(AREAS, JOINTS), stress_loss(AREAS, 25.0), build(AREAS).volume)
