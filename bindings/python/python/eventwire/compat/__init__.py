"""Modules with the surface of other packages: changing the import is the migration."""
