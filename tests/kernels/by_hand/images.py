"""Adjoints of what is done to images, and of gathering and scattering."""

from __future__ import annotations

from typing import Any

import numpy as np


def convolution_windows_grad(image: Any, mask: Any) -> tuple[Any, ...]:
    size = mask.shape[0]
    rows = image.shape[0] - size + 1
    columns = image.shape[1] - size + 1
    out = np.empty((rows, columns))
    for i in range(rows):
        for j in range(columns):
            out[i, j] = np.sum(image[i : i + size, j : j + size] * mask)

    image_bar = np.zeros_like(image)
    mask_bar = np.zeros_like(mask)
    out_bar = 2.0 * out
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            g = out_bar[i, j]
            mask_bar += g * image[i : i + size, j : j + size]
            image_bar[i : i + size, j : j + size] += g * mask
    return image_bar, mask_bar


def im2col_grad(image: Any, filters: Any, bias: Any) -> tuple[Any, ...]:
    size, _, channels, features = filters.shape
    rows = image.shape[0] - size + 1
    columns = image.shape[1] - size + 1
    windows = np.empty((rows * columns, size * size * channels))
    for i in range(rows):
        for j in range(columns):
            windows[i * columns + j] = image[i : i + size, j : j + size, :].ravel()
    matrix = filters.reshape(size * size * channels, features)
    out = np.tanh(windows @ matrix + bias)

    out_bar = 1.0 - out * out
    bias_bar = np.sum(out_bar, axis=0)
    filters_bar = (windows.T @ out_bar).reshape(filters.shape)
    windows_bar = (out_bar @ matrix.T).reshape(rows, columns, size, size, channels)
    image_bar = np.zeros_like(image)
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            image_bar[i : i + size, j : j + size, :] += windows_bar[i, j]
    return image_bar, filters_bar, bias_bar


def max_pooling_grad(image: Any) -> tuple[Any, ...]:
    """The sum of squares of the maxima: the forward loop gives nothing that the reverse needs."""
    rows, columns = image.shape
    image_bar = np.zeros_like(image)
    for i in range(rows // 2):
        for j in range(columns // 2):
            k, m = divmod(int(np.argmax(image[2 * i : 2 * i + 2, 2 * j : 2 * j + 2])), 2)
            image_bar[2 * i + k, 2 * j + m] = 2.0 * image[2 * i + k, 2 * j + m]
    return (image_bar,)


def histogram_grad(bins: Any, weights: Any, expected: Any) -> tuple[Any, ...]:
    counts = np.zeros(len(expected))
    for i in range(len(bins)):
        counts[bins[i]] += weights[i]

    counts_bar = 2.0 * (counts - expected)
    weights_bar = np.empty_like(weights)
    for i in range(len(bins) - 1, -1, -1):
        weights_bar[i] = counts_bar[bins[i]]
    return weights_bar, -counts_bar


def bilinear_warp_grad(image: Any, flow: Any, target: Any) -> tuple[Any, ...]:
    """Each element is done once: its error is known as soon as it is warped."""
    rows, columns = image.shape
    image_bar = np.zeros_like(image)
    flow_bar = np.empty_like(flow)
    target_bar = np.empty_like(target)
    scale = 2.0 / target.size
    for i in range(rows):
        for j in range(columns):
            y = i + flow[0, i, j]
            x = j + flow[1, i, j]
            y0, x0 = int(np.floor(y)), int(np.floor(x))
            fy, fx = y - y0, x - x0
            top, bottom = min(max(y0, 0), rows - 1), min(max(y0 + 1, 0), rows - 1)
            left, right = min(max(x0, 0), columns - 1), min(max(x0 + 1, 0), columns - 1)
            a, b = image[top, left], image[top, right]
            c, d = image[bottom, left], image[bottom, right]
            above = (1.0 - fx) * a + fx * b
            below = (1.0 - fx) * c + fx * d
            g = scale * ((1.0 - fy) * above + fy * below - target[i, j])
            target_bar[i, j] = -g
            above_bar, below_bar = g * (1.0 - fy), g * fy
            flow_bar[0, i, j] = g * (below - above)
            flow_bar[1, i, j] = above_bar * (b - a) + below_bar * (d - c)
            image_bar[top, left] += above_bar * (1.0 - fx)
            image_bar[top, right] += above_bar * fx
            image_bar[bottom, left] += below_bar * (1.0 - fx)
            image_bar[bottom, right] += below_bar * fx
    return image_bar, flow_bar, target_bar
