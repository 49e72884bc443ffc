"""The ways in to a practice's forms: a link for each form and collection method, its QR code, posters and texts."""
