"""Programs for those who develop iken: build, measure, compare."""
