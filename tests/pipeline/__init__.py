"""One file a promise, on the real offline cloud, from the template that ships."""
