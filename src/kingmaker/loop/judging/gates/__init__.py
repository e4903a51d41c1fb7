"""The gates G0 to G6: one limit each, all evaluated and told even after one has failed."""
