"""Each noun's verbs over this machine's house, allowed or refused by who asks."""
