"""The endpoints of the Server API, one module a noun."""
