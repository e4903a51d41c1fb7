"""The journal: every answer an endpoint gave, in local segments that are shipped to the depot's inbox."""
