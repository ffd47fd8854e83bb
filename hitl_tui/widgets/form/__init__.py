"""One form, for the answer to a question and for the input of a run.

`view.FormView` is the way in. A field is a box (`field.py`): a head that says what it is, a body
that takes what is typed (a file for each kind), and what is wrong with it.
"""
