"""The tests: a package, because others install one of this name too, such as eventkit."""
