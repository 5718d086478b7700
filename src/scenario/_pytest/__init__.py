"""The rooms of the pytest plugin: options, the session, distributed sessions, and the report at its end."""
