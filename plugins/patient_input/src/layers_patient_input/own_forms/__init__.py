"""Forms that a practice builds or brings in as FHIR Questionnaires, and what patients answered to any form."""
