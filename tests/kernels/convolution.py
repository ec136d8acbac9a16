"""Convolutions and pooling of images."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.by_hand import images
from kernels.registry import kernel, normal


def image_and_filters(n: int) -> tuple[Any, ...]:
    return normal(80, n, n, 2), 0.3 * normal(81, 3, 3, 2, 3), 0.1 * normal(82, 3)


@kernel(image_and_filters, (4, 8, 16), order=2)
def convolution_loops(image: Any, filters: Any, bias: Any) -> Any:
    """A convolution of channels with nothing but loops."""
    height, width, channels = image.shape
    size, _, _, features = filters.shape
    out = np.zeros((height - size + 1, width - size + 1, features))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            for f in range(features):
                out[i, j, f] = bias[f]
                for k in range(size):
                    for m in range(size):
                        for c in range(channels):
                            out[i, j, f] += image[i + k, j + m, c] * filters[k, m, c, f]
    return np.sum(np.tanh(out))


def image_and_filter(n: int) -> tuple[Any, ...]:
    return normal(83, n, n), normal(84, 3, 3)


@kernel(image_and_filter, (6, 24, 80), by_hand=images.convolution_windows_grad, order=2)
def convolution_windows(image: Any, mask: Any) -> Any:
    """A convolution of one channel: a window under the mask for each element."""
    size = mask.shape[0]
    rows = image.shape[0] - size + 1
    columns = image.shape[1] - size + 1
    out = np.empty((rows, columns))
    for i in range(rows):
        for j in range(columns):
            out[i, j] = np.sum(image[i : i + size, j : j + size] * mask)
    return np.sum(out**2)


@kernel(image_and_filter, (6, 24, 200))
def convolution_shifts(image: Any, mask: Any) -> Any:
    """The same with margins of zeros: a shifted image for each element of the mask."""
    size = mask.shape[0]
    reach = size // 2
    n, m = image.shape
    padded = np.zeros((n + 2 * reach, m + 2 * reach))
    padded[reach:-reach, reach:-reach] = image
    out = np.zeros_like(image)
    for k in range(size):
        for j in range(size):
            out += mask[k, j] * padded[k : k + n, j : j + m]
    return np.sum(out**2)


@kernel(image_and_filters, (4, 12, 40), by_hand=images.im2col_grad, order=2)
def im2col(image: Any, filters: Any, bias: Any) -> Any:
    """Windows gathered into the rows of a matrix, and one product."""
    size, _, channels, features = filters.shape
    rows = image.shape[0] - size + 1
    columns = image.shape[1] - size + 1
    windows = np.empty((rows * columns, size * size * channels))
    for i in range(rows):
        for j in range(columns):
            windows[i * columns + j] = image[i : i + size, j : j + size, :].ravel()
    out = windows @ filters.reshape(size * size * channels, features) + bias
    return np.sum(np.tanh(out))


def pixels(n: int) -> tuple[Any, ...]:
    values = np.random.default_rng(85).permutation(n * n) * 0.1
    return (values.reshape(n, n) / n,)


@kernel(pixels, (6, 24, 80), by_hand=images.max_pooling_grad, order=2)
def max_pooling(image: Any) -> Any:
    """The largest of every two by two elements."""
    rows, columns = image.shape
    out = np.empty((rows // 2, columns // 2))
    for i in range(rows // 2):
        for j in range(columns // 2):
            out[i, j] = np.max(image[2 * i : 2 * i + 2, 2 * j : 2 * j + 2])
    return np.sum(out**2)


@kernel(pixels, (6, 24, 60), order=2)
def max_pooling_loops(image: Any) -> Any:
    """The same by comparing, with where the largest was found kept in integers."""
    rows, columns = image.shape[0] // 2, image.shape[1] // 2
    out = np.zeros((rows, columns))
    place = np.zeros((rows, columns), dtype=int)
    for i in range(rows):
        for j in range(columns):
            best = image[2 * i, 2 * j]
            for k in range(1, 4):
                value = image[2 * i + k // 2, 2 * j + k % 2]
                if value > best:
                    best = value
                    place[i, j] = k
            out[i, j] = best
    return np.sum(out * (1.0 + place))


def network(n: int) -> tuple[Any, ...]:
    out = (n - 2) // 2
    return normal(86, n, n), 0.5 * normal(87, 2, 3, 3), 0.3 * normal(88, 2 * out * out, 3), 1


def convolve(image: Any, mask: Any, out: Any) -> None:
    size = mask.shape[0]
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] += np.sum(image[i : i + size, j : j + size] * mask)


def rectify(x: Any) -> None:
    """Smoothly."""
    x[...] = np.log1p(np.exp(x))


def pool(x: Any, out: Any) -> None:
    """Means of two by two."""
    out[:, :] = 0.25 * (x[::2, ::2] + x[1::2, ::2] + x[::2, 1::2] + x[1::2, 1::2])


@kernel(network, (6, 12, 32), order=2)
def small_network(image: Any, masks: Any, weights: Any, label: int) -> Any:
    """Convolution, pooling and a layer: each a function that fills what the next one reads."""
    features = masks.shape[0]
    n = image.shape[0] - masks.shape[1] + 1
    maps = np.zeros((features, n, n))
    pooled = np.zeros((features, n // 2, n // 2))
    for f in range(features):
        convolve(image, masks[f], maps[f])
        rectify(maps[f])
        pool(maps[f], pooled[f])
    scores = pooled.ravel() @ weights
    return np.log(np.sum(np.exp(scores))) - scores[label]
