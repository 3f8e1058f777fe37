"""Which ways lead a person to a certificate: facts, rules of the definition, days; one answer."""
