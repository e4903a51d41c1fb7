"""What a deployment end does, whatever protocol it speaks: follow the pointer, prove what it fetched, answer, and log."""
