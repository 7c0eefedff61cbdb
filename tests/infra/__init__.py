"""What must be true of the template that `cdk deploy` ships."""
