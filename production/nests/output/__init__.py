"""What leaves the house of a nest: files for the cutter, sheets of paper for the operator, lists."""
