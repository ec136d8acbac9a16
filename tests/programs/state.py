"""State in lists, dicts and objects that loops replace, alias, swap and store into."""

from types import SimpleNamespace

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


def dict_array_replaced(x):
    d = {"a": x.copy()}
    for i in range(3):
        d["a"] = d["a"] * 1.1
        d["a"][i] = x[0] * d["a"][i] + 1
    return np.sum(d["a"] ** 2)


def list_array_replaced(x):
    l = [x.copy(), x * 2]
    for i in range(3):
        l[0] = l[1] * 1.1
        l[0][i] = x[0]
        l[1] = l[0] + x
        l[1][0] *= 2
    return np.sum(l[0] * l[1])


def attr_array_replaced(x):
    o = SimpleNamespace(a=x.copy())
    for i in range(3):
        o.a = o.a * 1.1
        o.a[i] = x[0] * o.a[i] + 1
    return np.sum(o.a**2)


def attr_list_replaced(x):
    o = SimpleNamespace(l=[x[0], x[1]])
    for i in range(3):
        o.l = [o.l[1] * x[2], o.l[0]]
        o.l[0] = o.l[0] + 1
    return o.l[0] * o.l[1]


def attr_list_replaced_append(x):
    o = SimpleNamespace(l=[x[0]])
    for i in range(2):
        o.l = [v * 2 for v in o.l]
        o.l.append(x[i + 1])
    return sum(o.l) * o.l[0]


def attr_dict_replaced(x):
    o = SimpleNamespace(d={"a": x[0], "b": 1.0})
    for i in range(3):
        o.d = {"a": o.d["b"] * x[1], "b": o.d["a"]}
        o.d["a"] += x[2]
    return o.d["a"] * o.d["b"]


def dict_of_objects_replaced(x):
    d = {"p": Vec(x[0], 1.0)}
    for i in range(3):
        d["p"] = Vec(d["p"].x * x[1], d["p"].y)
        d["p"].y = d["p"].y * 2 + d["p"].x
    return d["p"].x * d["p"].y


def list_of_objects_replaced(x):
    l = [Vec(x[0], 1.0), Vec(x[1], x[2])]
    for i in range(3):
        l[0] = Vec(l[0].x * x[1], l[1].y)
        l[0].y = l[0].y * 2 + l[0].x
        l[1], l[0] = (l[0], l[1])
    return l[0].x * l[1].y + l[0].y


def object_replaced_once_then_stored(x):
    b = B(Vec(x[0], 1.0))
    b.p = Vec(x[1], x[2])
    for i in range(3):
        b.p.y = b.p.y * x[0] + b.p.x
    return b.p.y**2


def object_stored_then_replaced(x):
    b = B(Vec(x[0], 1.0))
    for i in range(3):
        b.p.y = b.p.y * x[0] + b.p.x
        b.p = Vec(b.p.y, b.p.x)
    return b.p.x * b.p.y


def object_replaced_by_method(x):
    b = B(Vec(x[0], 1.0))
    for i in range(3):
        b.reset(b.p.x * x[1])
        b.p.y += x[2] * b.p.x
    return b.p.x * b.p.y


def object_replaced_by_returned(x):
    b = B(Vec(x[0], 1.0))
    for i in range(3):
        b.p = b.p.moved(x[1])
        b.p.y = b.p.y * 0.5 + b.p.x
    return b.p.x * b.p.y


def object_replaced_in_branch(x):
    b = B(Vec(x[0], 1.0))
    for i in range(3):
        if i != 1:
            b.p = Vec(b.p.x * 2, b.p.y + x[1])
        b.p.y = b.p.y * x[2]
    return b.p.x * b.p.y


def object_replaced_alias_kept(x):
    b = B(Vec(x[0], 1.0))
    old = b.p
    for i in range(3):
        b.p = Vec(b.p.x * 2, x[1])
        b.p.y = b.p.y * x[2]
        old.y = old.y + b.p.y
    return b.p.x * b.p.y + old.y**2 + old.x


def object_replaced_two_levels(x):
    c = SimpleNamespace(b=B(Vec(x[0], 1.0)))
    for i in range(3):
        c.b.p = Vec(c.b.p.x * x[1], c.b.p.y)
        c.b.p.y += c.b.p.x
        c.b = B(Vec(c.b.p.y, c.b.p.x))
        c.b.p.x *= 0.5
    return c.b.p.x * c.b.p.y


def object_replaced_while_break(x):
    b = B(Vec(x[0], 1.0))
    n = 0
    while n < 5:
        n += 1
        b.p = Vec(b.p.x, b.p.y - 0.3)
        if b.p.y < 0.2:
            b.p.y = x[1] - b.p.y
            if n > 3:
                break
    return b.p.x * b.p.y


def swap_attributes_objects(x):
    o = SimpleNamespace(a=Vec(x[0], 1.0), b=Vec(x[1], x[2]))
    for i in range(3):
        o.a, o.b = (o.b, o.a)
        o.a.x += o.b.y
        o.b.y *= 1.5
    return o.a.x * o.b.y + o.a.y


def local_swap_objects(x):
    a, b = (Vec(x[0], 1.0), Vec(x[1], x[2]))
    for i in range(3):
        a, b = (b, a)
        a.x += b.y
        b.y *= 1.5
    return a.x * b.y + a.y


def object_local_replaced_conditionally(x):
    p = Vec(x[0], 1.0)
    for i in range(4):
        if i % 2:
            p = Vec(p.y, p.x)
        p.x = p.x * x[1] + 0.1
    return p.x * p.y


