"""Any problem gets a sound answer or a refusal, quickly. Longer: NEST_FUZZ=5000 pytest …/test_fuzzing.py"""

import contextlib
import os
import random
import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from production.nesting import Refused, nest
from production.nesting.assembling import assemble
from production.nesting.greedy import Maker
from production.nesting.problem import read
from production.nesting.verifying import verify
from production.tests.nesting.problems import BRACKET, check, circle, part, problem, rectangle, sheet

EXAMPLES = int(os.environ.get("NEST_FUZZ", "12"))
settings.register_profile("nesting", max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
SHORT = 0.3  # s

anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=3)),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=8,
)
coordinates = st.one_of(st.integers(-50, 150), st.floats(), st.sampled_from([0, 100, 1e-9, 1e7, -0.0]))
points = st.lists(st.tuples(coordinates, coordinates).map(list), max_size=8)
sound_outlines = st.one_of(
    st.tuples(st.integers(5, 120), st.integers(5, 120)).map(lambda sides: rectangle(*sides)),
    st.integers(3, 60).map(circle),
    st.just(BRACKET),
    st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)).map(list), min_size=3, max_size=7),
)
REMNANTS = ([[0, 0], [390, 0], [200, 280], [0, 190]], [[0, 0], [0, 50], [50, 50], [50, 0]])
sheets = st.builds(
    sheet,
    st.integers(50, 400),
    st.integers(50, 300),
    st.integers(0, 3),
    remnant=st.booleans(),
    clamps=st.sampled_from([[], [{"x_mm": 10, "y_mm": 0, "width_mm": 30, "height_mm": 20}]]),
    outline=st.sampled_from([None, None, *REMNANTS]),
)


@st.composite
def sound(draw):
    parts = draw(
        st.lists(
            st.builds(
                part,
                st.just("p"),
                sound_outlines,
                st.integers(0, 9),
                holes=st.sampled_from([[], [rectangle(30, 30, 10, 10)], [circle(4, 12, 20, 20)]]),
                rotations=st.sampled_from([[0], [0, 180], [0, 90, 180, 270], [0, 33.3], None]),
                priority=st.integers(0, 1),
                no_holes=st.booleans(),
                no_nest_inside=st.booleans(),
            ),
            max_size=4,
        )
    )
    stock = draw(st.lists(sheets, min_size=1, max_size=3))
    for number, row in enumerate([*parts, *stock]):
        row["id"] = f"{row['id']}{number}"
    return problem(parts, stock, draw(st.sampled_from([0, 0.5, 5])), draw(st.sampled_from([0, 3, 10])))


@settings(settings.get_profile("nesting"), max_examples=2 * EXAMPLES)
@given(sound(), st.integers(0, 9))
def test_every_answer_is_sound(question, seed):
    try:
        asked = read(question)
    except Refused:
        return
    maker = Maker(asked, seed, time.monotonic() + 2)
    maker.seconds = 0.05
    for fill in (maker.first, maker.gridded, maker.fill):
        layout = assemble(asked, fill, "fuzz", maker.late)
        verify(asked, layout)
        if all(len(row["outline"]) != 7 for row in question["parts"]):
            simple = {row["id"] for row in question["parts"]} == {part.id for part in asked.parts}
            if simple and _plain(question):
                check(question, layout.as_dict())


def _plain(question) -> bool:
    """Whether the check by the words alone can be asked: it knows no mended outlines."""
    from shapely.geometry import Polygon

    return all(
        Polygon(row["outline"]).is_valid and Polygon(row["outline"], row["holes"]).is_valid for row in question["parts"]
    )


@settings(settings.get_profile("nesting"))
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "parts": st.one_of(
                anything,
                st.lists(
                    st.fixed_dictionaries(
                        {},
                        optional={
                            "id": anything, "outline": st.one_of(points, anything),
                            "holes": st.lists(points, max_size=2),
                            "quantity": st.one_of(st.integers(-1, 10**10), anything), "rotations": anything,
                            "fixed": anything, "priority": anything,
                        },
                    ),
                    max_size=3,
                ),
            ),
            "sheets": st.one_of(
                anything,
                st.lists(
                    st.fixed_dictionaries(
                        {"width_mm": coordinates, "height_mm": coordinates},
                        optional={"quantity": anything, "outline": st.one_of(points, anything), "clamps": anything},
                    ),
                    max_size=2,
                ),
            ),
            "gap_mm": st.one_of(st.just(0), anything),
            "margin_mm": st.one_of(st.just(0), anything),
        },
    )
)  # fmt: skip
def test_nonsense_is_refused_or_answered(question):
    began = time.process_time()
    with contextlib.suppress(Refused):
        nest(question, SHORT).as_dict()
    assert time.process_time() - began < SHORT + 5


def test_outlines_that_cross_themselves_without_end_are_read_in_a_moment():
    chance = random.Random(1)
    wild = [[chance.uniform(0, 500), chance.uniform(0, 500)] for _ in range(20_000)]
    began = time.process_time()
    asked = read(problem([part("wild", wild), part("bow", [[0, 0], [50, 50], [50, 0], [0, 50]])], [sheet(900, 900)]))
    assert time.process_time() - began < 5
    assert [each.id for each in asked.parts] == ["wild", "bow"]
    assert asked.parts[1].solid.area >= 1250
