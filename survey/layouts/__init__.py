"""Layouts in which answers arrive: each finds its header and says which column holds what."""
