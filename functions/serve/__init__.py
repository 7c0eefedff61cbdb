"""serve: answers applications over HTTPS, or explains."""
