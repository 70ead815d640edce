"""A working-team table in the forms in which town halls send it."""
