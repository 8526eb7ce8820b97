"""The questionnaire as a page: for a screen, for paper, as one HTML file. Same templates, same words."""
