"""API Gateway's data plane (REST APIs), which moto lacks: HTTPS, as deployed by the template."""
