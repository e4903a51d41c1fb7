"""Loans from Alibaba MaxCompute: SQL tasks as instances of the service, their table through its tunnel. Needs PyODPS."""
