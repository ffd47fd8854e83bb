"""Sample graphs: one file each way a graph can wait for a person."""
