"""Tables, migrations and one repository per table, on SQLite or PostgreSQL."""
