"""JSON Lines and arrays of flat objects."""
