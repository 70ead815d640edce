"""Opinions meet the plan."""
