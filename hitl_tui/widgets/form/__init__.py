"""The form: for the answer to a question, and for the input of a run.

Start with `form_view.FormView`. A field is drawn by `field_box.FieldBox`: a head that names it
(`field_head.py`), a body that takes its value (`*_body.py`, `*_bodies.py`, chosen by
`field_factory.py`), and its faults. `field_node.py` is what fields know of each other.
"""
