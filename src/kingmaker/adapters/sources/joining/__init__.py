"""Point in time: values of other tables joined to each application as they were known on its day."""
