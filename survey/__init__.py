"""What is asked, and what was answered: studies, workbooks, responses and the project file.

Nothing here knows how answers are analysed or reported.
"""

__version__ = "0.1.0"
