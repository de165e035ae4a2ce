"""Takes apart places where more than two lines meet: parts with a common edge, contours that touch, stray tails."""

from collections import defaultdict
from itertools import pairwise

import numpy as np

from production.dxf import arcs

Chain = list[int]


def split_branches(runs, edges: list[Chain], ends: list[tuple[int, int]]):
    """Contours and open chains of a branched network; `edges`, chains of half-edges of `runs`, lie between the nodes
    in `ends`.

    Tails are open chains. Where every node has an even number of edges, contours only touch, and loops are cut off
    where a walk meets itself. Elsewhere edges are shared, and the contours are the faces between them.
    """
    network = _Network(runs, edges, ends)
    tails = network.prune()
    closed, opened = [], [network.edges[number] for number in tails]
    for members in network.components():
        if all(network.degree(node, members) % 2 == 0 for node in network.nodes_of(members)):
            closed += network.loops(members)
        else:
            faces, bridges = network.faces(members)
            closed += faces
            opened += bridges
    return closed, opened


def _turned(chain: Chain) -> Chain:
    return [half ^ 1 for half in reversed(chain)]


class _Network:
    def __init__(self, runs, edges: list[Chain], ends: list[tuple[int, int]]):
        self.runs, self.edges, self.ends = runs, edges, ends
        self.run_area = np.add.reduceat(arcs.areas(runs.segments), runs.first[:-1])
        self.alive = set(range(len(edges)))
        self.at: dict[int, list[int]] = defaultdict(list)  # node -> edges, a loop twice
        for number, (a, b) in enumerate(ends):
            self.at[a].append(number)
            self.at[b].append(number)

    def degree(self, node: int, members) -> int:
        return sum(number in members for number in self.at[node])

    def nodes_of(self, members) -> set[int]:
        return {node for number in members for node in self.ends[number]}

    def prune(self) -> list[int]:
        """Remove edges that lead nowhere, until none is left."""
        removed = []
        degree = {node: len(numbers) for node, numbers in self.at.items()}
        waiting = [node for node, count in degree.items() if count == 1]
        while waiting:
            node = waiting.pop()
            if degree[node] != 1:
                continue
            number = next(number for number in self.at[node] if number in self.alive)
            removed.append(number)
            self.alive.discard(number)
            for end in self.ends[number]:
                degree[end] -= 1
                if degree[end] == 1:
                    waiting.append(end)
        return removed

    def components(self) -> list[set[int]]:
        left, found = set(self.alive), []
        while left:
            waiting, members = [left.pop()], set()
            while waiting:
                number = waiting.pop()
                members.add(number)
                near = {n for node in self.ends[number] for n in self.at[node]} & left
                left -= near
                waiting += near
            found.append(members)
        return found

    def loops(self, members: set[int]) -> list[Chain]:
        """Walk along unused edges, and whenever a node comes up again cut off the loop since."""
        left, found = set(members), []
        unused = {node: list(self.at[node]) for node in self.nodes_of(members)}
        for first in sorted(members):
            node = self.ends[first][0]
            path, places = [], {node: 0}  # directed edges walked, and how many of them before each node
            while (directed := self._leave(node, unused[node], left)) is not None:
                path.append(directed)
                node = self._target(directed)
                if node in places:
                    found.append(self._chain(path[places[node] :]))
                    for step in path[places[node] + 1 :]:
                        del places[self._source(step)]
                    del path[places[node] :]
                else:
                    places[node] = len(path)
        return found

    def _leave(self, node: int, unused: list[int], left: set[int]) -> int | None:
        while unused:
            number = unused.pop()
            if number in left:
                left.discard(number)
                return 2 * number + (self.ends[number][0] != node)
        return None

    def _target(self, directed: int) -> int:
        return self.ends[directed >> 1][1 - (directed & 1)]

    def _source(self, directed: int) -> int:
        return self.ends[directed >> 1][directed & 1]

    def _chain(self, directed: list[int]) -> Chain:
        return [half for step in directed for half in self._halves(step)]

    def _halves(self, directed: int) -> Chain:
        edge = self.edges[directed >> 1]
        return _turned(edge) if directed & 1 else edge

    def faces(self, members: set[int]) -> tuple[list[Chain], list[Chain]]:
        """The bounded faces of the network, and the edges that bound none because they only bridge two parts of it."""
        members, bridges = set(members), []
        while True:
            cycles = self._trace(members)
            double = {step >> 1 for steps in map(set, cycles) for step in steps if step ^ 1 in steps}
            if not double:
                break
            bridges += [self.edges[number] for number in double]
            members -= double
        chains = [self._chain(cycle) for cycle in cycles]
        return [chain for chain in chains if self._area(chain) > 0], bridges

    def _trace(self, members: set[int]) -> list[list[int]]:
        """Walk every edge on both sides, always turning into the next edge clockwise: each face lies to the left."""
        following = {}
        for node in self.nodes_of(members):
            around = self._sorted_around(node, members)
            for before, directed in pairwise([around[-1], *around]):
                following[directed ^ 1] = before
        left, cycles = dict.fromkeys(following), []
        while left:
            step = next(iter(left))
            cycle = []
            while step in left:
                del left[step]
                cycle.append(step)
                step = following[step]
            cycles.append(cycle)
        return cycles

    def _sorted_around(self, node: int, members: set[int]) -> list[int]:
        numbers = sorted({number for number in self.at[node] if number in members})
        outgoing = [2 * n + side for n in numbers for side in (0, 1) if self.ends[n][side] == node]
        first = np.array([self._first_segment(directed) for directed in outgoing])
        size = arcs.lengths(first)
        # Looked at from a little way off, so that tangent curves differ.
        ahead = arcs.along(first, size.min() / 2 / size) - first[:, :2]
        angle = np.arctan2(ahead[:, 1], ahead[:, 0])
        return [outgoing[i] for i in np.argsort(angle, kind="stable")]

    def _first_segment(self, directed: int) -> np.ndarray:
        return self.runs.rows(self._halves(directed)[0])[0]

    def _area(self, chain: Chain) -> float:
        halves = np.asarray(chain)
        return float((self.run_area[halves >> 1] * np.where(halves & 1, -1, 1)).sum())
