"""deploy: converges a model's endpoint to its newest approved release."""
