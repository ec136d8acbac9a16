"""A small software synthesiser: oscillators, envelopes, filters and effects."""

from abc import abstractmethod
from dataclasses import dataclass, field
from functools import reduce
from typing import Protocol

import numpy as np

RATE = 800.0


class Signal(Protocol):
    @abstractmethod
    def render(self, t): ...


class Node:
    """Signals can be mixed with `+`, modulated with `*`, and piped with `|`."""

    def __add__(self, other):
        return Mix(self, other)

    def __mul__(self, other):
        return Gain(self, other)

    def __or__(self, effect):
        return Chain(self, effect)


@dataclass
class Osc(Node):
    freq: float
    phase: float = 0.0
    shape: str = "sine"

    def render(self, t):
        angle = 2 * np.pi * self.freq * t + self.phase
        match self.shape:
            case "sine":
                return np.sin(angle)
            case "saw":
                return sum((-1) ** (k + 1) * np.sin(k * angle) / k for k in range(1, 5)) * 2 / np.pi
            case "fm" | "bell":
                return np.sin(angle + 1.5 * np.sin(1.4 * angle))
            case other:
                raise ValueError(f"no such waveform: {other}")


@dataclass
class Envelope(Node):
    attack: float
    decay: float
    sustain: float
    release: float
    hold: float = 0.05

    def render(self, t):
        a, d, s, r = self.attack, self.decay, self.sustain, self.release
        end = a + d + self.hold
        return np.select(
            [t < a, t < a + d, t < end],
            [t / a, 1.0 - (1.0 - s) * (t - a) / d, s * np.ones_like(t)],
            default=s * np.exp(-(t - end) / r),
        )


class Mix(Node):
    def __init__(self, *parts):
        self.parts = parts

    def render(self, t):
        return reduce(np.add, (p.render(t) for p in self.parts))


class Gain(Node):
    def __init__(self, source, amount):
        self.source, self.amount = source, amount

    def render(self, t):
        amount = self.amount.render(t) if hasattr(self.amount, "render") else self.amount
        return amount * self.source.render(t)


class Chain(Node):
    def __init__(self, source, effect):
        self.source, self.effect = source, effect

    def render(self, t):
        return self.effect(self.source.render(t))


def low_pass(cutoff):
    """A one-pole filter as an effect."""
    a = np.exp(-2 * np.pi * cutoff / RATE)

    def process(x):
        y = np.empty_like(x)
        state = 0.0
        for n, sample in enumerate(x):
            state = (1 - a) * sample + a * state
            y[n] = state
        return y

    return process


class Biquad:
    """A resonant filter that keeps its state between blocks."""

    def __init__(self, cutoff, q):
        w = 2 * np.pi * cutoff / RATE
        alpha = np.sin(w) / (2 * q)
        a0 = 1 + alpha
        self.b = np.array([(1 - np.cos(w)) / 2, 1 - np.cos(w), (1 - np.cos(w)) / 2]) / a0
        self.a = np.array([-2 * np.cos(w), 1 - alpha]) / a0
        self.z1 = self.z2 = 0.0

    def __call__(self, x):
        out = []
        for sample in x:
            y = self.b[0] * sample + self.z1
            self.z1 = self.b[1] * sample - self.a[0] * y + self.z2
            self.z2 = self.b[2] * sample - self.a[1] * y
            out.append(y)
        return np.array(out)


def echo(delay, feedback, mix=0.5):
    def process(x):
        wet = x.copy()
        for n in range(delay, len(x)):
            wet[n] += feedback * wet[n - delay]
        return (1 - mix) * x + mix * wet

    return process


def overdrive(drive):
    return lambda x: np.tanh(drive * x) / np.tanh(drive)


def karplus_strong(excitation, damping, n):
    """A plucked string: a delay line with a low-pass filter in its loop."""
    line = list(excitation)
    out = []
    while len(out) < n:
        first = line.pop(0)
        out.append(first)
        line.append(damping * 0.5 * (first + line[0]))
    return np.array(out)


@dataclass
class Patch:
    voices: list = field(default_factory=list)
    master: float = 1.0

    def voice(self, node, pan=0.5):
        self.voices.append((node, pan))
        return self

    def stereo(self, t):
        out = np.zeros((2, len(t)))
        for node, pan in self.voices:
            mono = node.render(t)
            out[0] += np.cos(pan * np.pi / 2) * mono
            out[1] += np.sin(pan * np.pi / 2) * mono
        return self.master * out


def spectrum_distance(a, b, n_bins=8):
    """Of two sounds, by the magnitudes of a few frequencies."""
    n = len(a)
    k = np.arange(n_bins)[:, None] * np.arange(n)[None, :]
    cos, sin = np.cos(2 * np.pi * k / n), np.sin(2 * np.pi * k / n)

    def magnitude(x):
        return np.sqrt((cos @ x) ** 2 + (sin @ x) ** 2 + 1e-6)

    return np.mean((np.log(magnitude(a)) - np.log(magnitude(b))) ** 2)


def tone_loss(params, target):
    t = np.arange(len(target)) / RATE
    osc = Osc(params["freq"], params["phase"], "bell")
    env = Envelope(params["attack"], 0.03, params["sustain"], 0.02, hold=0.02)
    sound = osc * env | low_pass(params["cutoff"]) | overdrive(params["drive"])
    return np.mean((sound.render(t) - target) ** 2)


def mix_loss(freqs, pans, master):
    t = np.arange(40) / RATE
    patch = Patch(master=master)
    for i, (f, pan) in enumerate(zip(freqs, pans, strict=True)):
        patch.voice(Osc(f, shape="saw" if i % 2 else "sine") * (1 / (i + 1)), pan)
    left, right = patch.stereo(t)
    return np.mean(left**2) - 0.5 * np.mean(left * right)


def filter_loss(cutoff, q, signal, target):
    biquad = Biquad(cutoff, q)
    blocks = [biquad(block) for block in np.split(signal, 4)]
    return spectrum_distance(np.concatenate(blocks), target)


def string_loss(excitation, damping, feedback, target):
    pluck = karplus_strong(excitation, damping, len(target))
    return np.sum((echo(7, feedback)(pluck) - target) ** 2)


TONE = {
    "freq": 60.0,
    "phase": 0.3,
    "attack": 0.0156,
    "sustain": 0.6,
    "cutoff": 120.0,
    "drive": 1.4,
}


def make_noise(n, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, size=n)


ENTRIES = [
    (tone_loss, lambda: (dict(TONE), make_noise(48)), (0, 1)),
    (mix_loss, lambda: (np.array([55.0, 70.0, 110.0]), [0.2, 0.5, 0.9], 0.8), (0, 1, 2)),
    (filter_loss, lambda: (100.0, 1.2, make_noise(32), make_noise(32, 1)), (0, 1, 2)),
    (string_loss, lambda: (make_noise(5), 0.95, 0.4, make_noise(20, 2)), (0, 1, 2)),
]

if __name__ == "__main__":
    print(
        tone_loss(TONE, make_noise(48)), filter_loss(100.0, 1.2, make_noise(32), make_noise(32, 1))
    )
