"""Forms of stores into arrays and views, as tables of source text.

Each row is `name | store` or `name | setup | store`.  A `?` after the name says that the form may
be refused.  `store_cases` says what stands for `$s` and the like, and what `y`, `i`, `j`, `k` are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Form:
    """A store, what is set up for it, and what is read after it, with weights.

    `old` is a number read from what is changed.  `refusable` are the contexts in which the form
    may be refused; "all" stands for every context.
    """

    name: str
    store: str
    y: str
    setup: str
    old: str
    results: tuple[tuple[str, str], ...]
    refusable: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Table:
    """Rows with the same `y` and the same results."""

    rows: str
    y: str
    old: str
    results: Mapping[str, str]
    setup: str = ""
    refusable: frozenset[str] = field(default_factory=frozenset)

    def forms(self) -> Iterator[Form]:
        for row in filter(str.strip, self.rows.splitlines()):
            name, *middle, store = (part.strip() for part in row.split(" | "))
            refusable = frozenset({"all"}) if name.endswith("?") else self.refusable
            setup = "; ".join(part for part in (self.setup, *middle) if part)
            results = tuple(self.results.items())
            yield Form(name.rstrip("?"), store, self.y, setup, self.old, results, refusable)


VECTOR_Y = "1.2 + 0.5 * np.sin(x)"
MATRIX_Y = "1.2 + 0.5 * np.sin(np.outer(x[:3], x[3:]))"
CUBE_Y = "1.2 + 0.5 * np.sin(np.outer(x[:4], x).reshape(4, 3, 2))"

VECTOR = """
element_set                  | y[i] = $s
element_add                  | y[i] += $s
element_sub                  | y[i] -= $s
element_mul                  | y[i] *= $f
element_div                  | y[i] /= $f
element_pow                  | y[i] **= $p
element_last                 | y[-1] = $s
element_from_the_end         | y[-1 - i] += $s
element_computed             | y[(2 * i + k) % 6] = $s
element_of_the_least         | y[np.argmin(x)] *= $f
element_of_itself            | y[i] = y[i] * y[i + 1]
element_in_a_tuple           | y[(i,)] = $s
slice_set                    | y[1:4] = $v3
slice_add                    | y[i:i + 3] += $v3
slice_sub                    | y[:2] -= $v2
slice_mul                    | y[3:] *= $f3
slice_div                    | y[1:5] /= $f
slice_pow                    | y[2:] **= $p
slice_step_2_set             | y[::2] = $v3
slice_step_2_add             | y[1::2] += $v3
slice_step_back_set          | y[::-1] = $v6
slice_step_back_mul          | y[4:1:-1] *= $f3
slice_negative_set           | y[-4:-1] = $v3
slice_negative_sub           | y[-2:] -= $v2
slice_computed_set           | y[k:k + 2] = $v2
slice_computed_add           | y[k:k + 2] += $v2
slice_computed_step          | y[k::i + 1] *= $f
slice_empty                  | y[3:3] = $s
slice_of_length_one          | y[i:i + 1] = $s
slice_scalar                 | y[1:4] = $s
slice_from_another_slice     | y[1:4] = y[3:] * $s
all_set                      | y[:] = $v6
all_set_by_ellipsis          | y[...] = $v6
all_scalar                   | y[:] = $s
whole_add                    | y += $v6
whole_sub                    | y -= $s
whole_mul                    | y *= $f
whole_div                    | y /= $f
whole_pow                    | y **= $p
whole_by_itself              | y += y
whole_by_its_reverse         | y += 0.5 * y[::-1]
fancy_set                    | y[[0, 2, 5]] = $v3
fancy_add                    | y[[0, 2, 5]] += $v3
fancy_mul                    | y[[4, 1]] *= $f
fancy_scalar                 | y[[5, 1]] = $s
fancy_computed               | y[np.array([i, i + 2])] -= $v2
fancy_permutation            | y[np.argsort(x)] = $v6
fancy_negative               | y[[-1, 0]] = $v2
repeated_set                 | y[[3, 1, 3]] = $v3
repeated_add                 | y[[3, 1, 3]] += $v3
repeated_mul                 | y[[2, 2, 0]] *= $f3
repeated_data_set            | y[REPEATED] = $v3
repeated_data_add            | y[REPEATED] += $v3
repeated_by_sign             | y[[0, -6]] = $v2
repeated_pow                 | y[[2, 2, 0]] **= $p
mask_set                     | y[x > 0.35] = $s
mask_add                     | y[x > 0.35] += $s
mask_mul                     | y[x < 0.35] *= $f
mask_array                   | y[x > 0.35] = $v6[x > 0.35]
mask_of_itself               | y[y > 1.1] = $s
mask_of_itself_div           | y[y > 1.1] /= $f
mask_data                    | y[MASK] = $v3
mask_data_add                | y[MASK] += $v3
mask_inverted                | y[~MASK] -= $v3
mask_list                    | y[[True, False, True, False, False, True]] = $v3
targets_pair                 | y[0], y[1] = $s, $t
targets_same_twice           | y[2], y[2] = $s, $t
targets_index_first          | n, y[n] = 2, $s
targets_unpack               | y[0], y[3], y[5] = $v3
targets_starred?             | y[0], *rest = $v3; y[4] = rest[1]
targets_slices               | y[:3], y[3:] = y[3:] * $s, $v3
swap                         | y[i], y[j] = y[j], y[i]
swap_neighbours              | y[i], y[i + 1] = y[i + 1], y[i] * $f
swap_by_fancy                | y[[i, 4]] = y[[4, i]]
rotate_three                 | y[0], y[1], y[2] = y[1], y[2], y[0]
swap_slices_copied           | y[:3], y[3:] = y[3:].copy(), y[:3].copy()
swap_slices_not_copied       | y[:3], y[3:] = y[3:], y[:3]
chained_with_a_name          | t = y[i] = $s; y[5] = t * y[3]
walrus                       | y[i] = (t := $s) * y[4]; y[3] = t
chained_elements             | y[0] = y[3] = $s
chained_slices               | y[:3] = y[3:] = $v3
named_before                 | t = y[i]; y[i] = $s; y[5] = t * y[i]
flat_element?                | y.flat[i] = $s
setitem?                     | y.__setitem__(i, $s)
modulo?                      | y[i] %= $f
length_one_array?            | y[i] = np.array([$s])[0]
list_stored                  | y[1:3] = [$s, $t]
tuple_stored                 | y[1:3] = ($s, $t)
row_of_one_stored            | y[1:4] = $v3[None, :]
"""

MATRIX = """
element_2d_set               | y[i, j] = $s
element_2d_add               | y[i, j] += $s
element_2d_mul               | y[i, j] *= $f
element_2d_from_the_end      | y[-1, -1 - j] = $s
element_of_element_set       | y[i][j] = $s
element_of_element_sub       | y[i][j] -= $s
row_set                      | y[i, :] = $v3
row_set_short                | y[i] = $v3
row_add                      | y[i] += $v3
row_scalar                   | y[i] = $s
row_reversed                 | y[i, ::-1] = $v3
row_part                     | y[i, 1:] -= $v2
column_set                   | y[:, j] = $v3
column_mul                   | y[:, j] *= $f3
column_reversed              | y[::-1, j] = $v3
column_by_ellipsis           | y[..., j] += $v3
block_set                    | y[1:, :2] = $m22
block_step_2                 | y[1:, ::2] += $m22
block_mul                    | y[:2, 1:] *= $f
block_corners                | y[::2, ::2] = $m22
block_column_kept            | y[:, 1:2] = $v3[:, None]
all_2d                       | y[:] = $m33
all_2d_by_two                | y[:, :] = $m33
all_2d_transposed            | y[:] = y.T * $f
row_to_matrix                | y[:] = $v3
column_to_matrix             | y[:] = $v3[:, None]
scalar_to_matrix             | y[...] = $s
row_added_to_matrix          | y += $v3
column_times_matrix          | y *= $v3[:, None]
row_to_block                 | y[1:, 1:] = $v2
column_to_block              | y[1:, 1:] += $v2[:, None]
matmul                       | y @= $m33
matmul_by_ellipsis           | y[...] @= $m33
matmul_block                 | y[:2, :2] @= $m22
matmul_by_its_cosine         | y @= 0.3 * np.cos(y)
fancy_rows                   | y[[0, 2]] = $m23
fancy_rows_add               | y[[0, 2]] += $v3
fancy_points                 | y[[0, 1], [2, 0]] = $v2
fancy_points_mul             | y[[0, 1], [2, 0]] *= $f
fancy_columns                | y[:, [2, 0]] -= $v2
fancy_grid                   | y[np.ix_([0, 2], [1, 2])] = $m22
repeated_rows                | y[[1, 1]] = $m23
repeated_rows_add            | y[[1, 1]] += $m23
repeated_points              | y[[0, 0], [1, 1]] = $v2
repeated_points_add          | y[[0, 0], [1, 1]] += $v2
mask_2d                      | y[y > 1.24] = $s
mask_2d_mul                  | y[y > 1.24] *= $f
mask_rows                    | y[x[:3] > 0.35] = $v3
mask_rows_column             | y[x[:3] > 0.35, j] += $s
swap_rows_by_fancy           | y[[i, j]] = y[[j, i]]
swap_rows_copied             | y[i], y[j] = y[j].copy(), y[i].copy()
swap_rows_not_copied         | y[i], y[j] = y[j], y[i]
swap_columns                 | y[:, [i, j]] = y[:, [j, i]]
targets_rows                 | y[0], y[1] = $m23
targets_row_and_element      | y[0], y[1, j] = $v3, $s
chained_rows                 | y[0] = y[2] = $v3
eliminate                    | y[2] -= y[2, 0] / y[0, 0] * y[0]
new_axis?                    | y[:, None, j] = $v3[:, None]
diagonal_by_arange           | y[np.arange(3), np.arange(3)] += $v3
diagonal_by_step             | y.reshape(9)[::4] = $v3
"""

CUBE = """
element_3d                   | y[i, j, 1] = $s
cube_plane                   | y[i] = $s
cube_line                    | y[i, :, 1] += $v3
cube_line_by_ellipsis        | y[i, ..., 1] *= $f3
cube_last_axis               | y[..., 0] = $v3
cube_step                    | y[::2, 1:, 0] -= $v2
cube_fancy                   | y[[0, 3], j] += $v2
cube_fancy_around_slice      | y[[0, 3], :, [1, 0]] = $v3
"""

VIEWS = """
row                          | row = y[i]            | row[j] = $s
row_slice                    | row = y[i]            | row[1:] += $v2
row_whole                    | row = y[i]            | row *= $f
row_all                      | row = y[i]            | row[:] = $v3
column                       | col = y[:, j]         | col[i] = $s
column_whole                 | col = y[:, j]         | col -= $v3
transposed                   | t = y.T               | t[i, j] *= $f
transposed_row               | t = y.T               | t[j] = $v3
transposed_by_function       | t = np.transpose(y)   | t[i, 1:] = $v2
swapped_axes                 | t = y.swapaxes(0, 1)  | t[j, i] += $s
reshaped                     | t = y.reshape(9)      | t[4] = $s
reshaped_unknown             | t = y.reshape(-1)     | t[i:i + 3] *= $f3
reshaped_by_function         | t = np.reshape(y, 9)  | t[::2] = $s
ravelled                     | t = y.ravel()         | t[3 * i + j] = $s
ravelled_by_function         | t = np.ravel(y)       | t[1:4] += $v3
row_of_transposed            | t = y.T[j]            | t[i] = $s
slice_of_slice               | t = y[1:]; u = t[:, ::2]     | u[1] = $v2
element_of_slice_of_row      | t = y[i]; u = t[1:]; w = u[::-1] | w[0] = $s
view_of_reshaped             | t = y.reshape(9)[2:8].reshape(2, 3) | t[:, 1] *= $f
both_views                   | t = y.T; u = y[1]     | t[0, 1] = $s; u[0] *= $f
view_and_base                | row = y[i]            | row[0] = $s; y[1, 1] = row[0] * $t
view_after_base              | row = y[i]            | y[1, 1] = $s; row[0] = row[1] * $t
unpacked_rows                | p, q, r = y           | p[j] = $s; q += r
inside_the_statement         | t = y[i]; u = y[:, 1] | t[...] = u * $f
with_new_axis                | t = y[:, None]        | t[i, 0, j] = $s
expanded?                    | t = np.expand_dims(y, 0) | t[0, i] = $v3
squeezed?                    | t = y[:, :1].squeeze() | t[i] = $s
flipped?                     | t = np.flip(y)        | t[i, j] = $s
atleast_2d?                  | t = np.atleast_2d(y)  | t[i, j] = $s
as_array                     | t = np.asarray(y)     | t[i, j] = $s
real_part?                   | t = y.real            | t[i, j] = $s
"""

FLAT_VIEWS = """
part                         | t = y[1:]             | t[i] = $s
part_whole                   | t = y[1:5]            | t *= $f
part_of_part                 | t = y[1:]; u = t[::2] | u[i] = $s
back                         | t = y[::-1]           | t[i] += $s
folded                       | m = y.reshape(2, 3)   | m[0] = $v3
folded_element               | m = y.reshape(2, 3)   | m[1, j] -= $s
folded_transposed            | m = y.reshape(2, 3).T | m[i, 1] = $s
folded_column                | m = y.reshape(3, -1)  | m[:, 0] *= $f3
both_halves                  | a = y[:3]; b = y[3:]  | a += b; b *= $f
overlapping                  | a = y[:4]; b = y[2:]  | a[3] = $s; b[0] = a[3] * b[1]
name                         | z = y                 | z[i] = $s
name_whole                   | z = y                 | z += $v6
named_twice                  | z = y; w = z          | w[1:4] = $v3; z[2] *= $f
updated_under_a_view         | t = y[1:4]            | y += $v6
updated_under_a_back_view    | t = y[::-1]           | y *= $f
"""

ALIASES = """
alias_whole_add              | z = y                 | y += $v6
alias_whole_mul              | z = y                 | y *= $f
alias_element                | z = y                 | y[i] = $s
alias_set_all                | z = y                 | y[:] = $v6
alias_as_array               | z = np.asarray(y)     | y[i] = $s
alias_slice                  | z = y[:]              | y[i] = $s
alias_back                   | z = y[::-1]           | y[i] *= $f
chained_names                | z = 0.5 * y           | y[i] = z[j] = $s
chained_arrays               | z = 0.5 * y           | y[:3] = z[3:] = $v3
copy_method                  | z = y.copy()          | y[i] = $s
copy_function                | z = np.copy(y)        | y += $v6
copy_array                   | z = np.array(y)       | y[i] = $s
copy_flatten                 | z = y.flatten()       | y[i] = $s
copy_astype                  | z = y.astype(float)   | y[i] = $s
copy_by_list_index           | z = y[[0, 1, 2, 3, 4, 5]] | y[i] = $s
copy_by_mask                 | z = y[y > 0.0]        | y[i] = $s
copy_by_arithmetic           | z = +y                | y[i] = $s
copy_changed                 | z = y.copy()          | z[i] = $s; y[j] = z[i] * y[j]
"""


def array_tables() -> list[Table]:
    vector = {"y": "W"}
    matrix = {"y": "M"}
    return [
        Table(VECTOR, VECTOR_Y, "y[i]", vector),
        Table(MATRIX, MATRIX_Y, "y[i, j]", matrix),
        Table(CUBE, CUBE_Y, "y[i, j, 1]", {"y": "C"}),
        Table(name_rows("view", VIEWS), MATRIX_Y, "y[i, j]", matrix),
        Table(name_rows("flat_view", FLAT_VIEWS), VECTOR_Y, "y[i]", vector),
        Table(ALIASES, VECTOR_Y, "y[i]", {"y": "W", "z": "W[::-1]"}),
    ]


def name_rows(prefix: str, rows: str) -> str:
    """The rows with a prefix to every name."""
    return "\n".join(f"{prefix}_{row}" for row in rows.splitlines() if row.strip())
