"""Runs every analysis of an explainable-AI study and writes the report in English and Persian."""
