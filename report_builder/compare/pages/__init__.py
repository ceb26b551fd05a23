"""The pages of a comparison, drawn and rendered as the report's sections are."""
