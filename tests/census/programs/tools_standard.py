"""Other modules that numerical programs use: random, time, logging, enum, typing ..."""

from __future__ import annotations

import abc
import datetime
import enum
import json
import logging
import os
import pathlib
import random
import re
import string
import sys
import time
import typing
import warnings
from collections.abc import Sequence

import numpy as np

from census.registry import V3, V4, differentiated, inactive

log = logging.getLogger(__name__)


@inactive("logging.info", "logging.debug", args=(V3,))
def logs(x):
    logging.debug("x = %s", x)
    logging.info("first: %.3f", x[0])
    log.info("loss %s", np.sum(x**2))
    if log.isEnabledFor(logging.DEBUG):
        log.debug(f"{x}")
    return np.sum(x**2)


@inactive("warnings.warn", "warnings.catch_warnings", args=(0.7,))
def warns(x):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.warn(f"{x} is small", RuntimeWarning, stacklevel=2)
    return x * x


@inactive("random.Random", "random.seed", args=(0.7,))
def draws(x):
    rng = random.Random(3)
    random.seed(1)
    noise = random.random() + random.uniform(0.0, 1.0) + rng.gauss(0.0, 1.0)
    return x * x * noise + rng.choice([1.0, 2.0]) * x


@inactive("np.random.default_rng", "np.random.seed", args=(V3,))
def draws_of_numpy(x):
    rng = np.random.default_rng(0)
    np.random.seed(0)
    noise = rng.normal(size=3) + np.random.randn(3)
    order = rng.permutation(3)
    return np.sum((x[order] + 0.1 * noise) ** 2) * rng.uniform(0.5, 1.0)


@inactive("time.perf_counter", "time.time", args=(0.7,))
def times(x):
    start = time.perf_counter()
    y = x * x
    elapsed = time.perf_counter() - start
    print(f"{elapsed:.1f} s at {time.time():.0f}")
    return y * x if elapsed < 100.0 else y


class Progress:
    def __init__(self, iterable, total=None):
        self.iterable = iterable
        self.total = total
        self.done = 0

    def __iter__(self):
        for item in self.iterable:
            self.done += 1
            yield item

    def __len__(self):
        return len(self.iterable)


def progress(iterable):
    return Progress(iterable, total=len(iterable))


@differentiated("Tools: progress bars around a `range`", args=(0.7,))
def progress_bars(x):
    y = x
    for i in progress(range(4)):
        y = y * x + i
    return y


@differentiated("Tools: progress bars around active values", args=(V3,))
def progress_of_active_values(x):
    total = 0.0
    for v in progress(x):
        total = total * 0.5 + v * v
    return total


@differentiated("typing.cast", args=(0.7,))
def casts(x):
    y = typing.cast(float, x * x)
    z = typing.cast("float", y)
    return z * x


class Mode(enum.Enum):
    LINEAR = "linear"
    SQUARE = "square"


class Axis(enum.IntEnum):
    ROW = 0
    COLUMN = 1


@inactive("enum.Enum", "enum.IntEnum", args=(V3, Mode.SQUARE))
def enums(x, mode):
    y = x * x if mode is Mode.SQUARE else x
    if mode == Mode.LINEAR or Mode("linear").value != "linear" or mode.name not in ("A", "SQUARE"):
        return np.sum(x)
    return np.sum(y, axis=Axis.ROW) * len(Mode) * y[Axis.COLUMN]


class Loss(abc.ABC):
    @abc.abstractmethod
    def of(self, v): ...


class Squared(Loss):
    def of(self, v):
        return np.sum(v**2)


@differentiated("abc.ABC", "abc.abstractmethod", args=(V3,))
def abstract_classes(x):
    return Squared().of(x) * isinstance(Squared(), Loss)


@inactive("json.loads", "re.match", "string.ascii_lowercase", args=(V3,))
def texts(x):
    config = json.loads('{"rate": 0.5, "layers": [1, 2]}')
    found = re.match(r"(\w+)=(\d+)", "n=2")
    return np.sum(x**2) * config["rate"] * int(found.group(2)) * len(string.ascii_lowercase)


@inactive("os.environ", "sys.version_info", "pathlib.Path", "datetime.date", args=(0.7,))
def surroundings(x):
    name = pathlib.Path("a") / "b.txt"
    day = datetime.date(2020, 2, 1)
    known = os.environ.get("NO_SUCH_VARIABLE", "2")
    return x * x * len(name.suffix) * day.month * float(known) * (sys.version_info > (3, 0))


@inactive("collections.abc.Sequence", args=([0.7, 1.2],))
def abstract_containers(x):
    values = x if isinstance(x, Sequence) else [x]
    return sum(v * v for v in values)


@differentiated("Tools: histories for plots", args=(V4,))
def histories(x):
    history = {"loss": [], "step": []}
    w = x
    for step in range(3):
        loss = np.sum(w**2)
        history["loss"].append(float(loss))
        history["step"].append(step)
        w = w - 0.1 * w * loss
    assert len(history["loss"]) == 3
    return history["loss"][-1]
