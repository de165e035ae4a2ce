"""A large file costs no more than twice what a small one does, in instructions' stead: bytes read."""

import io
import random

import pytest

from machines.gcode import binary, package, plain
from machines.tests.gcode import files


class Counted(io.BytesIO):
    taken = 0

    def read(self, size=-1):
        data = super().read(size)
        self.taken += len(data)
        return data


def moves(megabytes: int) -> str:
    """Moves that pack no better than real ones."""
    chance = random.Random(4)
    some = "".join(f"G1 X{chance.uniform(0, 200):.3f} Y{chance.uniform(0, 200):.3f} E.0123\n" for _move in range(35000))
    return (some * megabytes)[: megabytes << 20]


@pytest.mark.parametrize(
    ("read", "made"),
    [
        (plain.read_plain, lambda moves: files.prusa(moves)),
        (binary.read_binary, lambda moves: files.bgcode(moves=moves.encode())),
        (package.read_package, lambda moves: files.bambu(moves=moves)),
    ],
)
def test_size_costs_nothing(read, made):
    small, large = (Counted(made(moves(megabytes))) for megabytes in (1, 4))
    assert read(small).grams == read(large).grams
    assert large.taken <= 2 * small.taken
