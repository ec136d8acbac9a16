"""A module of a user's own, imported by the programs under test: functions and data."""

import math

import numpy as np

GRAVITY = 9.81
COEFFICIENTS = np.array([0.5, -1.25, 2.0])
SCALES = {"length": 2.0, "time": 0.5}


def kinetic(mass, speed):
    return 0.5 * mass * speed**2


def potential(mass, height, gravity=GRAVITY):
    return mass * gravity * height


def energy(mass, speed, height):
    """Calls its neighbours, found in this module and not in the caller's."""
    return kinetic(mass, speed) + potential(mass, height)


def polynomial(x):
    """Reads this module's data in a loop."""
    total = 0.0
    for c in COEFFICIENTS:
        total = total * x + c
    return total


def damped(t, rate=0.3, *, frequency=2.0):
    return math.exp(-rate * t) * math.cos(frequency * t)
