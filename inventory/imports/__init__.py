"""Lists from files for the stock room: items, stock, suppliers and spools, from CSV, XLSX or Spoolman."""
