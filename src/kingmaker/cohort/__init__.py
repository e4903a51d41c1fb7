"""The cohort: which loans may be judged, when they stood, which columns may judge them, and what is wrong with any of it."""
