"""Lists from files, whatever they hold: looked at first, all of a file or nothing.

`reading` takes a file apart in a child process and knows no Django, so nothing is imported here; `cells` knows what a
cell may say; `plans` checks every row against the books and stores all of them or none; `page` and `command` are the
doors. A kind of list is a module with TITLE, COLUMNS, `Known`, `check(row, known, plan)` and
`keep(row, known, plan, by)`.
"""
