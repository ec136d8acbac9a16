"""Rays through lenses: intersection, refraction, total reflection, and the size of the spot."""

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np


class Ray(NamedTuple):
    origin: np.ndarray
    direction: np.ndarray
    intensity: float = 1.0

    def at(self, t):
        return self.origin + t * self.direction


class RayLostError(Exception):
    pass


@dataclass(frozen=True)
class Sphere:
    """A spherical surface on the z axis; positive radius: centre to the right."""

    vertex: float
    radius: float
    aperture: float
    index: float  # of the medium behind it

    @property
    def centre(self):
        return np.array([0.0, 0.0, self.vertex + self.radius])

    def intersect(self, ray):
        oc = ray.origin - self.centre
        b = np.dot(oc, ray.direction)
        c = np.dot(oc, oc) - self.radius**2
        disc = b * b - c
        if disc < 0:
            return None
        root = math.sqrt(disc)
        for t in sorted((-b - root, -b + root)):
            hit = ray.at(t)
            if t > 1e-9 and abs(hit[2] - self.vertex) < abs(self.radius):
                if np.hypot(hit[0], hit[1]) > self.aperture:
                    return None
                return hit
        return None

    def normal(self, point):
        n = (point - self.centre) / self.radius
        return n if n[2] < 0 else -n


@dataclass(frozen=True)
class Plane:
    vertex: float
    aperture: float = math.inf
    index: float = 1.0

    def intersect(self, ray):
        if abs(ray.direction[2]) < 1e-12:
            return None
        t = (self.vertex - ray.origin[2]) / ray.direction[2]
        hit = ray.at(t)
        return hit if np.hypot(*hit[:2]) <= self.aperture else None

    def normal(self, point):
        return np.array([0.0, 0.0, -1.0])


def refract(d, n, ratio):
    """Snell's law; None where all light is reflected."""
    cos_i = -np.dot(d, n)
    sin2_t = ratio**2 * (1.0 - cos_i**2)
    if sin2_t > 1.0:
        return None
    return ratio * d + (ratio * cos_i - np.sqrt(1.0 - sin2_t)) * n


def fresnel(cos_i, n1, n2):
    """The part of unpolarised light that passes."""
    sin_t = n1 / n2 * math.sqrt(max(0.0, 1 - cos_i * cos_i))
    if sin_t >= 1:
        return 0.0
    cos_t = math.sqrt(1 - sin_t**2)
    rs = (n1 * cos_i - n2 * cos_t) / (n1 * cos_i + n2 * cos_t)
    rp = (n1 * cos_t - n2 * cos_i) / (n1 * cos_t + n2 * cos_i)
    return 1 - 0.5 * (rs**2 + rp**2)


def trace(ray, surfaces, index=1.0):
    for surface in surfaces:
        hit = surface.intersect(ray)
        if hit is None:
            raise RayLostError(f"no hit at {surface.vertex}")
        n = surface.normal(hit)
        direction = refract(ray.direction, n, index / surface.index)
        if direction is None:
            raise RayLostError("total reflection")
        passed = fresnel(-np.dot(ray.direction, n), index, surface.index)
        ray = ray._replace(origin=hit, direction=direction, intensity=ray.intensity * passed)
        index = surface.index
    return ray


def paraxial_focus(r1, r2, n, d):
    """The lensmaker's equation."""
    power = (n - 1) * (1 / r1 - 1 / r2 + (n - 1) * d / (n * r1 * r2))
    return 1.0 / power if power != 0 else math.inf


class Lens:
    def __init__(self, r1, r2, thickness, index, aperture=1.2, position=0.0):
        self.front = Sphere(position, r1, aperture, index)
        self.back = Sphere(position + thickness, r2, aperture, 1.0)

    def moved(self, shift):
        """The surfaces of this lens elsewhere."""
        return [replace(s, vertex=s.vertex + shift) for s in (self.front, self.back)]


def beam(heights, slope=0.0):
    d = np.array([0.0, slope, 1.0]) / np.sqrt(1 + slope**2)
    return [Ray(np.array([0.1, h, -5.0]), d) for h in heights]


def spot_size(r1, r2, index, screen, heights):
    """Mean square distance from the axis on a screen, weighted by intensity."""
    lens = Lens(r1, r2, 0.4, index)
    surfaces = [lens.front, lens.back]
    total = weight = 0.0
    for ray in beam(heights):
        try:
            out = trace(ray, surfaces)
        except RayLostError:
            continue
        hit = Plane(screen).intersect(out)
        if hit is None:
            continue
        total += out.intensity * (hit[0] ** 2 + hit[1] ** 2)
        weight += out.intensity
    if weight == 0.0:
        return math.inf
    return total / weight


def focus_error(r1, r2, index):
    """Where a marginal ray meets the axis, against the paraxial focus."""
    lens = Lens(r1, r2, thickness=0.4, index=index)
    (ray,) = beam([0.8])
    out = trace(ray, [lens.front, lens.back])
    t = -out.origin[1] / out.direction[1]
    return (out.at(t)[2] - paraxial_focus(r1, r2, index, 0.4)) ** 2


def doublet_loss(design, colours):
    """Two lenses, three colours: lateral spread between the colours."""
    crossings = []
    for red_shift in colours:
        first = Lens(design["r1"], design["r2"], 0.4, design["n1"] + red_shift)
        second = Lens(design["r3"], design["r4"], 0.3, design["n2"] + 2 * red_shift)
        surfaces = first.moved(0.0) + second.moved(design["gap"])
        ray = trace(Ray(np.array([0.0, 0.5, -2.0]), np.array([0.0, 0.0, 1.0])), surfaces)
        crossings.append(ray.origin[2] - ray.origin[1] * ray.direction[2] / ray.direction[1])
    return np.std(crossings) + 0.01 * (np.mean(crossings) - 4.0) ** 2


HEIGHTS = np.array([-0.7, -0.2, 0.4, 0.9, 3.0])
DESIGN = {"r1": 4.0, "r2": -5.0, "n1": 1.5, "r3": -6.0, "r4": -20.0, "n2": 1.6, "gap": 0.6}

ENTRIES = [
    (spot_size, lambda: (3.0, -4.0, 1.5, 4.2, HEIGHTS.copy()), (0, 1, 2, 3)),
    (focus_error, lambda: (3.0, -4.0, 1.5), (0, 1, 2)),
    (doublet_loss, lambda: (dict(DESIGN), [-0.01, 0.0, 0.012]), (0, 1)),
    (paraxial_focus, lambda: (3.0, -4.0, 1.5, 0.4), (0, 1, 2, 3)),
]

if __name__ == "__main__":
    print(spot_size(3.0, -4.0, 1.5, 4.2, HEIGHTS), focus_error(3.0, -4.0, 1.5))
