"""Standing rules: a file that a person writes by hand, and what it says about tool calls. Pure.

A rule answers what it names, and nothing that looks similar. Where anything is in doubt, the question
is left to a person.
"""
