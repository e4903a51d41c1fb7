"""The published files of one model version, under one digest and one signature: write, open, prove, score."""
