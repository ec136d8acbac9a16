"""Bundle adjustment: poses of cameras and points in space from what the cameras see."""

import functools
from typing import NamedTuple

import numpy as np


class Observation(NamedTuple):
    camera: int
    point: int
    uv: np.ndarray


class Camera:
    """A pinhole camera with two coefficients of radial distortion."""

    __slots__ = ("focal", "k1", "k2", "rotation", "translation")

    def __init__(self, rotation, translation, focal, k1=0.0, k2=0.0):
        self.rotation = rotation
        self.translation = translation
        self.focal = focal
        self.k1 = k1
        self.k2 = k2

    @classmethod
    def from_vector(cls, v):
        return cls(v[:3], v[3:6], *v[6:9])

    @property
    def matrix(self):
        return rodrigues(self.rotation)

    @property
    def centre(self):
        return -self.matrix.T @ self.translation

    def project(self, point):
        p = self.matrix @ point + self.translation
        if p[2] >= 0:
            raise ValueError("point behind the camera")
        xy = -p[:2] / p[2]
        r2 = xy @ xy
        return self.focal * (1.0 + self.k1 * r2 + self.k2 * r2**2) * xy


def skew(v):
    return np.array([[0.0, -v[2], v[1]], [v[2], 0.0, -v[0]], [-v[1], v[0], 0.0]])


def rodrigues(w):
    """The rotation matrix of an axis-angle vector."""
    theta = np.linalg.norm(w)
    if theta < 1e-8:
        return np.eye(3) + skew(w)
    K = skew(w / theta)
    return np.eye(3) + np.sin(theta) * K + (1 - np.cos(theta)) * K @ K


def quaternion_rotate(q, p):
    q = q / np.sqrt(np.sum(q**2))
    s, v = q[0], q[1:]
    return p + 2 * np.cross(v, np.cross(v, p) + s * p)


def huber(r, delta=1.0):
    a = abs(r)
    return 0.5 * r**2 if a <= delta else delta * (a - 0.5 * delta)


def residuals(cameras, points, observations):
    out = np.zeros((len(observations), 2))
    for k, obs in enumerate(observations):
        camera = Camera.from_vector(cameras[obs.camera])
        out[k] = camera.project(points[obs.point]) - obs.uv
    return out


def reprojection_error(cameras, points, observations):
    return 0.5 * np.sum(residuals(cameras, points, observations) ** 2)


def robust_error(cameras, points, observations, delta=0.05):
    """Huber loss; points behind a camera are left out."""
    built = [Camera.from_vector(c) for c in cameras]
    total, used = 0.0, 0
    for camera_index, point_index, uv in observations:
        try:
            predicted = built[camera_index].project(points[point_index])
        except ValueError:
            continue
        total += sum(huber(r, delta) for r in predicted - uv)
        used += 1
    return total / max(used, 1)


def scene_scale(cameras, points):
    """Penalises drift of the scene's size and of the distance between cameras."""
    centres = [Camera.from_vector(c).centre for c in cameras]
    spread = functools.reduce(lambda s, c: s + np.sum((c - centres[0]) ** 2), centres[1:], 0.0)
    centroid = points.mean(axis=0)
    radius = np.sqrt(np.mean(np.linalg.norm(points - centroid, axis=1) ** 2))
    return (radius - 1.0) ** 2 + 0.1 * spread


def total_loss(cameras, points, observations, weights):
    terms = {
        "data": reprojection_error(cameras, points, observations),
        "scale": scene_scale(cameras, points),
    }
    return sum(weights[name] * value for name, value in terms.items())


def alignment_loss(q, t, s, source, target):
    """Absolute orientation between two clouds of points."""
    moved = np.stack([s * quaternion_rotate(q, p) + t for p in source])
    return np.sqrt(np.mean(np.sum((moved - target) ** 2, axis=1)))


def make_scene():
    rng = np.random.default_rng(11)
    cameras = np.array(
        [
            [0.1, -0.05, 0.02, 0.0, 0.1, -5.0, 1.2, 0.01, -0.002],
            [-0.1, 0.2, 0.05, -0.6, 0.0, -5.2, 1.1, -0.02, 0.001],
            [0.05, -0.3, 0.1, 0.5, -0.2, -4.8, 1.3, 0.0, 0.0],
        ]
    )
    points = rng.uniform(-1, 1, size=(4, 3))
    observations = [
        Observation(c, p, rng.normal(scale=0.05, size=2) + points[p, :2] * 0.24)
        for c in range(3)
        for p in range(4)
        if (c + p) % 4 != 3
    ]
    return cameras, points, observations


def make_clouds():
    rng = np.random.default_rng(12)
    source = rng.normal(size=(5, 3))
    target = source[:, [1, 0, 2]] + 0.1 * rng.normal(size=(5, 3))
    return np.array([0.9, 0.1, -0.3, 0.2]), np.array([0.1, 0.0, -0.1]), 1.1, source, target


ENTRIES = [
    (reprojection_error, make_scene, (0, 1)),
    (robust_error, make_scene, (0, 1)),
    (scene_scale, lambda: make_scene()[:2], (0, 1)),
    (total_loss, lambda: (*make_scene(), {"data": 1.0, "scale": 0.3}), (0, 1, 3)),
    (alignment_loss, make_clouds, (0, 1, 2, 3)),
]

if __name__ == "__main__":
    print(reprojection_error(*make_scene()), robust_error(*make_scene()))
