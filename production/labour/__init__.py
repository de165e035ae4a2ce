"""People's time: the clock of one person (`clocks`), and what a week adds up to (`weeks`)."""
