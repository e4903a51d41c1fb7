"""How challengers are judged: rows, candidates, gates, ranking, and the one finalist against the champion."""
