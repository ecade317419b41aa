"""Orders as they come - tables, JSON, FHIR - read into the text of their fields; nothing here knows a code or a drug."""
