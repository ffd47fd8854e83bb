"""Forms from JSON Schema: their fields, what was typed in them, and the check of the value.

`schema_fields` makes fields from a schema, `inferred_fields` from a value without one;
`typed_values` turns what was typed into JSON and back; `validation` finds where a value breaks a
schema. A part that no field can hold is asked for as JSON;
so every schema has a form, at worst one field that takes JSON.
"""
