"""The client for programs that await. Its twin that blocks is written from these files by docs/generate_client.py."""
