"""The trio layer: tasks, streams, and the methods that a user calls."""
