"""Reading and writing where the data say: lattices, histograms, warps."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.by_hand import images
from kernels.registry import kernel, normal, uniform


def inside_cells(seed: int, cells: int, *shape: int) -> Any:
    """Coordinates that are well away from the lines of a lattice."""
    whole = np.random.default_rng(seed).integers(0, cells, shape)
    return whole + uniform(seed + 1, 0.1, 0.9, *shape)


def lattice(n: int) -> tuple[Any, ...]:
    hashes = np.random.default_rng(140).permutation(16)
    return inside_cells(141, 9, n, 2), normal(143, 16, 2), hashes


def fade(t: Any) -> Any:
    return t * t * t * (t * (t * 6.0 - 15.0) + 10.0)


@kernel(lattice, (5, 50, 500), order=1)
def lattice_noise(points: Any, slopes: Any, hashes: Any) -> Any:
    """Gradient noise: slopes gathered from the corners of each point's cell, and blended."""
    noise = np.zeros(len(points))
    corner = np.zeros((2, 2))
    for p in range(len(points)):
        x, y = points[p, 0], points[p, 1]
        i, j = int(np.floor(x)), int(np.floor(y))
        for a in range(2):
            for b in range(2):
                slope = slopes[hashes[(hashes[(i + a) % 16] + j + b) % 16]]
                corner[a, b] = slope[0] * (x - i - a) + slope[1] * (y - j - b)
        u, v = fade(x - i), fade(y - j)
        left = corner[0, 0] + v * (corner[0, 1] - corner[0, 0])
        right = corner[1, 0] + v * (corner[1, 1] - corner[1, 0])
        noise[p] = left + u * (right - left)
    return np.sum(noise**2)


@kernel(lattice, (5, 50, 500), order=1)
def simplex_noise(points: Any, slopes: Any, hashes: Any) -> Any:
    """Noise on a lattice of triangles: three corners, each felt within a radius."""
    skew = 0.5 * (np.sqrt(3.0) - 1.0)
    unskew = (3.0 - np.sqrt(3.0)) / 6.0
    noise = np.zeros(len(points))
    offsets = np.zeros((3, 2))
    for p in range(len(points)):
        x, y = points[p]
        shift = skew * (x + y)
        i, j = int(np.floor(x + shift)), int(np.floor(y + shift))
        offsets[0, 0] = x - (i - unskew * (i + j))
        offsets[0, 1] = y - (j - unskew * (i + j))
        i1 = 1 if offsets[0, 0] > offsets[0, 1] else 0
        offsets[1] = offsets[0] + unskew
        offsets[1, i1 ^ 1] -= 1.0
        offsets[2] = offsets[0] + 2.0 * unskew - 1.0
        steps = ((0, 0), (i1, 1 - i1), (1, 1))
        for c in range(3):
            di, dj = steps[c]
            near = 0.5 - offsets[c] @ offsets[c]
            if near > 0.0:
                slope = slopes[hashes[(hashes[(i + di) % 16] + j + dj) % 16]]
                noise[p] += near**4 * (slope @ offsets[c])
    return 1000.0 * np.sum(noise**2)


def samples(n: int) -> tuple[Any, ...]:
    return np.random.default_rng(144).integers(0, 8, n), normal(145, n), normal(146, 8)


@kernel(samples, (9, 100, 1000), by_hand=images.histogram_grad, order=1)
def histogram(bins: Any, weights: Any, expected: Any) -> Any:
    """Weights added up by bin."""
    counts = np.zeros(len(expected))
    for i in range(len(bins)):
        counts[bins[i]] += weights[i]
    return np.sum((counts - expected) ** 2)


@kernel(samples, (9, 100, 10_000))
def scatter_add(bins: Any, weights: Any, expected: Any) -> Any:
    """The same by `np.add.at`."""
    counts = -expected
    np.add.at(counts, bins, weights)
    return np.sum(counts**2)


def charges(n: int) -> tuple[Any, ...]:
    return inside_cells(147, 7, n), normal(149, n), 8


@kernel(charges, (7, 100, 1000), order=1)
def cloud_in_cell(position: Any, charge: Any, cells: int) -> Any:
    """Charges shared out to the nodes on either side, and the field found there."""
    density = np.zeros(cells + 1)
    for i in range(len(position)):
        k = int(position[i])
        part = position[i] - k
        density[k] += charge[i] * (1.0 - part)
        density[k + 1] += charge[i] * part
    field = np.zeros_like(density)
    for k in range(1, cells + 1):
        field[k] = field[k - 1] + 0.5 * (density[k - 1] + density[k])
    return np.sum(field**2)


def picture_and_flow(n: int) -> tuple[Any, ...]:
    flow = uniform(150, 0.1, 0.9, 2, n, n) - np.random.default_rng(151).integers(0, 2, (2, n, n))
    return normal(152, n, n), flow, normal(153, n, n)


@kernel(picture_and_flow, (4, 16, 50), by_hand=images.bilinear_warp_grad, order=2)
def bilinear_warp(image: Any, flow: Any, target: Any) -> Any:
    """An image read where a flow points to, between its elements, repeated beyond its edges."""
    rows, columns = image.shape
    warped = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            y = i + flow[0, i, j]
            x = j + flow[1, i, j]
            y0, x0 = int(np.floor(y)), int(np.floor(x))
            fy, fx = y - y0, x - x0
            top, bottom = min(max(y0, 0), rows - 1), min(max(y0 + 1, 0), rows - 1)
            left, right = min(max(x0, 0), columns - 1), min(max(x0 + 1, 0), columns - 1)
            above = (1.0 - fx) * image[top, left] + fx * image[top, right]
            below = (1.0 - fx) * image[bottom, left] + fx * image[bottom, right]
            warped[i, j] = (1.0 - fy) * above + fy * below
    return np.mean((warped - target) ** 2)


def table_and_queries(n: int) -> tuple[Any, ...]:
    return normal(154, 10), inside_cells(155, 9, n)


@kernel(table_and_queries, (6, 200, 10_000))
def table_lookup(table: Any, queries: Any) -> Any:
    """Values between the entries of a table, for a whole array of places at once."""
    low = np.floor(queries).astype(int)
    part = queries - low
    result = np.empty_like(queries)
    result[:] = (1.0 - part) * table[low]
    result += part * table[low + 1]
    result[queries > 5.0] *= 2.0
    return np.sum(result**2)
