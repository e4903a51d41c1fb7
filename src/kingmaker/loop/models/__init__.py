"""One published version looked at: opened, proven, asked what it would say."""
