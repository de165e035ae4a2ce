"""Lists from files: items, stock, suppliers and spools, from CSV, XLSX or Spoolman; looked at first, all or nothing.

`reading` takes a file apart in a child process and knows no Django, so nothing is imported here; `columns` names what a
list may have; `plans` checks every row against the books and stores all of them or none.
"""
