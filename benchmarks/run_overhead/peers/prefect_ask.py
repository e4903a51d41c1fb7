"""Asks Prefect for runs one after another, and prints for each from the asking to its end, and its work, in seconds."""

import json
import sys

from prefect.deployments import run_deployment

for _ in range(int(sys.argv[1])):
    run = run_deployment("loop/overhead", timeout=120, poll_interval=0.1, as_subflow=False)
    assert run.state is not None
    assert run.state.is_completed(), run.state
    waited = (run.start_time - run.created).total_seconds()
    whole = (run.end_time - run.created).total_seconds()
    print(json.dumps({"waited": waited, "whole": whole}), flush=True)
