#!/bin/sh
# The main job on real loans: a first champion as of the end of 2009, a challenger a year later, looked at twice, a scored file, a report.
set -eu
here=$(dirname "$0")
out="$here/out"
mkdir -p "$out"

echo "1. A first champion, as of 2009-12-31"
kingmaker run "$here/pipeline.yaml" --as-of 2009-12-31

echo
echo "2. A year later: challenger against champion, as of 2010-12-31"
kingmaker run "$here/pipeline.yaml" --as-of 2010-12-31

echo
echo "3. A week later: the second look at the same challenger, as of 2011-01-07"
kingmaker run "$here/pipeline.yaml" --as-of 2011-01-07

echo
echo "4. Score a file with the champion, with two reasons for each decline"
kingmaker score "$here/sba_loans.parquet" "$out/scored.parquet" --reasons 2

echo
echo "5. The report of the second run"
kingmaker report 2 --out "$out/report.html"
kingmaker audit verify
