"""How results are told: words, charts, pages."""
