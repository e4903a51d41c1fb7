"""Kingmaker: a loan-default model retrained every night, and replaced only when the new one is proven better."""

import os

__version__ = "0.1.0"

# onnxruntime's wheels for Linux upload usage events and keep a device identifier unless this is set before they are loaded
# (microsoft/onnxruntime, pull request 27379). A lender's machine calls nobody.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
