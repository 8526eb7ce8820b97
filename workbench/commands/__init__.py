"""One command a file: each opens what it needs, asks the analysis, and shows the answer."""
