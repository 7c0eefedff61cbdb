"""Every kind of file a drop may be made of, one folder a format."""
