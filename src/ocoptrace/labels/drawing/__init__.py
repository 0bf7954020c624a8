"""Drawing: a page of the display list in a file format, one module a format."""