def best_object_kept(x):
    best = Vec(x[0], 100.0)
    for v in x:
        c = Vec(v, (v - 0.4) ** 2)
        c.y = c.y + 0.1 * v
        if c.y < best.y:
            best = c
    return best.x * best.y


def previous_object_kept(x):
    prev = Vec(x[0], 0.0)
    t = 0.0
    for v in x:
        cur = Vec(v, prev.x)
        cur.y += 1.0
        t += cur.y * prev.y
        prev.y = prev.y * 2
        prev = cur
    return t + prev.y


def array_state_swap_buffers(x):
    o = SimpleNamespace(cur=x.copy(), nxt=np.zeros(3))
    for i in range(3):
        for j in range(3):
            o.nxt[j] = o.cur[j] * 0.5 + o.cur[j - 1] * x[0]
        o.cur, o.nxt = (o.nxt, o.cur)
    return np.sum(o.cur**2) + np.sum(o.nxt)


def array_buffers_local(x):
    cur, nxt = (x.copy(), np.zeros(3))
    for i in range(3):
        nxt[0] = cur[0]
        for j in range(1, 3):
            nxt[j] = cur[j] * 0.5 + cur[j - 1] * x[0]
        cur, nxt = (nxt, cur)
    return np.sum(cur**2) + np.sum(nxt)


def view_kept_in_attribute(x):
    y = x.copy()
    o = SimpleNamespace(row=y[:2])
    for i in range(3):
        o.row[0] += y[2]
        y[1] = y[1] * o.row[0]
    return np.sum(y**2)


def view_replaced_in_attribute(x):
    y = np.stack([x, x * 2])
    o = SimpleNamespace(row=y[0])
    for i in range(2):
        o.row[0] += x[1]
        o.row = y[1 - i]
        o.row[1] *= 2
    return np.sum(y**2)


def list_of_lists_state(x):
    g = [[x[0], x[1]], [x[2], 1.0]]
    for i in range(2):
        g = [[g[1][0] * 2, g[0][1]], [g[0][0], g[1][1]]]
        g[0][1] = g[0][0] * x[1]
        g[i][0] += 1.0
    return g[0][0] * g[1][0] + g[0][1] * g[1][1]


def list_of_lists_rows_replaced(x):
    g = [[x[0], x[1]], [x[2], 1.0]]
    for i in range(2):
        g[i] = [v * 2 for v in g[1 - i]]
        g[i][1] = g[i][0] * x[1]
    return sum((sum(r) for r in g)) * g[0][1]


def nested_dict_replaced(x):
    s = {"a": {"w": x[0], "m": 0.0}}
    for i in range(3):
        s["a"] = {"w": s["a"]["w"] - 0.1 * s["a"]["m"], "m": s["a"]["m"] * 0.9 + s["a"]["w"]}
        s["a"]["m"] += x[1]
    return s["a"]["w"] * s["a"]["m"]


def params_updated_in_dict(x):
    p = {"w": x.copy(), "b": x[0]}
    m = {k: 0.0 * v for k, v in p.items()}
    for i in range(3):
        g = {"w": 2 * p["w"] * p["b"], "b": np.sum(p["w"] ** 2)}
        for k in p:
            m[k] = 0.9 * m[k] + g[k]
            p[k] = p[k] - 0.1 * m[k]
    return np.sum(p["w"]) * p["b"]


def params_updated_in_list(x):
    ps = [x.copy(), x[:2] * 2]
    for i in range(3):
        for k, p in enumerate(ps):
            ps[k] = p - 0.1 * p**2 * x[0]
        for p in ps:
            p *= 0.9
    return ps[0].sum() * ps[1].sum()


def object_params_updated(x):
    class_ = [SimpleNamespace(v=x.copy(), g=None), SimpleNamespace(v=x[:2] * 2, g=None)]
    for i in range(3):
        for p in class_:
            p.g = p.v**2 * x[0]
        for p in class_:
            p.v = p.v - 0.1 * p.g
    return class_[0].v.sum() * class_[1].v.sum()


def object_params_inplace(x):
    ps = [SimpleNamespace(v=x.copy()), SimpleNamespace(v=x[:2] * 2)]
    w = ps[0].v
    for i in range(3):
        for p in ps:
            p.v -= 0.1 * p.v**2 * x[0]
    return ps[0].v.sum() * ps[1].v.sum() + w[0]


PROGRAMS = [
    dict_array_replaced,
    list_array_replaced,
    attr_array_replaced,
    attr_list_replaced,
    attr_list_replaced_append,
    attr_dict_replaced,
    dict_of_objects_replaced,
    list_of_objects_replaced,
    object_replaced_once_then_stored,
    object_stored_then_replaced,
    object_replaced_by_method,
    object_replaced_by_returned,
    object_replaced_in_branch,
    object_replaced_alias_kept,
    object_replaced_two_levels,
    object_replaced_while_break,
    swap_attributes_objects,
    local_swap_objects,
    object_local_replaced_conditionally,
    best_object_kept,
    previous_object_kept,
    array_state_swap_buffers,
    array_buffers_local,
    view_kept_in_attribute,
    view_replaced_in_attribute,
    list_of_lists_state,
    list_of_lists_rows_replaced,
    nested_dict_replaced,
    params_updated_in_dict,
    params_updated_in_list,
    object_params_updated,
    object_params_inplace,
]

ENTRIES = [(program, lambda: (np.array([0.5, 1.5, -0.7]),), 0) for program in PROGRAMS]
