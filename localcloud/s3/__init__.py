"""S3: events as AWS spells them, ranges without reading the whole object."""
