"""Which points are the same point, give or take a tolerance."""

import numpy as np

ROW = 1 << 31  # cells across: drawings are at most 100 m, cells at least 5 µm
OFF_GRID = 0.3137  # drawings sit on round numbers, where a grid on round numbers too would split equal points


def same_points(points: np.ndarray, tolerance: float) -> np.ndarray:
    """Label points (n, 2) so that points closer than `tolerance` share a label, 0 … k-1."""
    if not len(points):
        return np.empty(0, dtype=np.int64)
    cells = np.floor((points - points.min(0)) / tolerance + OFF_GRID).astype(np.int64) + 1
    keys, first, labels = np.unique(cells[:, 0] * ROW + cells[:, 1], return_index=True, return_inverse=True)
    labels = labels.ravel()
    merges = np.concatenate([_neighbours(keys, points[first], step, tolerance) for step in (1, ROW - 1, ROW, ROW + 1)])
    if len(merges):
        groups = Groups(len(keys))
        for one, other in merges.tolist():
            groups.join(one, other)
        labels = groups.labels()[labels]
    return labels


def _neighbours(keys: np.ndarray, places: np.ndarray, step: int, tolerance: float) -> np.ndarray:
    at = np.searchsorted(keys, keys + step)
    at[at == len(keys)] = 0
    hit = np.flatnonzero(keys[at] == keys + step)
    other = at[hit]
    near = np.hypot(*(places[hit] - places[other]).T) < tolerance
    return np.column_stack((hit[near], other[near]))


class Groups:
    """Disjoint sets of numbers 0 … n-1."""

    def __init__(self, count: int):
        self.parent = list(range(count))

    def find(self, one: int) -> int:
        parent = self.parent
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    def join(self, one: int, other: int) -> None:
        one, other = self.find(one), self.find(other)
        if one != other:
            self.parent[max(one, other)] = min(one, other)

    def labels(self) -> np.ndarray:
        roots = np.array([self.find(one) for one in range(len(self.parent))], dtype=np.int64)
        return np.unique(roots, return_inverse=True)[1].ravel()
