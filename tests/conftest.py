"""Property tests draw new examples on a developer's machine and the same ones in continuous integration."""

import os

from hypothesis import settings

settings.register_profile("continuous_integration", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("continuous_integration")
