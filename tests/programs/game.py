"""The physics loop of a small game: balls, walls, collisions, springs, and events."""

import itertools
import logging
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

logger = logging.getLogger("game")


class Vec:
    """A vector in the plane."""

    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vec(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        return Vec(self.x - other.x, self.y - other.y)

    def __mul__(self, k):
        return Vec(k * self.x, k * self.y)

    __rmul__ = __mul__

    def __truediv__(self, k):
        return self * (1.0 / k)

    def __neg__(self):
        return Vec(-self.x, -self.y)

    def __iter__(self):
        yield self.x
        yield self.y

    def dot(self, other):
        return self.x * other.x + self.y * other.y

    @property
    def length(self):
        return np.sqrt(self.dot(self))

    def __repr__(self):
        return f"Vec({self.x:.3f}, {self.y:.3f})"


@dataclass
class Ball:
    pos: Vec
    vel: Vec
    radius: float = 0.2
    mass: float = 1.0
    alive: bool = True


class EventBus:
    def __init__(self):
        self.handlers = defaultdict(list)

    def on(self, kind, handler):
        self.handlers[kind].append(handler)

    def emit(self, kind, **payload):
        for handler in self.handlers[kind]:
            handler(**payload)


class World:
    GRAVITY = Vec(0.0, -9.81)

    def __init__(self, balls, width=4.0, restitution=0.8, drag=0.05):
        self.balls = balls
        self.width = width
        self.restitution = restitution
        self.drag = drag
        self.time = 0.0
        self.score = 0.0
        self.events = EventBus()
        self.events.on("bounce", self._count_bounce)
        self.events.on("hit", self._add_score)
        self.bounces = 0

    def _count_bounce(self, ball, wall):
        self.bounces += 1
        logger.debug("bounce of %r off %s", ball.pos, wall)

    def _add_score(self, impulse):
        self.score += impulse**2

    def integrate(self, ball, dt):
        acceleration = self.GRAVITY - self.drag / ball.mass * ball.vel
        ball.vel = ball.vel + acceleration * dt
        ball.pos += dt * ball.vel

    def collide_walls(self, ball):
        if ball.pos.y < ball.radius and ball.vel.y < 0:
            ball.pos.y = 2 * ball.radius - ball.pos.y
            ball.vel.y *= -self.restitution
            self.events.emit("bounce", ball=ball, wall="floor")
        if ball.pos.x < ball.radius and ball.vel.x < 0:
            ball.vel.x = -self.restitution * ball.vel.x
            self.events.emit("bounce", ball=ball, wall="left")
        elif ball.pos.x > self.width - ball.radius and ball.vel.x > 0:
            ball.vel.x = -self.restitution * ball.vel.x
            self.events.emit("bounce", ball=ball, wall="right")

    def collide_pair(self, a, b):
        delta = b.pos - a.pos
        distance = delta.length
        if distance >= a.radius + b.radius:
            return False
        normal = delta / distance
        speed = (b.vel - a.vel).dot(normal)
        if speed >= 0:
            return False
        impulse = -(1 + self.restitution) * speed / (1 / a.mass + 1 / b.mass)
        a.vel -= normal * (impulse / a.mass)
        b.vel += normal * (impulse / b.mass)
        self.events.emit("hit", impulse=impulse)
        return True

    def step(self, dt):
        for ball in filter(lambda b: b.alive, self.balls):
            self.integrate(ball, dt)
            self.collide_walls(ball)
        for a, b in itertools.combinations(self.balls, 2):
            if a.alive and b.alive:
                self.collide_pair(a, b)
        self.time += dt

    def run(self, duration, dt=0.02):
        while self.time < duration - 1e-9:
            self.step(dt)
        return self

    @property
    def energy(self):
        return sum(
            0.5 * b.mass * b.vel.dot(b.vel) - b.mass * self.GRAVITY.y * b.pos.y for b in self.balls
        )


def aim_loss(angle, speed, target):
    """How far from the target a ball is after a second."""
    ball = Ball(Vec(0.5, 1.0), Vec(speed * np.cos(angle), speed * np.sin(angle)))
    World([ball]).run(1.0)
    x, y = ball.pos
    return (x - target[0]) ** 2 + (y - target[1]) ** 2


def billiard_loss(positions, velocities, restitution):
    balls = [
        Ball(Vec(*p), Vec(*v), mass=1.0 + 0.5 * i)
        for i, (p, v) in enumerate(zip(positions, velocities, strict=True))
    ]
    world = World(balls, restitution=restitution).run(0.5)
    return world.energy + 0.1 * world.score


def array_physics(x0, v0, restitution, n=40, dt=0.02):
    """The same kind of loop on arrays, with the states kept for a replay."""
    x, v = x0.copy(), v0.copy()
    history = np.zeros((n + 1, len(x)))
    history[0] = x
    bounced = False
    for step in range(1, n + 1):
        v -= 9.81 * dt
        x += dt * v
        below = x < 0
        if below.any():
            x[below] *= -1
            v[below] *= -restitution
            if not bounced:
                logger.debug("first bounce at step %d", step)
                bounced = True
        history[step] = x
    return history


def replay_loss(x0, v0, restitution):
    history = array_physics(x0, v0, restitution)
    return np.mean(history[::5] ** 2) + history[-1].max()


def cloth_loss(height, stiffness, wind):
    """A rope of masses and springs after a few steps of Verlet integration."""
    n = 5
    pos = np.zeros((n, 2))
    pos[:, 0] = np.linspace(0.0, 1.0, n)
    pos[:, 1] = height
    old = pos.copy()
    for _ in range(10):
        force = np.zeros_like(pos)
        force[:, 1] -= 9.81
        force[:, 0] += wind
        for i, j in itertools.pairwise(range(n)):
            d = pos[j] - pos[i]
            stretch = np.sqrt(d @ d) - 0.25
            f = stiffness * stretch * d
            force[i] += f
            force[j] -= f
        force[0] = 0.0
        pos, old = 2 * pos - old + 0.02**2 * force, pos
    return np.sum((pos - [0.5, 0.8]) ** 2)


ENTRIES = [
    (aim_loss, lambda: (0.7, 4.0, np.array([2.5, 0.5])), (0, 1, 2)),
    (
        billiard_loss,
        lambda: (
            np.array([[0.5, 1.0], [1.5, 1.1], [3.0, 2.0]]),
            np.array([[3.0, 1.0], [-1.0, 1.0], [0.5, -0.5]]),
            0.8,
        ),
        (0, 1, 2),
    ),
    (replay_loss, lambda: (np.array([1.0, 0.63, 2.5]), np.array([0.5, -1.0, 0.0]), 0.7), (0, 1, 2)),
    (cloth_loss, lambda: (1.0, 30.0, 0.5), (0, 1, 2)),
]

if __name__ == "__main__":
    print(aim_loss(0.7, 4.0, np.array([2.5, 0.5])), [m() for _, m, _ in ENTRIES][:1])
