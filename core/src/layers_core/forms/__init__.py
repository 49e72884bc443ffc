"""Forms that people answer: FHIR questionnaires read, asked, answered, checked and written again."""
