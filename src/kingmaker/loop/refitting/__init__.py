"""The winner fitted again on all matured loans: rows, fits, and whether the result agrees with what was tested."""
