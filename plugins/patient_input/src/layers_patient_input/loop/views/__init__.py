"""The pages of the loop: for staff who tell patients, and for patients."""
