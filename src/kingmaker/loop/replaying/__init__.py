"""Replay: the whole loop over the lender's own past, one policy beside the other."""
