"""NMC revalidation: the reflective discussion with another registrant, and the forms."""
