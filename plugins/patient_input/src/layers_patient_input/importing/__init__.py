"""Patients' answers from files of those who collect them for the practice: looked at first, then brought in aside."""
