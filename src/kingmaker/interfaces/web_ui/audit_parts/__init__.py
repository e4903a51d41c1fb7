"""What the page of the audit log is made of."""
