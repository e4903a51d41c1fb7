"""Writes the file that the demo scores: the public loans with the columns that the pipeline's own tasks add.

A bundle reads the columns that exist after the tasks, so whoever scores a file runs the same tasks on it first.
"""  # noqa: INP001

import sys
from pathlib import Path

from kingmaker.adapters.sources.files import FileSource
from kingmaker.pipeline.reading import read_pipeline

HERE = Path(__file__).parent

source = read_pipeline(HERE / "pipeline.yaml").source
FileSource().extract(source, HERE, Path(sys.argv[1]), print)
