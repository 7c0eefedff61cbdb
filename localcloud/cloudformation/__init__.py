"""CloudFormation that creates what the template says, or says what it cannot create."""
