"""SVG drawings: sizes, shapes, paths, what is not to be cut, and files made to take for ever."""

import math

import pytest

from production.dxf import Refused, svg
from production.tests.dxf.drawings import codes, measured_text

HEAD = '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
NAMES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
INKSCAPE = 'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"'
MM = 'width="100mm" height="60mm" viewBox="0 0 100 60"'
FRAME = '<rect width="100" height="60" fill="none" stroke="#f00"/>'


def measured_svg(body, tmp_path, size=MM, **options):
    return measured_text(f"{HEAD}<svg {NAMES} {INKSCAPE} {size}>{body}</svg>", tmp_path, **options)


@pytest.mark.parametrize(
    ("size", "mm", "sure"),
    [
        (MM, 1, True),
        ('width="10cm" height="6cm" viewBox="0 0 100 60"', 1, True),
        ('width="100in" height="60in"', 25.4 / 96, True),
        ('width="3.937007874in" viewBox="0 0 200 120"', 0.5, True),
        ('width="100" height="60"', 25.4 / 96, False),
        ('viewBox="0 0 100 60"', 25.4 / 96, False),
        ('width="200px" height="120px" viewBox="0 0 100 60"', 2 * 25.4 / 96, False),
        ('width="100%" height="100%" viewBox="0 0 100 60"', 25.4 / 96, False),
        ('width="200mm" height="60mm" viewBox="0 0 100 60"', 1, True),
        ('width="200mm" height="60mm" viewBox="0 0 100 60" preserveAspectRatio="xMidYMid slice"', 2, True),
    ],
)
def test_sizes(size, mm, sure, tmp_path):
    figures = measured_svg(FRAME, tmp_path, size)
    assert (figures.width_mm, figures.height_mm) == pytest.approx((100 * mm, 60 * mm))
    assert figures.units_sure is sure
    assert ("units-doubtful" in codes(figures)) is not sure


def test_a_licence_before_the_drawing_hides_nothing(tmp_path):
    text = f"<!-- {'word ' * 2000} --><svg {NAMES} {MM}>{FRAME}</svg>"
    assert measured_text(text, tmp_path).cut_length_mm == 320


def test_a_person_says_what_a_pixel_is(tmp_path):
    figures = measured_svg(FRAME, tmp_path, 'viewBox="0 0 100 60"', unit="mm")
    assert (figures.width_mm, figures.units_sure, codes(figures)) == (100, True, set())


@pytest.mark.parametrize(
    ("shape", "length", "area"),
    [
        ('<rect x="5" y="5" width="40" height="20" rx="4"/>', 120 - 32 + math.tau * 4, 800 - 64 + math.pi * 16),
        ('<rect x="5" y="5" width="40" height="20" rx="50" ry="10"/>', None, math.pi * 200),
        ('<circle cx="30" cy="30" r="10"/>', math.tau * 10, math.pi * 100),
        ('<ellipse cx="30" cy="30" rx="20" ry="10"/>', 96.884482, math.pi * 200),
        ('<polygon points="10,10 40,10 40,50"/>', 120, 600),
        ('<path d="M10 10h30v40z"/>', 120, 600),
        ('<path d="m10,10 30,0 0,40 z"/>', 120, 600),
        ('<path d="M20 30a10 10 0 0120 0a10,10 0 11-20 0z"/>', math.tau * 10, math.pi * 100),
        ('<path d="M20 30A10 10 0 1 1 40 30"/>', math.pi * 10, 0),
        ('<path d="M0 0C0 20 40 20 40 0Z"/>', None, 480),
        ('<path d="M0 0C0 20 40 20 40 0S80 -20 80 0V40H0Z"/>', None, 3200),
        ('<path d="M0 0Q20 30 40 0T80 0V40H0Z"/>', None, 3200),
        ('<polyline points="0,0 10,0 10,10"/>', 20, 0),
        ('<line x1="0" y1="0" x2="3" y2="4" stroke="red"/>', 5, 0),
        ('<circle r="10" transform="translate(50 30) scale(1.5)"/>', math.tau * 15, math.pi * 225),
        ('<circle r="10" transform="translate(50,30) rotate(40) scale(2 1)"/>', 96.884482, math.pi * 200),
        ('<g transform="matrix(0 -1 1 0 20 20)"><rect width="10" height="5"/></g>', 30, 50),
        (
            '<defs><rect id="r" width="10" height="5"/></defs><use href="#r" x="9"/><use xlink:href="#r" y="20"/>',
            60,
            100,
        ),
        (
            '<symbol id="s" viewBox="0 0 5 5"><rect width="5" height="5"/></symbol><use href="#s" width="10"/>',
            40,
            100,
        ),
        (
            '<svg x="9" width="80" height="40" viewBox="0 0 20 20" preserveAspectRatio="none"><circle r="5"/></svg>',
            96.884482,
            math.pi * 200,
        ),
        (
            '<switch><g requiredExtensions="x"/><g><path d="M0 0h9v9z"/></g><g><circle r="5"/></g></switch>',
            18 + math.sqrt(162),
            40.5,
        ),
    ],
)
def test_shapes_and_paths(shape, length, area, tmp_path):
    figures = measured_svg(shape, tmp_path)
    assert figures.net_area_mm2 == pytest.approx(area, rel=3e-5)
    if length is not None:
        assert figures.cut_length_mm == pytest.approx(length, rel=3e-5)
    assert figures.open_chains == (area == 0)


