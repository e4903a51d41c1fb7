"""The client for programs that wait."""
# Written by docs/generate_client.py from awaited/__init__.py: change that file, and run it.
