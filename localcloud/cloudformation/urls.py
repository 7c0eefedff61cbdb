"""moto finds a backend's URLs in the module beside its models; these are moto's own."""

from moto.cloudformation.urls import url_bases, url_paths

__all__ = ["url_bases", "url_paths"]
