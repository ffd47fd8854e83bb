"""Forms from JSON Schema: drawing their fields, reading what was typed, judging the value.

`drawing` makes fields out of a schema, `typed` turns what was typed in them into JSON and back,
`faults` says where a value breaks a schema. A part that no field can hold is asked for as JSON;
so every schema has a form, at worst one field that takes JSON.
"""
