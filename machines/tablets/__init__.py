"""Shop tablets: a device is registered once (`registering`), people take it over by PIN or badge (`sessions`), and on
every request it is known by its cookie (`middleware`). See docs/adr/0017."""
