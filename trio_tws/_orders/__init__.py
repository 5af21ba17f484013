"""Orders: what one says of them, and what becomes of them. No I/O, no clock, no trio."""
