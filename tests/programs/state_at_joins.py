"""Stores into what only one branch, or only some passes of a loop, replaces."""

import numpy as np


class Vec:
    def __init__(self, x, y):
        self.x, self.y = (x, y)

    def moved(self, d):
        return Vec(self.x + d, self.y)


class B:
    def __init__(self, p):
        self.p = p

    def reset(self, v):
        self.p = Vec(v, self.p.y)


def list_weight_decay(x):
    ps = [x.copy(), x[:2] * 2]
    for _ in range(3):
        ps[0] = ps[0] * 2
        for p in ps:
            p *= 0.9
    return ps[0].sum() * ps[1].sum()


def stored_before_one_branch_replaces(x):
    l = [x.copy()]
    l[0][0] += x[1]
    if x[2] > 5:
        l[0] = np.zeros(3)
    return l[0][0] ** 2


def stored_in_the_other_branch(x):
    d = {"p": x.copy()}
    if x[2] < 5:
        d["p"][0] += x[1]
    else:
        d["p"] = np.zeros(3)
    return d["p"][0] ** 2


def object_stored_before_one_branch_replaces(x):
    b = B(Vec(x[0], 1.0))
    b.p.y = x[1] * x[2]
    if x[2] > 0.8:
        b.p = Vec(x[1], 2.0)
    return b.p.x * b.p.y


def alias_made_in_a_loop(x):
    a, d = (x.copy(), {"p": np.zeros(3)})
    for _ in range(3):
        d["p"] = a
        a *= 0.7
    return np.sum(d["p"] ** 2)


def swapped_in_a_loop_after_a_store(x):
    l = [x.copy(), np.zeros(3)]
    l[0][0] += x[1]
    for _ in range(2):
        l[0], l[1] = (l[1], l[0])
    return np.sum(l[0] ** 2)


def total_and_its_copy_with_a_break(x):
    tot, n = ([0.0], 0.0)
    for _ in range(3):
        tot[0] = tot[0] + x[1]
        n = tot[0]
        if x[0] > 9:
            break
    return n * tot[0]


def total_and_its_copy_with_a_return(x):
    tot, n = ([0.0], 0.0)
    for _ in range(3):
        tot[0] = tot[0] + x[1]
        n = tot[0]
        if x[0] > 9:
            return n
    return n * tot[0]


def nonlocal_total_with_a_break(x):
    tot, n = (0.0, x[0])

    def add(e):
        nonlocal tot
        tot = tot * 0.5 + e
        return tot

    for _ in range(3):
        n = add(x[1])
        if x[0] > 9:
            break
    return tot + x[0] * n


PROGRAMS = [
    list_weight_decay,
    stored_before_one_branch_replaces,
    stored_in_the_other_branch,
    object_stored_before_one_branch_replaces,
    alias_made_in_a_loop,
    swapped_in_a_loop_after_a_store,
    total_and_its_copy_with_a_break,
    total_and_its_copy_with_a_return,
    nonlocal_total_with_a_break,
]

ENTRIES = [(program, lambda: (np.array([0.5, 1.5, -0.7]),), 0) for program in PROGRAMS]
