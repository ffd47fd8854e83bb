"""Answers that two named reviewers must send: the rules, and what the server keeps and refuses for them."""
