"""Forward kinematics of a robot whose links are a tree."""

from __future__ import annotations

from collections import ChainMap, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Optional

import numpy as np


def rotation(axis, angle):
    c, s = np.cos(angle), np.sin(angle)
    if axis == "x":
        return np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])
    elif axis == "y":
        return np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])
    elif axis == "z":
        return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    raise ValueError(f"unknown axis {axis}")


@dataclass
class Pose:
    R: np.ndarray = field(default_factory=lambda: np.eye(3))
    p: np.ndarray = field(default_factory=lambda: np.zeros(3))

    def __matmul__(self, other: Pose) -> Pose:
        return Pose(self.R @ other.R, self.R @ other.p + self.p)

    def inverse(self) -> Pose:
        return Pose(self.R.T, -self.R.T @ self.p)

    def apply(self, point):
        return self.R @ point + self.p


@dataclass
class Link:
    name: str
    offset: np.ndarray
    axis: Optional[str] = None
    mass: float = 1.0
    limits: tuple = (-np.pi, np.pi)
    children: list[Link] = field(default_factory=list)

    def add(self, *links: Link) -> Link:
        self.children.extend(links)
        return self

    def walk(self) -> Iterator[Link]:
        yield self
        for child in self.children:
            yield from child.walk()

    def local(self, angle) -> Pose:
        R = np.eye(3) if self.axis is None else rotation(self.axis, angle)
        return Pose(R, self.offset)


def poses(link: Link, angles: dict, parent: Optional[Pose] = None) -> dict:
    """The pose of every link by name."""
    here = link.local(angles.get(link.name, 0.0))
    if parent is not None:
        here = parent @ here
    found = {link.name: here}
    for child in link.children:
        found.update(poses(child, angles, here))
    return found


def breadth_first(root: Link, angles: dict) -> dict:
    """The same without recursion."""
    found = {}
    queue = deque([(root, Pose())])
    while queue:
        link, parent = queue.popleft()
        pose = parent @ link.local(angles[link.name] if link.name in angles else 0.0)
        found[link.name] = pose
        for child in link.children:
            queue.append((child, pose))
    return found


def subtree_mass(link: Link) -> float:
    return link.mass + sum(subtree_mass(child) for child in link.children)


def potential(link: Link, angles: dict, parent: Pose, g: float = 9.81) -> float:
    pose = parent @ link.local(angles.get(link.name, 0.0))
    energy = link.mass * g * pose.p[2]
    for child in link.children:
        energy += potential(child, angles, pose, g)
    return energy


def make_arm() -> Link:
    finger = np.array([0.0, 0.05, 0.1])
    gripper = Link("wrist", np.array([0.0, 0.0, 0.4]), "x", 0.5).add(
        Link("left", finger, "y", 0.1), Link("right", finger * [1, -1, 1], "y", 0.1)
    )
    elbow = Link("elbow", np.array([0.0, 0.1, 0.5]), "y", 2.0, (-2.5, 2.5)).add(gripper)
    return Link("base", np.zeros(3), "z", 5.0).add(
        Link("shoulder", np.array([0.0, 0.0, 0.3]), "y", 3.0, (-0.5, 0.5)).add(elbow)
    )


ARM = make_arm()
JOINTS = [link.name for link in ARM.walk() if link.axis is not None]


def limit_penalty(angles: dict) -> float:
    total = 0.0
    for link in ARM.walk():
        if link.name not in angles:
            continue
        low, high = link.limits
        q = angles[link.name]
        if q < low:
            total += (low - q) ** 2
        elif q > high:
            total += (q - high) ** 2
    return total


def reach_loss(q, target):
    """Distance of the left finger to a target, with a penalty on the joints' limits."""
    angles = dict(zip(JOINTS, q, strict=True))
    hand = poses(ARM, angles)["left"]
    tip = hand.apply(np.array([0.0, 0.0, 0.05]))
    return np.sum((tip - target) ** 2) + 0.1 * limit_penalty(angles)


def grip_loss(angles, width):
    """Both fingers are to be a width apart, by the walk without recursion."""
    rest = {name: 0.1 for name in JOINTS}
    found = breadth_first(ARM, ChainMap(angles, rest))
    gap = np.linalg.norm(found["left"].p - found["right"].p)
    aim = found["wrist"].inverse().apply(found["left"].p)
    return (gap - width) ** 2 + 0.5 * aim[1] ** 2


def balance_loss(angles):
    return potential(ARM, angles, Pose()) / subtree_mass(ARM)


def chain_loss(lengths, q):
    """A planar arm, written with complex-free cumulative sums."""
    heading = np.cumsum(q)
    x = np.sum(lengths * np.cos(heading))
    y = np.sum(lengths * np.sin(heading))
    return np.hypot(x - 1.0, y - 0.5)


def inverse_kinematics_loss(q0, target, step):
    """The error that is left after a few steps with a Jacobian transpose."""
    q = q0.copy()
    lengths = np.array([0.5, 0.4, 0.3])

    def tip(q):
        heading = np.cumsum(q)
        return np.array([lengths @ np.cos(heading), lengths @ np.sin(heading)])

    for _ in range(5):
        error = target - tip(q)
        J = np.empty((2, len(q)))
        for j in range(len(q)):
            d = np.zeros(len(q))
            d[j] = 1e-4
            J[:, j] = (tip(q + d) - tip(q - d)) / 2e-4
        q += step * J.T @ error
    return np.sum((target - tip(q)) ** 2)


Q = np.array([0.3, 0.8, -0.6, 0.4, 0.1, -0.2])


def make_angles():
    return {"shoulder": 0.4, "elbow": -0.7, "wrist": 0.2}


ENTRIES = [
    (reach_loss, lambda: (Q.copy(), np.array([0.4, 0.2, 0.9])), (0, 1)),
    (grip_loss, lambda: ({**make_angles(), "left": 0.3}, 0.12), (0, 1)),
    (balance_loss, lambda: (make_angles(),), 0),
    (chain_loss, lambda: (np.array([0.5, 0.4, 0.3]), Q[:3].copy()), (0, 1)),
    (inverse_kinematics_loss, lambda: (Q[:3].copy(), np.array([0.2, 0.9]), 0.3), (0, 1, 2)),
]

if __name__ == "__main__":
    print(reach_loss(Q, np.array([0.4, 0.2, 0.9])), balance_loss(make_angles()))
