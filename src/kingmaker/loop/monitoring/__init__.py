"""Monitoring: what endpoints logged, read once, counted by day, and compared with what the model was fitted on."""
