"""Loans from a SQL database: PostgreSQL in Arrow batches through ADBC, any other through SQLAlchemy."""
