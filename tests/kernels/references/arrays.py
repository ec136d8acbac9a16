"""Images, gathering and scattering by libraries."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import integrate, ndimage, signal, special

from kernels.references import reference


@reference
def convolution_loops(image: Any, filters: Any, bias: Any) -> Any:
    windows = np.lib.stride_tricks.sliding_window_view(image, filters.shape[:2], axis=(0, 1))
    return np.sum(np.tanh(np.einsum("ijckm,kmcf->ijf", windows, filters) + bias))


@reference
def im2col(image: Any, filters: Any, bias: Any) -> Any:
    return convolution_loops(image, filters, bias)


@reference
def convolution_windows(image: Any, mask: Any) -> Any:
    return np.sum(signal.correlate2d(image, mask, mode="valid") ** 2)


@reference
def convolution_shifts(image: Any, mask: Any) -> Any:
    return np.sum(signal.correlate2d(image, mask, mode="same") ** 2)


def squares(image: Any) -> Any:
    """The elements of every two by two along the last axis."""
    n, m = image.shape
    return image.reshape(n // 2, 2, m // 2, 2).transpose(0, 2, 1, 3).reshape(n // 2, m // 2, 4)


@reference
def max_pooling(image: Any) -> Any:
    return np.sum(np.max(squares(image), axis=2) ** 2)


@reference
def max_pooling_loops(image: Any) -> Any:
    parts = squares(image)
    return np.sum(np.max(parts, axis=2) * (1.0 + np.argmax(parts, axis=2)))


@reference
def small_network(image: Any, masks: Any, weights: Any, label: int) -> Any:
    maps = [np.logaddexp(0.0, signal.correlate2d(image, mask, mode="valid")) for mask in masks]
    pooled = np.array([np.mean(squares(m), axis=2) for m in maps])
    return -special.log_softmax(pooled.ravel() @ weights)[label]


def slope_at(slopes: Any, hashes: Any, i: Any, j: Any) -> Any:
    return slopes[hashes[(hashes[i % 16] + j) % 16]]


@reference
def lattice_noise(points: Any, slopes: Any, hashes: Any) -> Any:
    whole = np.floor(points).astype(int)
    noise = np.zeros(len(points))
    for corner in np.ndindex(2, 2):
        offset = points - whole - corner
        t = 1.0 - np.abs(offset)
        blend = np.prod(t**3 * (10.0 - 15.0 * t + 6.0 * t**2), axis=1)
        slope = slope_at(slopes, hashes, *(whole + corner).T)
        noise += blend * np.sum(slope * offset, axis=1)
    return np.sum(noise**2)


@reference
def simplex_noise(points: Any, slopes: Any, hashes: Any) -> Any:
    """A sum over all corners of the lattice; those that are far away give nothing."""
    i, j = (a.ravel() for a in np.meshgrid(np.arange(-1, 20), np.arange(-1, 20)))
    unskew = (3.0 - np.sqrt(3.0)) / 6.0
    corners = np.stack([i - unskew * (i + j), j - unskew * (i + j)], axis=1)
    offsets = points[:, None, :] - corners
    near = np.maximum(0.5 - np.sum(offsets**2, axis=2), 0.0)
    slope = slope_at(slopes, hashes, i, j)
    return 1000.0 * np.sum(np.sum(near**4 * np.sum(slope * offsets, axis=2), axis=1) ** 2)


@reference
def histogram(bins: Any, weights: Any, expected: Any) -> Any:
    return np.sum((np.bincount(bins, weights, len(expected)) - expected) ** 2)


@reference
def scatter_add(bins: Any, weights: Any, expected: Any) -> Any:
    return histogram(bins, weights, expected)


@reference
def cloud_in_cell(position: Any, charge: Any, cells: int) -> Any:
    hats = np.maximum(1.0 - np.abs(position[:, None] - np.arange(cells + 1)), 0.0)
    return np.sum(integrate.cumulative_trapezoid(charge @ hats) ** 2)


@reference
def bilinear_warp(image: Any, flow: Any, target: Any) -> Any:
    places = np.indices(image.shape) + flow
    warped = ndimage.map_coordinates(image, places, order=1, mode="nearest")
    return np.mean((warped - target) ** 2)


@reference
def table_lookup(table: Any, queries: Any) -> Any:
    found = np.interp(queries, np.arange(len(table)), table)
    return np.sum((found * np.where(queries > 5.0, 2.0, 1.0)) ** 2)
