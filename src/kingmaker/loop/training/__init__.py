"""How trials are searched, fitted in processes of their own, and recorded."""
