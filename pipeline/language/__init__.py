"""Text becomes words."""
