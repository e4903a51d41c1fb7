"""Why an applicant lost points: raw columns and points, from the bundle alone."""
