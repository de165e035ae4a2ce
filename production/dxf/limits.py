"""How much one drawing may ask of us. Real part files stay below a hundredth of these."""

MAX_BYTES = 50 * 1024 * 1024
MAX_CURVES = 600_000  # lines, arcs, polylines… after all blocks are placed
MAX_SEGMENTS = 3_000_000  # straight or arc pieces of those
MAX_BLOCK_DEPTH = 64
MAX_COORDINATE = 1e9  # drawing units; beyond it a double no longer holds a micrometre
MAX_EXTENT_MM = 100_000.0
MAX_DEFECTS_PER_KIND = 100

WELD_MM = 0.05  # ends closer than this are one point: real CAD files have gaps up to 0.02 mm
NEAR_MISS_MM = 1.0  # open ends closer than this were probably meant to meet
SAME_MM = 0.005  # points closer than this are the same point drawn twice
TINY_MM = 0.02  # shorter pieces, between others, make a machine stutter
MAX_TEXT_PLACES = 200
MAX_ARROWS = 2000
MAX_IGNORED_SEGMENTS = 20_000  # of layers not cut, kept to be looked at
ZERO_MM = 1e-4  # shorter curves cut nothing

# Mending: ends so close were meant to meet, and beyond which distance nobody can know.
SAFE_GAP_MM = 0.5
LARGEST_GAP_MM = 10.0
