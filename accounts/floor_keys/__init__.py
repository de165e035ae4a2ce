"""How a member says who they are at a shop tablet: a PIN (`pins`) or a badge (`badges`), which open nothing else."""
