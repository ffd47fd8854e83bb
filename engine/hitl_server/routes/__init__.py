"""The endpoints of the Server API, one module for each kind of object."""
