"""The CARE measure: what patients say of one practitioner's consultations, for that practitioner alone."""