def test_round_arcs_stay_arcs_and_y_goes_up(tmp_path):
    figures = measured_svg('<circle cx="20" cy="10" r="5"/>' + FRAME, tmp_path)
    (circle,) = [contour for contour in figures.contours if not contour["outer"]]
    assert [abs(row[4]) for row in circle["segments"]] == pytest.approx([1, 1])
    assert sorted(row[1] for row in circle["segments"]) == pytest.approx([-10, -10])


def test_what_is_not_seen_or_not_a_line_is_left_out_and_said(tmp_path):
    hidden = '<g display="none"><circle r="9"/></g><circle r="8" visibility="hidden"/><circle r="7" style="fill:none"/>'
    hidden += '<circle r="4" style="fill:none;stroke:#000;stroke-opacity:0"/>'
    others = '<circle r="6" fill="#fff"/><text>Hello</text><image href="file:///etc/passwd" width="5" height="5"/>'
    off = '<g inkscape:groupmode="layer" inkscape:label="Off" style="display:none"><circle r="5"/></g>'
    figures = measured_svg(FRAME + hidden + others + off, tmp_path)
    assert (figures.pierces, figures.cut_length_mm) == (1, 320)
    said = " ".join(warning["text"] for warning in figures.warnings)
    for words in ("hidden object", "object without colour", "white area", "1 × text", "picture", "“Off” (1)"):
        assert words in said


def test_layers_are_those_of_inkscape_or_the_colours(tmp_path):
    style = "<style>.bend{stroke:#00f;fill:none}</style>"
    layer = '<g inkscape:groupmode="layer" inkscape:label="Engrave"><path d="M5 5h10" stroke="red"/></g>'
    body = style + FRAME + '<path class="bend" d="M50 0v60"/>' + layer
    figures = measured_svg(body, tmp_path)
    assert {row["name"]: (row["role"], row["colors"]) for row in figures.layers} == {
        "#ff0000": ("cut", [1]),
        "#0000ff": ("cut", [5]),
        "Engrave": ("engrave", [1]),
    }
    rules = [{"layer": None, "color": 5, "linetype": None, "role": "bend"}]
    assert measured_svg(body, tmp_path, roles=rules).bend_length_mm == 60
    assert measured_svg(body, tmp_path, cut_layers=["#ff0000"]).pierces == 1


def bomb(levels: int) -> str:
    groups = '<g id="u0"><circle r="1"/></g>'
    for n in range(1, levels):
        groups += f'<g id="u{n}">' + f'<use href="#u{n - 1}" x="{n}"/>' * 10 + "</g>"
    return groups


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (bomb(9), "too-complex"),
        ('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>', "block-cycle"),
        ("<g>" * 300 + "</g>" * 300, "too-complex"),
        ('<circle r="1e308"/>', "coordinates"),
        ('<path d="M0 0L1e400 5"/>', "coordinates"),
        ("<text>Only text</text>", "only-text"),
        ("", "nothing-to-cut"),
        ("<g>", "damaged"),
    ],
)
def test_answers_in_words(body, code, tmp_path, monkeypatch):
    monkeypatch.setattr(svg, "MAX_CURVES", 20_000)  # the answer is the same for a thirtieth of the curves
    with pytest.raises(Refused) as refusal:
        measured_svg(body, tmp_path)
    assert refusal.value.code == code


def test_entities_are_not_followed(tmp_path):
    text = '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>'
    with pytest.raises(Refused, match="plain SVG"):
        measured_text(text, tmp_path)


def test_a_path_is_drawn_up_to_its_mistake(tmp_path):
    figures = measured_svg(FRAME + '<path d="M5 5h10v10h-10z M20 20 L"/>', tmp_path)
    assert figures.pierces == 2
    assert "unreadable" in codes(figures)
