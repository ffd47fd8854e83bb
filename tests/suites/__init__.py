"""Test suites of others against our server: `make suites SUITES=FOLDER`.

FOLDER contains checkouts of public repositories, each under its own name, such as `langgraph` of
langchain-ai. Nothing of them is part of this repository.
"""
