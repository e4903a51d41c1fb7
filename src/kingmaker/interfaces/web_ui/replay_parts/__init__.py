"""Parts of the pages of replays: asking for one, following it, and comparing what each policy would have done."""
