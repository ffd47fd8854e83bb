"""Who may talk to the server, and who may do what.

`gate` stands in front of all requests and learns who sends them: the holder of a token (`tokens`)
or whoever the project's own handlers know (`custom`). What of a `Caller` goes into runs is said
in `callers`. Where a project has handlers, `rules` says for every route what they are asked, and
`filters` and `sight` what follows from an answer that lets somebody see only a part.

A token comes from the owner of this machine, who could read the database as well: who holds one
may do everything, and the handlers of the project are not asked. They decide on everybody else.
"""
